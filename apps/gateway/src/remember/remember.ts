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
  ports: Upstreams & Pick<Ports, 'responses' | 'calls' | 'seal'>,
): Promise<void> {
  const { answering, trail, attempt, job } = answered
  let { end } = answered
  if (job) {
    // Whoever has taken the job away from this run ends the response, and the caller never sees this end.
    if (!(await endJob(answered, job, ports))) end = 'client_closed'
  } else if (answering.stored && trail.responseId !== null) {
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
  trail.outcome = end
  trail.status = end === 'client_closed' ? 499 : 200
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

/** `false`: the job is somebody else's by now, who knows nothing of what the upstream keeps of this run. */
async function endJob(answered: Answered, job: CarriedJob, ports: Upstreams): Promise<boolean> {
  const { trail } = answered
  if (answered.end !== 'client_closed') {
    // Before its end is in the journal: what cannot be kept gets another one.
    const { response, beside } = keeping(answered, job.id)
    trail.stored = await job.end(response, beside, answered.release)
  }
  if (!trail.stored) await forgetUnkept(answered, ports)
  return trail.stored
}

type Upstreams = Pick<Ports, 'transport' | 'clock' | 'ledger'>

async function forgetUnkept(answered: Answered, ports: Upstreams): Promise<void> {
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
