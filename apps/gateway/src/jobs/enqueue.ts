import { inProgressResponse } from '@weir/dialects'
import type { Admitted } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { inputItems } from '../remember/input-items.js'
import { writeResponse } from '../remember/stored-form.js'
import type { Outlet } from '../respond/outlets/outlet.js'
import { replay } from '../respond/replay.js'
import { writeJobRequest } from './job-request.js'
import { tail } from './tail.js'
import { jobsTopic } from './topics.js'

/**
 * Keeps a background call as a job, and answers `queued` at once; a caller who asked for a stream gets the events as they are
 * written to the journal, for as long as it stays. Throws what the store throws: then there is no job.
 */
export async function enqueue(
  admitted: Admitted,
  outlet: Outlet,
  ports: Pick<Ports, 'jobs' | 'journal' | 'notices' | 'responses'>,
): Promise<void> {
  const { ask, trail, claim, caller, bookmark, signal } = admitted
  const id = trail.responseId ?? admitted.id
  const owner = { tenant: caller.tenant, subject: caller.subject }
  const [candidate] = admitted.candidates
  const response = inProgressResponse(
    {
      asked: admitted.asked(),
      id,
      createdAt: Math.floor(trail.startedAt / 1000),
      model: candidate?.target.model ?? ask.model,
      provider: candidate?.account.name ?? '',
      stored: true,
    },
    'queued',
  )
  const stored: StoredResponse = {
    id,
    owner,
    parent: ask.previousResponseId ?? null,
    ...(bookmark && { conversation: bookmark }),
    createdAt: trail.startedAt,
    input: JSON.stringify(inputItems(admitted)),
    response: writeResponse(response, {}),
  }
  const events = ['response.created', 'response.queued'].map((type, number) =>
    JSON.stringify({ type, sequence_number: number, response }),
  )
  await ports.jobs.add(stored, writeJobRequest(admitted), { first: 0, last: 1, events: events.join('\n') })
  ports.notices.tell(jobsTopic)
  const headers = { 'x-weir-response-id': id }
  await claim?.keep({ headers, form: 'stored', id })
  if (ask.stream) await replay(tail({ owner, id }, -1, ports, signal), outlet, signal, headers)
  else outlet.reply(200, headers, response)
}
