import type { generateContent as wire } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Reasoning } from '../canonical/request.js'
import { isBoolean, isNumber, isString, known, overlay } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { fieldsOf, isFilled } from './fields.js'

const levels: ReadonlyMap<string, string> = new Map(
  ['minimal', 'low', 'medium', 'high'].map((effort) => [effort, effort.toUpperCase()]),
)

/** Tokens of thought for an effort, as Google's own chat face counts them. */
const budgets: ReadonlyMap<string, number> = new Map(
  Object.entries({ none: 0, minimal: 512, low: 1024, medium: 8192, high: 24576 }),
)

/** How hard and how openly to think. A budget is an effort to any other dialect, and stays among the extras for this one. */
export function decodeThinking(config: unknown): Reasoning | undefined {
  const { take, rest } = fieldsOf(config)
  if (!isFilled(rest)) return undefined
  const level = take('thinkingLevel', isString)
  const effort = level !== undefined && levels.has(level.toLowerCase()) ? level.toLowerCase() : undefined
  if (level !== undefined && effort === undefined) rest.thinkingLevel = level
  const budget = isNumber(rest.thinkingBudget) ? effortOf(rest.thinkingBudget) : undefined
  const shown = take('includeThoughts', isBoolean)
  if (shown === false) rest.includeThoughts = false
  return {
    ...known({ effort: effort ?? budget, summary: shown === true ? 'auto' : undefined }),
    ...extrasOf('generate-content', rest),
  }
}

/** The effort that comes next to a budget; -1 leaves it to the model. */
function effortOf(budget: number): string | undefined {
  if (budget < 0) return undefined
  for (const [effort, tokens] of budgets) if (budget <= tokens) return effort
  return 'high'
}

export function encodeThinking(
  reasoning: Reasoning | undefined,
  quirks: Quirks,
  losses: Loss[],
): wire.ThinkingConfig | undefined {
  if (!reasoning) return undefined
  const { effort, summary } = reasoning
  const own = ownExtras('generate-content', reasoning.extras, 'reasoning', losses)
  // A budget that was given says it more exactly than the effort that was read from it.
  const said = effort === undefined || (isNumber(own?.thinkingBudget) && effortOf(own.thinkingBudget) === effort)
  if (summary !== undefined && summary !== 'auto')
    losses.push(approximated('reasoning.summary', 'Thoughts are summed up in one way only.'))
  const config = overlay(
    { ...(!said && encodeEffort(effort, quirks, losses)), ...(summary !== undefined && { includeThoughts: true }) },
    own ?? {},
  )
  return isFilled(config) ? config : undefined
}

const path = 'reasoning.effort'

function encodeEffort(effort: string, { thinkingBudget }: Quirks, losses: Loss[]): wire.ThinkingConfig {
  const beyond = effort === 'xhigh' || effort === 'max'
  const known = beyond ? 'high' : effort === 'none' && thinkingBudget !== true ? 'minimal' : effort
  const level = levels.get(known)
  const budget = budgets.get(known)
  if (budget === undefined) {
    losses.push(dropped(path, `Gemini does not know the effort ${effort}.`))
    return {}
  }
  if (known !== effort) losses.push(approximated(path, `The nearest that Gemini knows is ${known}.`))
  else if (thinkingBudget) losses.push(approximated(path, `The effort goes as a budget of ${budget} tokens.`))
  return thinkingBudget || level === undefined ? { thinkingBudget: budget } : { thinkingLevel: level }
}
