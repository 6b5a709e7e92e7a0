import type { GatewayError, messages } from '@weir/contracts'
import type { ErrorReply } from '../../dialect.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { decodeOpenAiError } from '../openai-error.js'

/** Said with status 400, though no other request of this account will fare better. */
const noCredit = /credit balance is too low/i

/** What went wrong, from `{ type: "error", error: { type, message } }` or from what comes in its place. */
export function decodeError(status: number, body: unknown): UpstreamFailure {
  const failure = decodeOpenAiError(status, body)
  return failure.kind === 'rejected' && noCredit.test(failure.message) ? { ...failure, kind: 'unauthorized' } : failure
}

/** Anthropic's form of an error. The status is that of the gateway's own table: SDKs decide by it whether to try again. */
export function encodeError(error: GatewayError): ErrorReply {
  return { status: error.status, body: errorBody(error) }
}

export function errorBody(error: GatewayError): { type: 'error'; error: messages.MessagesError } {
  return { type: 'error', error: { type: typeOf(error), message: messageOf(error) } }
}

function typeOf({ status, code }: GatewayError): string {
  if (code === 'unavailable') return 'overloaded_error'
  switch (status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 408:
    case 504:
      return 'timeout_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error'
  }
}

/** Clients know a conversation that is too long by these words, and shorten it. */
function messageOf({ code, message }: GatewayError): string {
  return code === 'context_length_exceeded' && !/prompt is too long/i.test(message) ? `prompt is too long: ${message}` : message
}
