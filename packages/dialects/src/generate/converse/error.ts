import type { GatewayError } from '@weir/contracts'
import type { ErrorReply } from '../../dialect.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isRecord, isString } from '../narrow.js'
import { failureOf } from '../openai-error.js'

type Kind = UpstreamFailure['kind']

/** What an exception says, where its status says less or nothing, as inside a stream. */
const kindByType: ReadonlyMap<string, Kind> = new Map(
  Object.entries<Kind>({
    ValidationException: 'rejected',
    SerializationException: 'rejected',
    ConflictException: 'rejected',
    AccessDeniedException: 'unauthorized',
    UnrecognizedClientException: 'unauthorized',
    InvalidSignatureException: 'unauthorized',
    ExpiredTokenException: 'unauthorized',
    IncompleteSignatureException: 'unauthorized',
    MissingAuthenticationTokenException: 'unauthorized',
    ResourceNotFoundException: 'not-found',
    ModelTimeoutException: 'timeout',
    ThrottlingException: 'rate-limited',
    TooManyRequestsException: 'rate-limited',
    ServiceQuotaExceededException: 'rate-limited',
    ModelNotReadyException: 'overloaded',
    ServiceUnavailableException: 'overloaded',
    ModelErrorException: 'failed',
    ModelStreamErrorException: 'failed',
    InternalServerException: 'failed',
  }),
)

/** Models say in words only that there is too much to read. */
const tooLong =
  /input is too long|prompt is too long|context (length|window|limit)|maximum (context|input|number of input tokens)/i
const unknownModel = /model identifier is invalid/i

/** An error of Bedrock, `{ message }` or `{ Message }`. The name of its exception is in the body only at times. */
export function decodeError(status: number, body: unknown): UpstreamFailure {
  const fields = isRecord(body) ? body : {}
  const failure = failureOf(isString(body) ? body : { message: fields.message ?? fields.Message }, status)
  const type = typeOf(fields.__type ?? fields.code)
  // The status of a model that broke, which would else be the caller's fault.
  return { ...judged(status === 424 ? { ...failure, kind: 'failed' } : failure, type), status }
}

/** An exception inside a stream, by the name of its event. */
export function decodeException(event: string, wire: unknown): UpstreamFailure {
  const fields = isRecord(wire) ? wire : {}
  const message = fields.message ?? fields.Message ?? fields.originalMessage
  const code = event === 'error' ? fields.code : event
  return judged(failureOf({ message }), isString(code) ? code : undefined)
}

/** `com.amazon.coral.validate#ValidationException:http://…` is a `ValidationException`. */
function typeOf(type: unknown): string | undefined {
  return isString(type) ? /([^#:]*)(?::.*)?$/.exec(type.slice(type.indexOf('#') + 1))?.[1] : undefined
}

function judged(failure: UpstreamFailure, code: string | undefined): UpstreamFailure {
  const kind = (code === undefined ? undefined : kindByType.get(code.charAt(0).toUpperCase() + code.slice(1))) ?? failure.kind
  return {
    kind: kind === 'rejected' ? kindOfRejected(failure) : kind,
    message: failure.message,
    ...(code !== undefined && { code }),
  }
}

function kindOfRejected({ kind, message }: UpstreamFailure): Kind {
  if (unknownModel.test(message)) return 'not-found'
  return kind === 'context-length' || tooLong.test(message) ? 'context-length' : 'rejected'
}

/** AWS's form of an error. */
export function encodeError({ status, message }: GatewayError): ErrorReply {
  return { status, body: { __type: exceptionOf(status), message } }
}

/** The exception by which Bedrock tells such a status. */
export function exceptionOf(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return 'AccessDeniedException'
    case 404:
      return 'ResourceNotFoundException'
    case 408:
    case 504:
      return 'ModelTimeoutException'
    case 429:
      return 'ThrottlingException'
    case 502:
      return 'ModelErrorException'
    case 503:
      return 'ServiceUnavailableException'
    default:
      return status >= 400 && status < 500 ? 'ValidationException' : 'InternalServerException'
  }
}
