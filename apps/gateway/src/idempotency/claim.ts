import type { Generated } from '@weir/dialects'
import { leaseTime, type IdempotencyKey } from '../ports/idempotency.js'
import type { Ports } from '../ports/ports.js'
import type { AnswerHeaders } from '../respond/outlets/outlet.js'

/** How a create was answered, as far as it takes to answer it again. */
export type Kept = { readonly headers: AnswerHeaders } & (
  | { readonly form: 'stored'; readonly id: string }
  | { readonly form: 'response'; readonly response: object }
  | { readonly form: 'body'; readonly body: object }
  | { readonly form: 'events'; readonly generated: Generated; readonly facts: AnswerFacts }
)

/** What an encoder of a stream needs beside the answer and what was asked. */
export interface AnswerFacts {
  readonly id: string
  readonly createdAt: number
  readonly model: string
  readonly provider: string
  readonly stored: boolean
}

/** The right to answer a create, until it is kept or given up. It is renewed meanwhile; a process that dies lets it run out. */
export interface Claim {
  /** Answers every repetition with this. Never rejects: where it cannot be kept the key ends with its lease. */
  keep(answer: Kept): Promise<void>
  /** Lets the next one who asks begin anew. Never rejects. Does nothing after `keep`. */
  free(): Promise<void>
}

/** The purpose for which answers and fingerprints are sealed. */
export const purpose = 'idempotency'

export function heldClaim(
  key: IdempotencyKey,
  holder: string,
  { idempotency, seal }: Pick<Ports, 'idempotency' | 'seal'>,
): Claim {
  // A store that cannot be reached now may be reached at the next beat.
  const beat = setInterval(() => void idempotency.renew(key, holder).catch(() => {}), leaseTime / 3).unref()
  let over = false
  const end = async (change: () => Promise<void>): Promise<void> => {
    if (over) return
    over = true
    clearInterval(beat)
    await change().catch(() => {})
  }
  return {
    keep: (answer) => end(() => idempotency.keep(key, holder, seal.seal(JSON.stringify(answer), purpose))),
    free: () => end(() => idempotency.free(key, holder)),
  }
}
