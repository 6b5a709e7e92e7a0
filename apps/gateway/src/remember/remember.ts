import type { Answered } from '../respond/respond.js'
import { estimate } from '../record/estimate.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { inputItems } from './input-items.js'
import { readInput, readOutput, writeResponse } from './stored-form.js'

/**
 * Keeps the response, then lets its last word go: whoever has read the end of an answer finds it. Where keeping fails the
 * answer goes out all the same, and says `store: false`.
 */
export async function remember(answered: Answered, ports: Pick<Ports, 'responses'>): Promise<void> {
  const { answering, trail, attempt } = answered
  if (answering.stored && trail.responseId !== null) {
    try {
      await ports.responses.put(storedOf(answered, trail.responseId))
      trail.stored = true
    } catch (error) {
      answering.stored = false
      trail.storeFailure = error instanceof Error ? error.message : String(error)
    }
  }
  keepLocally(answered)
  trail.outcome = answered.end
  trail.status = answered.end === 'client_closed' ? 499 : 200
  trail.usage = answered.generated.usage ?? estimate(answered.generated.items, attempt.body)
  answered.release()
}

/** A response that the caller wants in no store can be continued on its connection, unless there is nothing whole to continue. */
function keepLocally(answered: Answered): void {
  const { ask, connection, end, trail } = answered
  const whole = (end === 'completed' || end === 'incomplete') && trail.storeFailure === undefined
  if (!connection || ask.store || !whole || trail.responseId === null) return
  connection.local.keep({ ...ownTurn(answered, trail.responseId), parent: ask.previousResponseId ?? null })
}

/** What is stored. Turns before it that are in no store are kept with it: without them it could not be continued. */
function storedOf(answered: Answered, id: string): StoredResponse {
  const { ask, unstored } = answered
  const own = ownTurn(answered, id)
  if (!unstored) return { ...own, parent: ask.previousResponseId ?? null }
  const before = unstored.links.flatMap((link) => [...readInput(link.input), ...readOutput(link.response)])
  return { ...own, parent: unstored.stored, input: JSON.stringify([...before, ...readInput(own.input)]) }
}

function ownTurn(answered: Answered, id: string): Omit<StoredResponse, 'parent'> {
  const { caller, trail } = answered
  const { response, hidden } = answered.kept()
  return {
    id,
    owner: { tenant: caller.tenant, subject: caller.subject },
    createdAt: trail.startedAt,
    input: JSON.stringify(inputItems(answered)),
    response: writeResponse(response, hidden),
  }
}
