import { mintId } from '@weir/contracts'
import type { DialectName } from '@weir/dialects'
import type { Configuration } from '../configuration.js'
import type { CarriedJob, Connected, Head, Received } from '../exchange.js'
import { generate } from '../operations/generate.js'
import type { Operation } from '../operations/operation.js'
import type { Ports } from '../ports/ports.js'
import { trail } from '../trail.js'
import { label } from './labels.js'

export interface Arrival {
  /** The exchange's id, where it was promised to the caller already; else one is minted. */
  readonly id?: string
  /** Default: one turn of a model. */
  readonly operation?: Operation
  readonly dialect: DialectName
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
export function receive(
  {
    id = mintId('exchange'),
    operation = generate,
    dialect,
    head,
    signal,
    configuration,
    idempotency,
    readBody,
    connection,
    job,
    startedAt,
  }: Arrival,
  ports: Pick<Ports, 'clock'>,
): Received {
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

/** The dialect of endpoints that have one, by group of the contract. */
export const dialectOf: Readonly<Record<string, DialectName>> = {
  responses: 'responses',
  chatCompletions: 'chat-completions',
  completions: 'completions',
  messages: 'messages',
  generateContent: 'generate-content',
}
