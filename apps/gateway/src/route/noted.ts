import { attemptOutcome, publicReason, toGatewayError } from '../errors.js'
import type { Candidate, Received } from '../exchange.js'
import type { Operation } from '../operations/operation.js'
import type { AttemptRow } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'

export type Note = (facts: Partial<AttemptRow>) => void

/**
 * Has one attempt at a candidate written down in the trail, from its beginning on: what is noted of it, how long it took, and what it
 * met. Throws that as a `GatewayError`. How an attempt ends whose caller has left is for whoever made it to say.
 */
export async function noted<Given>(
  { trail, signal }: Pick<Received<Operation>, 'trail' | 'signal'>,
  { account, target }: Candidate,
  { clock }: Pick<Ports, 'clock'>,
  attempt: (note: Note) => Promise<Given>,
): Promise<Given> {
  const startedAt = clock.now()
  const row: AttemptRow = {
    number: trail.attempts.length + 1,
    account: account.name,
    model: target.model,
    startedAt,
    latency: 0,
    status: null,
    outcome: 'succeeded',
    failure: null,
    upstreamId: null,
  }
  const place = trail.attempts.push(row) - 1
  const note: Note = (facts) => {
    trail.attempts[place] = { ...(trail.attempts[place] ?? row), ...facts, latency: clock.now() - startedAt }
  }
  try {
    return await attempt(note)
  } catch (error) {
    const thrown = toGatewayError(error)
    if (!signal.aborted) note({ outcome: attemptOutcome(thrown), failure: publicReason(thrown) })
    throw thrown
  }
}
