import type { completions } from '@weir/contracts'
import type { ChoiceOutcome, Outcome } from '../canonical/response.js'

/** How a choice ended. What failed is told beside the choices and not here. */
export function finishReason(outcome: Outcome, index: number): NonNullable<completions.CompletionChoice['finish_reason']> {
  const ending: ChoiceOutcome = outcome.status === 'failed' ? { status: 'completed' } : (outcome.choices?.[index] ?? outcome)
  if (ending.status === 'completed') return 'stop'
  return ending.reason === 'content_filter' ? 'content_filter' : 'length'
}

/** How many choices are known to have ended. */
export const endedChoices = (outcome: Outcome): number => (outcome.status === 'failed' ? 0 : (outcome.choices?.length ?? 0))
