import type { responses } from '@weir/contracts'
import type { Recalled } from '../exchange.js'
import { turnsOf, waiting, type Places } from './turns.js'

type Item = responses.InputItem

/** Everything that a model would be given to read, oldest first: the history, then the input. */
export function contextOf({ history, body }: Pick<Recalled, 'history' | 'body'>): Item[] {
  const { input = [] } = body as responses.ResponsesRequest
  return [...history, ...(typeof input === 'string' ? [{ type: 'message', role: 'user', content: input } as const] : input)]
}

export interface Divided {
  /** What was ordered, which stays as it is. */
  readonly before: readonly Item[]
  /** What the model is to put into words, what was ordered included, since it explains the rest. */
  readonly spoken: readonly Item[]
  /** What stays as it is and follows the summary. */
  readonly after: readonly Item[]
}

/** A conversation as it is made short between turns: but for the calls that wait for their output, everything goes into words. */
export const betweenTurns = (items: readonly Item[]): Divided => divided(items, waiting(items))

/** A conversation as it is made short before a turn: that turn stays as it is. Nothing is left to say where it has but one turn. */
export function beforeTurn(items: readonly Item[]): Divided {
  const { older, newest } = turnsOf(items)
  if (older.length === 0) return { before: [], spoken: [], after: items }
  const { before, spoken, after } = divided(items, newest)
  // The steps of a turn make no sense without its question, which stays as well.
  const question = newest.filter((place) => isQuestion(items[place]))
  if (question.length === newest.length) return { before, spoken, after }
  const asked = new Set(question)
  const follows = new Set(newest)
  return { before, spoken: items.filter((_, place) => !follows.has(place) || asked.has(place)), after }
}

const isQuestion = (item: Item | undefined): boolean =>
  (item?.type ?? 'message') === 'message' && (item as responses.InputMessage).role === 'user'

function divided(items: readonly Item[], following: Places): Divided {
  const follows = new Set(following)
  const { standing } = turnsOf(items)
  const before = standing.flatMap((place) => {
    const item = items[place]
    // What a compaction item stood for stands here already; one of a provider's own is read by its model and put into words.
    return item && item.type !== 'compaction' && item.type !== 'compaction_trigger' && !follows.has(place) ? [item] : []
  })
  return {
    before,
    spoken: items.filter((_, place) => !follows.has(place)),
    after: items.filter((_, place) => follows.has(place)),
  }
}
