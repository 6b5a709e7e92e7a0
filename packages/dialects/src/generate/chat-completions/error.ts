import type { GatewayError, responses } from '@weir/contracts'
import type { UpstreamFailure } from '../canonical/response.js'
import { decodeOpenAiError, failureOf } from '../openai-error.js'
import { isList, isRecord } from '../narrow.js'

/** An error of a server. Gemini's chat face sends it in a list. */
export function decodeError(status: number, body: unknown): UpstreamFailure {
  return decodeOpenAiError(status, isList(body) ? body[0] : body)
}

/** An error that came in place of an answer, with a status that says success: what it means stands in the body alone. */
export function decodeErrorInAnswer(wire: unknown): UpstreamFailure {
  return failureOf(isRecord(wire) && 'error' in wire ? wire.error : wire)
}

/** All four keys, always: SDKs read them. */
export function errorBody({ message, type, param, code }: GatewayError): responses.ErrorBody {
  return { error: { message, type, param, code } }
}
