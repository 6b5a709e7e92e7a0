import type { Outcome } from '../canonical/response.js'

/** A reason that is absent or newer than the code says nothing against the answer: it is complete. */
export function decodeStopReason(reason: unknown): Outcome {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return { status: 'incomplete', reason: 'max_output_tokens' }
    case 'content_filtered':
    case 'guardrail_intervened':
      return { status: 'incomplete', reason: 'content_filter' }
    case 'malformed_model_output':
      return failed(reason, 'The model wrote an answer that Bedrock could not read.')
    case 'malformed_tool_use':
      return failed(reason, 'The model wrote a call that Bedrock could not read.')
    default:
      return { status: 'completed' }
  }
}

const failed = (code: string, message: string): Outcome => ({ status: 'failed', failure: { kind: 'failed', message, code } })

/** Nothing where a failure is none that a stop reason tells. */
export function encodeStopReason(outcome: Outcome, calls: boolean): string | undefined {
  switch (outcome.status) {
    case 'completed':
      return calls ? 'tool_use' : 'end_turn'
    case 'incomplete':
      return outcome.reason === 'content_filter' ? 'content_filtered' : 'max_tokens'
    default: {
      const { code } = outcome.failure
      return decodeStopReason(code).status === 'failed' ? code : undefined
    }
  }
}
