import { responses, type Item } from '@weir/dialects'
import type { CallTokens } from '../remember/calls.js'
import { open, type Issuer } from './replay-token.js'

/**
 * The items of a turn with what is remembered of its calls put back, as far as this issuer made it: the reasoning before each call,
 * and the call's own token. Reasoning that the caller brought without a token gives way to it.
 */
export function withCalled(items: readonly Item[], called: ReadonlyMap<string, CallTokens>, issuer: Issuer): readonly Item[] {
  if (called.size === 0) return items
  const given: Item[] = []
  /** Where the turn began among what is given, and whether a call of it has come. */
  let turn = { number: undefined as number | undefined, from: 0, called: false }
  for (const item of items) {
    if (item.turn !== turn.number) turn = { number: item.turn, from: given.length, called: false }
    const tokens = item.type === 'tool-call' ? called.get(item.callId) : undefined
    if (item.type !== 'tool-call' || !tokens) {
      given.push(item)
      continue
    }
    const reasoning = ofIssuer(tokens, issuer, item.turn)
    if (reasoning.length > 0 && !given.slice(turn.from).some(isReplayed)) {
      const bare = given.slice(turn.from).filter(({ type }) => type !== 'reasoning')
      // Reasoning comes first in a turn; what comes between two calls stays there.
      const parts = turn.called ? [...given.slice(turn.from), ...reasoning] : [...reasoning, ...bare]
      given.splice(turn.from, given.length, ...parts)
    }
    turn.called = true
    const own = item.replay ?? (tokens.token !== undefined && open(tokens.token, issuer) ? tokenOf(tokens.token) : undefined)
    given.push(own ? { ...item, replay: own } : item)
  }
  return given
}

/** Whether the caller has brought the reasoning of this turn itself. What was put back for a call before does not speak against another. */
const isReplayed = (item: Item): boolean => item.type === 'reasoning' && item.replay !== undefined && !putBack.has(item)

const putBack = new WeakSet<Item>()

function ofIssuer({ reasoning }: CallTokens, issuer: Issuer, turn: number | undefined): Item[] {
  const { items } = responses.request.decode({ model: '', input: [...reasoning] as never })
  const own = items
    .filter(({ replay }) => replay && open(replay.payload, issuer))
    .map((item): Item => ({ ...item, ...(turn !== undefined && { turn }) }))
  for (const item of own) putBack.add(item)
  return own
}

// The language in which it came back is set when it is opened.
const tokenOf = (payload: string): NonNullable<Item['replay']> => ({ dialect: 'responses', payload })
