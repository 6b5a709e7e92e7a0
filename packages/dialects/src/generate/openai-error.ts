import type { GatewayError } from '@weir/contracts'
import type { ErrorReply } from '../dialect.js'
import type { UpstreamFailure } from './canonical/response.js'
import { isList, isNumber, isRecord, isString, known } from './narrow.js'

/** Characters of a provider's own words that are passed on: enough to understand, too few to flood a log. */
const longestMessage = 500

type Kind = UpstreamFailure['kind']

/** What a provider's own code says more exactly than its status. */
const kindByCode: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    context_length_exceeded: 'context-length',
    rate_limit_exceeded: 'rate-limited',
    rate_limit_error: 'rate-limited',
    too_many_requests: 'rate-limited',
    insufficient_quota: 'rate-limited',
    server_is_overloaded: 'overloaded',
    overloaded_error: 'overloaded',
    slow_down: 'overloaded',
    invalid_api_key: 'unauthorized',
    authentication_error: 'unauthorized',
    permission_error: 'unauthorized',
    billing_error: 'unauthorized',
    model_not_found: 'not-found',
    not_found: 'not-found',
    not_found_error: 'not-found',
    invalid_prompt: 'rejected',
    invalid_request: 'rejected',
    invalid_request_error: 'rejected',
    data_residency_mismatch: 'rejected',
    bio_policy: 'rejected',
    misalignment_policy_violation: 'rejected',
    server_error: 'failed',
    model_error: 'failed',
    vector_store_timeout: 'timeout',
    timeout_error: 'timeout',
    request_too_large: 'rejected',
  }),
)

function kindOfStatus(status: number): Kind {
  switch (status) {
    // 402: the account has no credit left, which no other request of it will change.
    case 401:
    case 402:
    case 403:
      return 'unauthorized'
    case 404:
      return 'not-found'
    case 408:
    case 504:
    case 524:
      return 'timeout'
    case 429:
      return 'rate-limited'
    case 503:
    case 529:
      return 'overloaded'
    default:
      return status >= 400 && status < 500 && status !== 409 ? 'rejected' : 'failed'
  }
}

/** Servers other than OpenAI, and Anthropic above all, say this in words only. */
const tooLong = /context[ _]?(length|window|size|limit)|maximum context|prompt is too long|too many tokens/i

/**
 * What went wrong, from a body of OpenAI's form, `{ error: { message, type, param, code } }`, or from what comes in its place:
 * a bare string, FastAPI's `detail`, HTML of a proxy in between, nothing at all. Both OpenAI dialects share it.
 */
export function decodeOpenAiError(status: number, body: unknown): UpstreamFailure {
  const failure = failureOf(isRecord(body) && body.error != null ? body.error : body, status)
  return { ...failure, status }
}

/** A failure from what stands under `error`, be it in a body, in a stream's event or in a failed response. */
export function failureOf(error: unknown, status?: number): UpstreamFailure {
  const fields = isRecord(error) ? error : {}
  const message =
    clipped(messageOf(error)) ?? (status === undefined ? 'The provider failed.' : `The provider answered with status ${status}.`)
  const code = isString(fields.code) ? fields.code : isNumber(fields.code) ? String(fields.code) : undefined
  const type = isString(fields.type) ? fields.type : undefined
  const numeric = code !== undefined && /^[45]\d\d$/.test(code) ? Number(code) : undefined
  return {
    kind: kindOf({ code, type, message, status: status !== undefined && status >= 400 ? status : numeric }),
    message,
    ...known({ code: code ?? (type === 'error' ? undefined : type), param: isString(fields.param) ? fields.param : undefined }),
  }
}

interface Signs {
  readonly code: string | undefined
  readonly type: string | undefined
  readonly message: string
  readonly status: number | undefined
}

function kindOf({ code, type, message, status }: Signs): Kind {
  const byCode = code === undefined ? undefined : kindByCode.get(code)
  if (byCode !== undefined) return byCode
  const kind = status === undefined ? (type === undefined ? undefined : kindByCode.get(type)) : kindOfStatus(status)
  if ((kind === 'rejected' || kind === undefined) && tooLong.test(message)) return 'context-length'
  return (
    kind ?? (code !== undefined && /^(invalid|unsupported|image|empty|failed_to_download)_/.test(code) ? 'rejected' : 'failed')
  )
}

function messageOf(error: unknown): string | undefined {
  if (isString(error)) return /^\s*</.test(error) ? undefined : error
  if (!isRecord(error)) return undefined
  const said = error.message ?? error.detail ?? error.error
  if (isString(said)) return said
  if (isList(said)) return said.map((each) => (isRecord(each) && isString(each.msg) ? each.msg : JSON.stringify(each))).join('; ')
  return isRecord(said) ? messageOf(said) : undefined
}

function clipped(message: string | undefined): string | undefined {
  const text = message?.trim()
  if (text === undefined || text === '') return undefined
  return text.length > longestMessage ? `${text.slice(0, longestMessage - 1)}…` : text
}

/** OpenAI's form of an error: all four keys, always. */
export function encodeOpenAiError(error: GatewayError): ErrorReply {
  const { status, message, type, param, code } = error
  return { status, body: { error: { message, type, param, code } } }
}

/** `error.type` of OpenAI's form, for a failure that is told inside an answer. */
export function typeOfFailure(kind: Kind): 'invalid_request_error' | 'rate_limit_error' | 'server_error' {
  switch (kind) {
    case 'rejected':
    case 'context-length':
    case 'not-found':
      return 'invalid_request_error'
    case 'rate-limited':
      return 'rate_limit_error'
    default:
      return 'server_error'
  }
}
