import type { Configuration } from '../configuration.js'
import type { Caller, Head } from '../exchange.js'
import type { Observe } from '../observe/observe.js'
import type { Ports } from '../ports/ports.js'

/** What a handler gets beside its input, on every face. */
export interface HandlerContext {
  readonly caller: Caller
  readonly head: Head
  readonly configuration: Configuration
  readonly ports: Ports
  /** Hears of an exchange that ends here. */
  readonly observe: Observe
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal
  /** The id that the answer carries as `x-request-id`. */
  readonly requestId: string
}
