import type { responses } from '@weir/contracts'
import type { Beside, StoredResponse } from '../ports/response-store.js'
import type { Answered } from '../respond/respond.js'
import { newItems } from './conversation-items.js'
import { inputItems } from './input-items.js'
import { readInput, readOutput, withTokens, writeResponse, type KeptUpstream } from './stored-form.js'

/** Everything that is kept of an answer, in one commit. */
export interface Keeping {
  readonly response: StoredResponse
  readonly beside: Beside
}

/** What is kept of this answer under this id. Turns before it that are in no store go with it: without them it has no beginning. */
export function keeping(answered: Answered, id: string): Keeping {
  const { ask, caller, trail, bookmark, unstored } = answered
  const { response, hidden } = answered.kept()
  const own = inputItems(answered)
  const before = unstored?.links.flatMap((link) => [...readInput(link.input), ...readOutput(link.response)]) ?? []
  const input = [...before, ...own]
  const conversation = bookmark ?? unstored?.links[0]?.conversation
  // What is kept is the answer in the Responses wire, whatever the caller speaks.
  const { output } = response as responses.ResponseObject
  return {
    response: {
      id,
      owner: { tenant: caller.tenant, subject: caller.subject },
      parent: unstored ? unstored.stored : (ask.previousResponseId ?? null),
      ...(conversation && { conversation }),
      createdAt: trail.startedAt,
      input: JSON.stringify(input),
      response: writeResponse(response, hidden, keptUpstream(answered)),
    },
    beside: {
      given: idsOf(input),
      made: idsOf(output),
      ...appended(answered, [...own, ...withTokens(output, hidden)]),
    },
  }
}

/** What the upstream keeps of it. One whose answer broke off may have kept more or less than came; one that was told less keeps less. */
export function keptUpstream({ attempt, trail, end }: Answered): KeptUpstream | undefined {
  const id = trail.attempts.at(-1)?.upstreamId
  if (!attempt.kept || id == null) return undefined
  const { account, target } = attempt.candidate
  const whole = (end === 'completed' || end === 'incomplete') && attempt.shortened !== true && !trail.withheld
  return { account: account.name, model: target.model, id, whole }
}

/** What the conversation gains: turns that came to their end, and no others. */
function appended({ end, bookmark }: Answered, items: readonly (responses.InputItem | responses.OutputItem)[]) {
  if (!bookmark || (end !== 'completed' && end !== 'incomplete')) return {}
  return { appended: { conversation: bookmark.id, items: newItems(items) } }
}

/** Those of them that have one. */
export const idsOf = (items: readonly { readonly id?: unknown }[]): string[] =>
  items.flatMap(({ id }) => (typeof id === 'string' && id !== '' ? [id] : []))
