import type { Item } from '../canonical/item.js'
import type { ChoiceOutcome, Outcome } from '../canonical/response.js'

/** A reason that is null or newer than the code says nothing against the answer: it is complete. */
export function decodeStopReason(reason: unknown): ChoiceOutcome {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', reason: 'max_output_tokens' }
    case 'refusal':
      return { status: 'incomplete', reason: 'content_filter' }
    // The provider's own loop of tools paused: the answer goes on when it is sent back.
    case 'pause_turn':
      return { status: 'incomplete', reason: 'pause_turn' }
    default:
      return { status: 'completed' }
  }
}

/** What an answer has shown, as far as its ending depends on it. */
export interface Shown {
  readonly calls: boolean
  readonly refusal: boolean
}

export function encodeStopReason(outcome: Outcome, { calls, refusal }: Shown): string {
  if (outcome.status === 'incomplete')
    switch (outcome.reason) {
      case 'content_filter':
        return 'refusal'
      case 'pause_turn':
        return 'pause_turn'
      default:
        return 'max_tokens'
    }
  if (calls) return 'tool_use'
  return refusal ? 'refusal' : 'end_turn'
}

export function shownBy(items: readonly Item[]): Shown {
  return {
    calls: items.some(({ type }) => type === 'tool-call'),
    refusal: items.some((item) => item.type === 'message' && item.content.some(({ type }) => type === 'refusal')),
  }
}
