// What callers do not send back with a call, since their dialect has no place for it or they have not kept it.
import type { responses } from '@weir/contracts'
import type { CallTokens } from '../remember/calls.js'
import { open, type Issuer } from './replay-token.js'

/** A turn of a model is a list of these, in whatever form a body has it. */
export interface TurnForm<Thing> {
  readonly callId: (thing: Thing) => string | undefined
  readonly isReasoning: (thing: Thing) => boolean
  /** Whether it is reasoning that has its token. */
  readonly isReplayed: (thing: Thing) => boolean
  /** Remembered reasoning, its token tagged. */
  readonly reasoning: (item: responses.ReasoningItem) => Thing
  /** The call with a tagged token, unless it has one. */
  readonly signed: (call: Thing, token: string) => Thing
}

/**
 * A turn with what is remembered of its calls put back, as far as this issuer made it: the reasoning before each call, and the call's
 * own token. Reasoning that the caller brought without a token gives way to it; with a token, nothing is put beside it.
 */
export function putBack<Thing>(
  turn: readonly Thing[],
  called: ReadonlyMap<string, CallTokens>,
  issuer: Issuer,
  form: TurnForm<Thing>,
): readonly Thing[] {
  const given: Thing[] = []
  const ours = new Set<Thing>()
  /** Where the last call ends. */
  let since = 0
  for (const thing of turn) {
    const id = form.callId(thing)
    if (id === undefined) {
      given.push(thing)
      continue
    }
    const { reasoning = [], token } = called.get(id) ?? {}
    const back = reasoning.filter((item) => isIssued(item.encrypted_content, issuer)).map((item) => form.reasoning(item))
    if (back.length > 0 && !given.some((each) => form.isReplayed(each) && !ours.has(each))) {
      for (const each of back) ours.add(each)
      const others = given.splice(since).filter((each) => !form.isReasoning(each))
      // Reasoning comes first in a turn; what comes between two calls stays there.
      given.push(...(since === 0 ? [...back, ...others] : [...others, ...back]))
    }
    given.push(token !== undefined && isIssued(token, issuer) ? form.signed(thing, token) : thing)
    since = given.length
  }
  return given
}

const isIssued = (token: string | null | undefined, issuer: Issuer): boolean =>
  typeof token === 'string' && open(token, issuer) !== undefined
