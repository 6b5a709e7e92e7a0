import type { Quirks } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'

/** Tokens to reason with, for a model that is told a budget. */
const budgets: ReadonlyMap<string, number> = new Map(
  Object.entries({ low: 2048, medium: 8192, high: 16_384, xhigh: 32_768, max: 32_768 }),
)
/** Anthropic's least budget, and what an answer must have beyond it. */
const leastBudget = 1024

/** How a request says an effort of reasoning. */
export interface Effort {
  /** `outputConfig.effort`. */
  readonly effort?: string
  /** Fields among the additional ones. */
  readonly additional?: { readonly thinking: object; readonly output_config?: { readonly effort: string } }
  /** Tokens of `additional`, which an answer's limit must exceed. */
  readonly budget?: number
}

const path = 'reasoning.effort'

/** `forced`: whether the model must call a tool, which Anthropic's does not do thinking. */
export function encodeEffort({ reasoning, sampling }: Generation, { effortAs }: Quirks, forced: boolean, losses: Loss[]): Effort {
  const wanted = reasoning?.effort
  if (wanted === undefined) return {}
  if (effortAs === undefined || (effortAs === 'output-config' && wanted === 'none')) {
    losses.push(dropped(path, 'The model cannot be told how much to reason.'))
    return {}
  }
  if (wanted === 'none') return { additional: { thinking: { type: 'disabled' } } }
  if (effortAs !== 'output-config' && forced) {
    losses.push(dropped(path, 'The model does not reason where it must call a tool.'))
    return {}
  }
  const effort = wanted === 'minimal' ? 'low' : wanted
  if (effort !== wanted) losses.push(approximated(path, `The least effort that the model knows is ${effort}.`))
  if (effortAs === 'output-config') return { effort }
  if (effortAs === 'adaptive-thinking') return { additional: { thinking: { type: 'adaptive' }, output_config: { effort } } }

  const limit = sampling.maxOutputTokens
  const room = limit === undefined ? Infinity : limit - leastBudget
  if (room < leastBudget) {
    losses.push(dropped(path, 'The limit of the answer leaves no room to reason.'))
    return {}
  }
  const budget = Math.min(budgets.get(effort) ?? leastBudget, room)
  losses.push(approximated(path, `The model may reason with ${budget} tokens.`))
  return { additional: { thinking: { type: 'enabled', budget_tokens: budget } }, budget }
}

/** Whether Anthropic's thinking is on, with which a model takes no temperature and next to no `topP`. */
export const isThinking = ({ additional }: Effort): boolean =>
  additional !== undefined && !('type' in additional.thinking && additional.thinking.type === 'disabled')
