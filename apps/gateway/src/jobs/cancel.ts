import type { responses as wire } from '@weir/contracts'
import type { HandlerContext } from '../handlers/context.js'
import { conclude } from './conclude.js'
import { recordUnrun } from './record-unrun.js'
import { journalTopic, jobTopic } from './topics.js'

/** How long the ending of a cancelled response may take before somebody else writes it. Milliseconds. */
const lease = 15_000

/**
 * Stops a background response of the caller's that has not ended, wherever it runs, and gives it as it ends. `undefined` where
 * there is nothing to stop: it has ended by now, is gone, or is being cancelled already.
 */
export async function cancel(
  id: string,
  { caller, ports, observe }: Pick<HandlerContext, 'caller' | 'ports' | 'observe'>,
): Promise<wire.ResponseObject | undefined> {
  const job = await ports.jobs.cancel(caller, id, ports.clock.now() + lease)
  if (!job) return undefined
  // Whoever runs it writes nothing any more; this is for its upstream, which is to hear of it at once.
  const runs = ports.notices.tell(jobTopic(id))
  const response = await conclude(job, { status: 'cancelled' }, ports)
  // A run has its own record, with what it really took. One whose process died has none.
  if (!runs) await recordUnrun(job, response, ports, observe)
  return response
}

/** Deletes a background response that has not ended, and stops it wherever it runs. `false` where there is none any more. */
export async function discard(
  id: string,
  { caller, ports, observe }: Pick<HandlerContext, 'caller' | 'ports' | 'observe'>,
): Promise<boolean> {
  const job = await ports.jobs.cancel(caller, id, ports.clock.now() + lease)
  const deleted = await ports.responses.delete(caller, id)
  const runs = ports.notices.tell(jobTopic(id))
  ports.notices.tell(journalTopic(id))
  if (job && !runs) await recordUnrun(job, undefined, ports, observe)
  return deleted
}
