import type { GatewayError, responses } from '@weir/contracts'
import type { ErrorReply } from '../../dialect.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isList, isRecord, isString, known, type Loose } from './narrow.js'

/** A provider's page of HTML is no help to anyone. Characters. */
const longestMessage = 500

/**
 * An error of a server in whatever form it has: OpenAI's object, a bare string, FastAPI's `detail`, a page of HTML, nothing.
 * `status` is absent for an error that came inside an answer.
 */
export function decodeError(status: number | undefined, body: unknown): UpstreamFailure {
  const error = errorOf(body)
  const code = isString(error.code) ? error.code : typeof error.code === 'number' ? String(error.code) : undefined
  const type = isString(error.type) ? error.type : undefined
  const message = sentence(error, body, status)
  // Some servers say in the body alone which status they mean: an error with status 200, or one inside a stream.
  const meant = status !== undefined && status >= 400 ? status : httpStatus(error.code ?? error.status)
  return {
    kind: kindOf(meant, code ?? '', type ?? '', message),
    message,
    ...known({ code: code ?? type, param: isString(error.param) ? error.param : undefined, status }),
  }
}

/** The object that tells of the error, wherever the server put it. */
function errorOf(body: unknown): Loose {
  if (isList(body)) return errorOf(body[0])
  if (!isRecord(body)) return isString(body) ? { message: body } : {}
  if (isRecord(body.error)) return body.error
  if (isString(body.error)) return { ...body, message: body.error }
  return body
}

function sentence(error: Loose, body: unknown, status: number | undefined): string {
  const said = [error.message, error.detail, error.error, error.title].find((each) => isString(each) && each.trim() !== '')
  if (isString(said)) return isPage(said) ? unreadable(status) : shortened(said)
  const issues = error.detail ?? error.message
  if (issues !== undefined && issues !== null) return shortened(JSON.stringify(issues))
  return isRecord(body) && Object.keys(body).length > 0 ? shortened(JSON.stringify(body)) : unreadable(status)
}

const isPage = (text: string): boolean => /^\s*<(!doctype|html|head|body|\?xml)/i.test(text)
const unreadable = (status: number | undefined): string =>
  status === undefined ? 'The provider sent an error that says nothing.' : `The provider answered ${status} without a message.`
const shortened = (text: string): string => (text.length > longestMessage ? `${text.slice(0, longestMessage - 1)}…` : text)

function httpStatus(code: unknown): number | undefined {
  const status = typeof code === 'number' ? code : isString(code) && /^[45]\d\d$/.test(code) ? Number(code) : undefined
  return status !== undefined && status >= 400 && status <= 599 ? status : undefined
}

function kindOf(status: number | undefined, code: string, type: string, message: string): UpstreamFailure['kind'] {
  if (code === 'context_length_exceeded') return 'context-length'
  // Servers without codes say it in words only.
  if (
    (status === undefined || status === 400 || status === 413 || status === 422) &&
    /(maximum )?context (length|window)/i.test(message)
  )
    return 'context-length'
  switch (status) {
    case 401:
    case 403:
      return 'unauthorized'
    case 404:
      return 'not-found'
    case 408:
    case 504:
      return 'timeout'
    case 429:
      return 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    case undefined:
      return kindOfCode(code || type, type)
    default:
      return status >= 500 ? 'failed' : 'rejected'
  }
}

/** The kind where no status tells it. */
function kindOfCode(code: string, type: string): UpstreamFailure['kind'] {
  switch (code) {
    case 'rate_limit_exceeded':
    case 'rate_limit_error':
    case 'insufficient_quota':
      return 'rate-limited'
    case 'invalid_api_key':
    case 'authentication_error':
    case 'permission_error':
      return 'unauthorized'
    case 'model_not_found':
      return 'not-found'
    case 'overloaded':
    case 'overloaded_error':
      return 'overloaded'
    case 'timeout':
      return 'timeout'
    default:
      return type === 'invalid_request_error' ? 'rejected' : 'failed'
  }
}

/** The four keys that SDKs read; `param` and `code` are there even when they say nothing. */
export function encodeError(error: GatewayError): ErrorReply {
  return { status: error.status, body: errorBody(error) }
}

export function errorBody(error: GatewayError): { error: responses.ErrorDetail } {
  return { error: { message: error.message, type: error.type, param: error.param, code: error.code } }
}
