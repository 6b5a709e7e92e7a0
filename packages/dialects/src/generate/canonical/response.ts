import type { Extras } from './extras.js'
import type { Item } from './item.js'
import type { Usage } from './usage.js'

/** A whole answer, in no dialect. */
export interface Generated {
  /** The id that its maker gave it. */
  readonly id?: string
  readonly model?: string
  /** Seconds since 1970. */
  readonly createdAt?: number
  readonly items: readonly Item[]
  readonly outcome: Outcome
  readonly usage?: Usage
  readonly serviceTier?: string
  readonly extras?: Extras
}

/** How an answer ended. */
export type Outcome =
  | { readonly status: 'completed'; readonly choices?: readonly ChoiceOutcome[] }
  | {
      readonly status: 'incomplete'
      /** Responses' names: `max_output_tokens`, `content_filter`, and whatever else a provider says. */
      readonly reason: string
      readonly choices?: readonly ChoiceOutcome[]
    }
  | { readonly status: 'failed'; readonly failure: UpstreamFailure }

/** How each alternative ended, where there is more than one. */
export type ChoiceOutcome = { readonly status: 'completed' } | { readonly status: 'incomplete'; readonly reason: string }

/** What went wrong upstream, as the upstream said it. */
export interface UpstreamFailure {
  readonly kind:
    | 'rejected' // the request itself: another try cannot help
    | 'context-length'
    | 'unauthorized'
    | 'not-found'
    | 'rate-limited'
    | 'overloaded'
    | 'timeout'
    | 'failed' // the provider broke
    | 'malformed' // what came cannot be read
    | 'cut' // the stream ended without its terminal event
    | 'shutdown' // not upstream: the gateway itself gave the answer up
  readonly message: string
  /** The provider's own code, verbatim. */
  readonly code?: string
  readonly param?: string
  /** The HTTP status it came with; absent for one that came inside a stream. */
  readonly status?: number
  /** Seconds, from `retry-after`. */
  readonly retryAfter?: number
}
