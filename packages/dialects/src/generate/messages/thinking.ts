import type { messages } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation, Reasoning } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { isNumber, isRecord, isString, known, type Loose } from '../narrow.js'

/** The API's least budget, in tokens. A budget is less than `max_tokens`. */
const leastBudget = 1024

/** Which part of an answer may be thinking, for a model that knows budgets only. */
const shares: Readonly<Record<string, number>> = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.9, max: 0.95 }

/** The effort that a caller's own words for thinking amount to, for a target that has other words; none for `adaptive`. */
function effortOf(thinking: Loose, maxTokens: number | undefined): string | undefined {
  if (thinking.type === 'disabled') return 'none'
  const { budget_tokens: budget } = thinking
  if (thinking.type !== 'enabled' || !isNumber(budget)) return undefined
  const share = maxTokens ? budget / maxTokens : 1
  return Object.keys(shares).find((effort) => effort !== 'minimal' && share <= (shares[effort] ?? 1)) ?? 'high'
}

/** Whether the effort stands in `output_config` beside thinking that has one of its own: then it stays there. */
export const hasTwoEfforts = (thinking: Loose | undefined): boolean => thinking !== undefined && thinking.type !== 'adaptive'

/** How much and how openly a model is to think. What only Anthropic can say of it stays whole beside it, to go back as it came. */
export function decodeThinking(
  thinking: Loose | undefined,
  effort: string | undefined,
  maxTokens: number | undefined,
): Reasoning | undefined {
  if (!thinking) return effort === undefined ? undefined : { effort }
  // Every dialect has a word for none at all.
  if (effort === undefined && thinking.type === 'disabled' && Object.keys(thinking).length === 1) return { effort: 'none' }
  return {
    ...known({
      effort: effort ?? effortOf(thinking, maxTokens),
      summary: thinking.display === 'summarized' ? 'auto' : undefined,
    }),
    ...extrasOf('messages', { thinking }),
  }
}

export interface EncodedThinking {
  readonly thinking?: messages.Thinking
  readonly effort?: string
  /** Other fields of `reasoning` that are this dialect's own. */
  readonly extras?: Loose
  /** Whether this encoder has turned thinking on: then the API takes less of what else was asked. */
  readonly on: boolean
}

/** What else of a request bears on how a model may think. */
export interface Bounds {
  readonly maxTokens: number
  /** A call is forced, which the API does not allow while a model thinks. */
  readonly forced: boolean
  /** A turn goes on that did not begin with thinking: a model with a budget must have begun it so. */
  readonly amidCalls: boolean
}

/** How a model is told to think, in the words that it knows. */
export function encodeThinking(
  { reasoning }: Generation,
  { quirks = {} }: Target,
  bounds: Bounds,
  losses: Loss[],
): EncodedThinking {
  if (!reasoning) return { on: false }
  const { thinking: own, ...extras } = ownExtras('messages', reasoning.extras, 'reasoning', losses) ?? {}
  if (isRecord(own) && isTaken(own, quirks))
    return {
      // What this dialect decoded goes back as it came.
      thinking: own as messages.Thinking,
      ...(own.type === 'adaptive' && known({ effort: reasoning.effort })),
      extras,
      on: false,
    }
  if (own !== undefined)
    losses.push(approximated('reasoning.extras.messages.thinking', 'This model has other words for how it thinks.'))
  return { extras, ...asked(reasoning, quirks, bounds, losses) }
}

function isTaken({ type }: Loose, { thinkingBudget, alwaysThinks }: NonNullable<Target['quirks']>): boolean {
  if (type === 'adaptive') return !thinkingBudget
  return !alwaysThinks
}

function asked(
  { effort, summary }: Reasoning,
  { thinkingBudget, alwaysThinks }: NonNullable<Target['quirks']>,
  bounds: Bounds,
  losses: Loss[],
): EncodedThinking {
  if (effort === 'none') {
    if (summary !== undefined) losses.push(dropped('reasoning.summary', 'There is no thinking to be told of.'))
    // A model with a budget thinks when it is asked to.
    if (thinkingBudget) return { on: false }
    if (!alwaysThinks) return { thinking: { type: 'disabled' }, on: false }
    losses.push(approximated('reasoning.effort', 'This model always thinks; it is asked for as little as it can.'))
    return { effort: 'low', on: true }
  }
  if (bounds.forced && !alwaysThinks) {
    losses.push(
      (thinkingBudget ? dropped : approximated)('reasoning.effort', 'A model that must call a tool does not think beforehand.'),
    )
    if (summary !== undefined) losses.push(dropped('reasoning.summary', 'There is no thinking to be told of.'))
    return { ...(!thinkingBudget && known({ effort: word(effort, losses) })), on: false }
  }
  if (summary !== undefined && summary !== 'auto')
    losses.push(approximated('reasoning.summary', 'Anthropic has one kind of summary.'))
  if (thinkingBudget) {
    const thinking = budget(effort, bounds, losses)
    return { ...known({ thinking }), on: thinking !== undefined }
  }
  return {
    thinking: { type: 'adaptive', ...(summary !== undefined && { display: 'summarized' as const }) },
    ...known({ effort: word(effort, losses) }),
    on: true,
  }
}

/** A summary alone asks no model to think that would not do so by itself. */
function budget(effort: string | undefined, { maxTokens, amidCalls }: Bounds, losses: Loss[]): messages.Thinking | undefined {
  if (effort === undefined) {
    losses.push(dropped('reasoning', 'This model thinks only when it is told how much.'))
    return undefined
  }
  const tokens = Math.floor(Math.max(leastBudget, maxTokens * (shares[effort] ?? 0.5)))
  const obstacle = amidCalls
    ? 'A turn that did not begin with thinking cannot go on with it.'
    : tokens >= maxTokens && `There is no room to think: that takes ${leastBudget} tokens at least, and an answer beside.`
  losses.push(
    obstacle
      ? dropped('reasoning.effort', obstacle)
      : approximated('reasoning.effort', 'The effort becomes a share of the tokens of the answer.'),
  )
  return obstacle ? undefined : { type: 'enabled', budget_tokens: tokens }
}

/** Anthropic's least is `low`; any other word is its own, or newer than the code. */
function word(effort: string | undefined, losses: Loss[]): string | undefined {
  if (!isString(effort) || effort !== 'minimal') return effort
  losses.push(approximated('reasoning.effort', 'The least effort is low.'))
  return 'low'
}
