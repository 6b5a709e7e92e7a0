import type { Answered } from '../respond/respond.js'
import { estimate } from '../record/estimate.js'
import type { Ports } from '../ports/ports.js'
import { inputItems } from './input-items.js'
import { writeResponse } from './stored-form.js'

/**
 * Keeps the response, then lets its last word go: whoever has read the end of an answer finds it. Where keeping fails the
 * answer goes out all the same, and says `store: false`.
 */
export async function remember(answered: Answered, ports: Pick<Ports, 'responses'>): Promise<void> {
  const { ask, answering, trail, caller, attempt } = answered
  if (answering.stored && trail.responseId !== null) {
    try {
      const { response, hidden } = answered.kept()
      await ports.responses.put({
        id: trail.responseId,
        owner: { tenant: caller.tenant, subject: caller.subject },
        parent: ask.previousResponseId ?? null,
        createdAt: trail.startedAt,
        input: JSON.stringify(inputItems(answered)),
        response: writeResponse(response, hidden),
      })
      trail.stored = true
    } catch (error) {
      answering.stored = false
      trail.storeFailure = error instanceof Error ? error.message : String(error)
    }
  }
  trail.outcome = answered.end
  trail.status = answered.end === 'client_closed' ? 499 : 200
  trail.usage = answered.generated.usage ?? estimate(answered.generated.items, attempt.body)
  answered.release()
}
