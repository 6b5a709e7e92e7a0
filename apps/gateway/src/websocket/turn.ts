import type { Configuration } from '../configuration.js'
import type { Head } from '../exchange.js'
import { receive } from '../ingress/receive.js'
import { travel } from '../journey.js'
import type { Observe } from '../observe/observe.js'
import { generate } from '../operations/generate.js'
import type { Ports } from '../ports/ports.js'
import { webSocketOutlet, type MessageSink } from '../respond/outlets/websocket.js'
import type { LocalResponses } from './local-responses.js'
import { readMessage, type Message } from './message.js'

/** What every journey needs. */
export interface Carrier {
  readonly ports: Ports
  /** The configuration that turns beginning now are to use. */
  readonly configuration: () => Configuration
  readonly observe: Observe
}

interface Place {
  /** Of the request that opened the connection: its key is checked anew for every turn. */
  readonly head: Head
  readonly local: LocalResponses
  readonly sink: MessageSink
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal
}

/** One message as one exchange: its own id, its own row in the ledger. Ends when its ending message has been written. */
export async function turn(
  message: Message,
  { head, local, sink, signal }: Place,
  { ports, configuration, observe }: Carrier,
): Promise<void> {
  const asked = readMessage(message)
  if (!asked) return
  const received = receive(
    {
      operation: generate,
      dialect: 'responses',
      head,
      signal,
      configuration: configuration(),
      readBody: async () => asked.body(),
      connection: { local, warmUp: asked.warmUp },
    },
    ports,
  )
  await travel(received, webSocketOutlet(sink, received.id, asked.lane), ports, observe)
  const { outcome } = received.trail
  // What could not be continued is not to be tried again: the caller begins anew, with its whole context.
  if (asked.previousResponseId !== undefined && (outcome === 'failed' || outcome === 'refused'))
    local.evict(asked.previousResponseId)
}
