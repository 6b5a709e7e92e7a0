import { mintId } from '@weir/contracts'
import type { Configuration } from '../configuration.js'
import type { CarriedJob, Connected, Head, Received } from '../exchange.js'
import type { Operation, TurnOperation } from '../operations/operation.js'
import type { Ports } from '../ports/ports.js'
import { trail } from '../trail.js'
import { label } from './labels.js'

export interface Arrival<O extends Operation = TurnOperation> {
  /** The exchange's id, where it was promised to the caller already; else one is minted. */
  readonly id?: string
  readonly operation: O
  readonly dialect: string
  readonly head: Head
  readonly signal: AbortSignal
  readonly configuration: Configuration
  readonly idempotency?: Received['idempotency']
  readonly readBody: () => Promise<unknown>
  readonly connection?: Connected
  readonly job?: CarriedJob
  /** Milliseconds since 1970; now, where it has only just come. */
  readonly startedAt?: number
}

/** An exchange at its beginning: its id, its trail, and nothing read yet. */
export function receive<O extends Operation>(
  {
    id = mintId('exchange'),
    operation,
    dialect,
    head,
    signal,
    configuration,
    idempotency,
    readBody,
    connection,
    job,
    startedAt,
  }: Arrival<O>,
  ports: Pick<Ports, 'clock'>,
): Received<O> {
  const facts = trail(id, operation.name, dialect, startedAt ?? ports.clock.now())
  facts.label = label(head)
  return {
    id,
    operation,
    dialect,
    head,
    signal,
    configuration,
    trail: facts,
    ...(idempotency && { idempotency }),
    // Whether it is an object at all is for the schema to say.
    readBody: async () => (await readBody()) as object,
    ...(connection && { connection }),
    ...(job && { job }),
  }
}
