import type { responses as wire } from '@weir/contracts'
import type { HandlerContext } from '../handlers/context.js'
import type { Ports } from '../ports/ports.js'
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
  ports.notices.tell(jobTopic(id))
  const response = await conclude(job, { status: 'cancelled' }, ports)
  // A run has its own record, with what it really took.
  if (response && !job.ran) await recordUnrun(job, response, ports, observe)
  return response
}

/** Tells whoever runs or reads a response that it is gone. */
export function stopped(id: string, { notices }: Pick<Ports, 'notices'>): void {
  notices.tell(jobTopic(id))
  notices.tell(journalTopic(id))
}
