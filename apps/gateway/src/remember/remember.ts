import { mintId } from '@weir/contracts'
import { settle } from '../idempotency/settle.js'
import type { CarriedJob } from '../exchange.js'
import type { Answered } from '../respond/respond.js'
import { estimate } from '../record/estimate.js'
import type { Ports } from '../ports/ports.js'
import { forget } from '../upstream/forget.js'
import { rememberCalls } from './calls.js'
import { keeping, keptUpstream } from './keeping.js'

/**
 * Keeps the response, and with it what its conversation gains, then lets its last word go: whoever has read the end of an answer
 * finds it. Where keeping fails the answer goes out all the same, and says `store: false`.
 */
export async function remember(
  answered: Answered,
  ports: Pick<Ports, 'responses' | 'transport' | 'clock' | 'ledger' | 'calls' | 'seal'>,
): Promise<void> {
  const { answering, trail, attempt, job } = answered
  if (job) await endJob(answered, job)
  else if (answering.stored && trail.responseId !== null) {
    try {
      const { response, beside } = keeping(answered, trail.responseId)
      await ports.responses.put(response, beside)
      trail.stored = true
    } catch (error) {
      answering.stored = false
      trail.storeFailure = error instanceof Error ? error.message : String(error)
      // The answer says that it is not kept, which has to be true upstream too.
      await forgetUnkept(answered, ports)
    }
  }
  keepLocally(answered)
  await rememberCalls(answered, ports)
  trail.outcome = answered.end
  trail.status = answered.end === 'client_closed' ? 499 : 200
  trail.usage = answered.generated.usage
  await settle(answered)
  if (!job) answered.release()
  if (trail.usage) return
  // The caller has its answer: counting is no part of the time that it took.
  trail.endedAt = ports.clock.now()
  trail.usage = await estimate({
    model: attempt.candidate.target.model,
    asked: () => attempt.upstream.codec.request.decode(attempt.body),
    answer: answered.generated.items,
  })
}

/** The last events go into the journal in the commit of the response: nobody reads them before. */
async function endJob(answered: Answered, job: CarriedJob): Promise<void> {
  // Whoever has taken the job away from this run ends it.
  if (answered.end === 'client_closed') return
  answered.release()
  const { response, beside } = keeping(answered, job.id)
  answered.trail.stored = await job.end(response, beside)
}

async function forgetUnkept(answered: Answered, ports: Pick<Ports, 'transport' | 'clock' | 'ledger'>): Promise<void> {
  const { caller, trail, configuration } = answered
  const kept = keptUpstream(answered)
  const responseId = trail.responseId ?? trail.id
  if (kept) await forget({ id: mintId('exchange'), owner: caller, responseId, kept, configuration }, ports)
}

/** A response that the caller wants in no store can be continued on its connection, unless there is nothing whole to continue. */
function keepLocally(answered: Answered): void {
  // The turns before it are known to the connection already.
  const { unstored: _, ...own } = answered
  const { ask, connection, end, trail } = own
  const whole = (end === 'completed' || end === 'incomplete') && trail.storeFailure === undefined
  if (!connection || ask.store || !whole || trail.responseId === null) return
  const { response } = keeping(own, trail.responseId)
  connection.local.keep({ ...response, parent: ask.previousResponseId ?? null })
}
