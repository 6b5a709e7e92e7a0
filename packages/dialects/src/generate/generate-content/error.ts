import type { generateContent as wire, GatewayError } from '@weir/contracts'
import type { ErrorReply } from '../../dialect.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isNumber, isRecord, isString, known, type Loose } from '../narrow.js'
import { decodeOpenAiError, failureOf } from '../openai-error.js'
import { fieldsOf, listOf } from './fields.js'

type Kind = UpstreamFailure['kind']

/** Google's names of what went wrong say more than the status beside them. */
const kinds: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    INVALID_ARGUMENT: 'rejected',
    FAILED_PRECONDITION: 'rejected',
    OUT_OF_RANGE: 'rejected',
    UNIMPLEMENTED: 'rejected',
    ALREADY_EXISTS: 'rejected',
    UNAUTHENTICATED: 'unauthorized',
    PERMISSION_DENIED: 'unauthorized',
    NOT_FOUND: 'not-found',
    RESOURCE_EXHAUSTED: 'rate-limited',
    UNAVAILABLE: 'overloaded',
    DEADLINE_EXCEEDED: 'timeout',
    INTERNAL: 'failed',
    UNKNOWN: 'failed',
    ABORTED: 'failed',
    CANCELLED: 'failed',
    DATA_LOSS: 'failed',
  }),
)

const tooLong = /token count .* exceeds|exceeds the maximum number of tokens/i

/** Error of Google's form, `{ error: { code, message, status, details } }`, also in a list of one; anything else as best it can be. */
export function decodeError(status: number, body: unknown): UpstreamFailure {
  const [first] = listOf(body)
  const error = isRecord(first) ? first.error : undefined
  return isRecord(error) ? { ...failureOfError(error), status } : decodeOpenAiError(status, first)
}

/** An error that came in place of an answer, or in the middle of one. */
export function decodeErrorInAnswer(chunk: Loose): UpstreamFailure {
  return isRecord(chunk.error) ? failureOfError(chunk.error) : failureOf(chunk.error)
}

function failureOfError(error: Loose): UpstreamFailure {
  const { message, code, status } = error
  const plain = failureOf({ message, ...(isNumber(code) && { code }) })
  const details = listOf(error.details).map((detail) => fieldsOf(detail).rest)
  const kind = isString(status) ? (kinds.get(status) ?? plain.kind) : plain.kind
  return {
    ...plain,
    kind: exactKind(kind, plain.message, details),
    ...known({ code: isString(status) ? status : plain.code, retryAfter: retryAfterOf(details), param: paramOf(details) }),
  }
}

/** What Google calls an invalid argument, though it is a matter of its own. */
function exactKind(kind: Kind, message: string, details: readonly Loose[]): Kind {
  if (kind !== 'rejected') return kind
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return 'unauthorized'
  return tooLong.test(message) ? 'context-length' : kind
}

/** Seconds, out of a duration such as `34.07s`. */
function retryAfterOf(details: readonly Loose[]): number | undefined {
  for (const { retryDelay } of details) {
    const seconds = isString(retryDelay) ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined
    if (seconds !== undefined) return Math.ceil(Number(seconds))
  }
  return undefined
}

function paramOf(details: readonly Loose[]): string | undefined {
  for (const { fieldViolations } of details)
    for (const violation of listOf(fieldViolations)) {
      const { field } = fieldsOf(violation).rest
      if (isString(field) && field !== '') return field
    }
  return undefined
}

/** Google's form of an error, with its own name of the status. What is at fault and when to try again stand among the details. */
export function encodeError(error: GatewayError): ErrorReply & { readonly body: wire.GoogleErrorBody } {
  const { status: code, message, param, retryAfter } = error
  const details: Loose[] = []
  if (param !== null) details.push({ '@type': typeOf('BadRequest'), fieldViolations: [{ field: param, description: message }] })
  if (retryAfter !== undefined) details.push({ '@type': typeOf('RetryInfo'), retryDelay: `${retryAfter}s` })
  return {
    status: code,
    body: { error: { code, message, status: nameOf(code), ...(details.length > 0 && { details }) } },
  }
}

const typeOf = (name: string): string => `type.googleapis.com/google.rpc.${name}`

function nameOf(status: number): string {
  switch (status) {
    case 401:
      return 'UNAUTHENTICATED'
    case 403:
      return 'PERMISSION_DENIED'
    case 404:
      return 'NOT_FOUND'
    case 408:
    case 504:
      return 'DEADLINE_EXCEEDED'
    case 409:
      return 'ABORTED'
    case 429:
      return 'RESOURCE_EXHAUSTED'
    case 499:
      return 'CANCELLED'
    case 503:
      return 'UNAVAILABLE'
    default:
      return status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'
  }
}
