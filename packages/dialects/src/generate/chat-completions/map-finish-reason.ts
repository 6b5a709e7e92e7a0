import type { chat } from '@weir/contracts'
import type { ChoiceOutcome } from '../canonical/response.js'

/** The one reason that says that the answer failed; some servers give no error beside it. */
export const isFailed = (reason: unknown): boolean => reason === 'error'

/** A reason that is null, absent or newer than the code says nothing against the answer: it is complete. */
export function decodeFinishReason(reason: unknown): ChoiceOutcome {
  switch (reason) {
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return { status: 'incomplete', reason: 'max_output_tokens' }
    case 'content_filter':
      return { status: 'incomplete', reason: 'content_filter' }
    default:
      return { status: 'completed' }
  }
}

export function encodeFinishReason(outcome: ChoiceOutcome, calls: boolean): chat.FinishReason {
  if (outcome.status === 'completed') return calls ? 'tool_calls' : 'stop'
  return outcome.reason === 'content_filter' ? 'content_filter' : 'length'
}
