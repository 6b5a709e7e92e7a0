// The one funnel: whatever was thrown becomes a GatewayError, and what an upstream said becomes what the caller is told.
import { errorTable, GatewayError } from '@weir/contracts'
import { FramingError, MalformedAnswer, type UpstreamFailure } from '@weir/dialects'
import { StoreError } from './ports/store-error.js'
import { TransportError } from './ports/transport.js'

/** Any thrown value as an error that a caller may read. What is not ours to tell stays in `detail` and `cause`. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  if (thrown instanceof MalformedAnswer || thrown instanceof FramingError)
    return new GatewayError('upstream_malformed', { detail: thrown.message, cause: thrown })
  if (thrown instanceof TransportError) return fromTransport(thrown)
  if (thrown instanceof StoreError && thrown.fault === 'unavailable')
    return new GatewayError('unavailable', {
      message: 'The store cannot be reached right now.',
      detail: thrown.message,
      retryAfter: 1,
      cause: thrown,
    })
  if (thrown instanceof StoreError && thrown.fault === 'damaged')
    return new GatewayError('unavailable', {
      message: 'The store is damaged. Its operator has to mend it.',
      detail: thrown.message,
      retryable: false,
      cause: thrown,
    })
  // What a parser complains of quotes what it read.
  if (thrown instanceof SyntaxError) return new GatewayError('server_error', { detail: thrown.name })
  return new GatewayError('server_error', { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown })
}

function fromTransport(error: TransportError): GatewayError {
  const options = { detail: error.message, cause: error }
  switch (error.fault) {
    case 'refused':
      return new GatewayError('upstream_error', { ...options, message: 'The provider could not be reached.' })
    case 'timeout':
      return new GatewayError('upstream_timeout', options)
    case 'aborted':
      return new GatewayError('client_closed', options)
    case 'closed':
      return new GatewayError('shutting_down', { ...options, retryAfter: 1 })
    default:
      return new GatewayError('upstream_error', { ...options, message: 'The connection to the provider broke.' })
  }
}

/** Why an attempt failed, for whoever may read its record: nothing that the caller was not told. */
export const publicReason = ({ code, message }: GatewayError): string => `${code}: ${message}`

/** Whose fault a failed attempt is: the upstream's, or, where the gateway gave it up, nobody's. */
export const attemptOutcome = ({ code }: GatewayError): 'failed' | 'aborted' => (code === 'shutting_down' ? 'aborted' : 'failed')

/** An error after which an SDK is not to try again by itself: all that could be tried was. */
export function exhausted(error: GatewayError): GatewayError {
  const { code, message, param, detail, retryAfter, cause } = error
  return new GatewayError(code, {
    message,
    param,
    cause,
    retryable: false,
    ...(detail !== undefined && { detail }),
    ...(retryAfter !== undefined && { retryAfter }),
  })
}

/** A broken connection in the words in which dialects speak of failures. */
export function failureOf(error: TransportError): UpstreamFailure {
  if (error.fault === 'closed') return { kind: 'shutdown', message: errorTable.shutting_down.sentence }
  if (error.fault === 'timeout') return { kind: 'timeout', message: 'The provider fell silent in the middle of its answer.' }
  return { kind: 'cut', message: 'The connection to the provider broke in the middle of its answer.' }
}

/**
 * What the caller is told of an upstream's failure. A refused credential is the gateway's fault and not the caller's, so it is
 * a 502 and never a 401, which would send the caller looking at its own key.
 */
export function fromUpstream(failure: UpstreamFailure, account: string): GatewayError {
  const shared = {
    detail: detailOf(failure, account),
    cause: failure,
    ...(failure.retryAfter !== undefined && { retryAfter: failure.retryAfter }),
  }
  const told = { ...shared, message: `${account}: ${failure.message}`, param: failure.param ?? null }
  switch (failure.kind) {
    case 'rejected':
      return new GatewayError('upstream_rejected', told)
    case 'context-length':
      return new GatewayError('context_length_exceeded', told)
    case 'not-found':
      return new GatewayError('model_not_found', told)
    case 'unauthorized':
      return new GatewayError('upstream_unauthorized', {
        ...shared,
        message: `The provider refused the credentials of the account "${account}". Its operator has to mend them.`,
        retryable: false,
      })
    case 'rate-limited':
      return new GatewayError('rate_limit_exceeded', { ...told, retryAfter: failure.retryAfter ?? 1 })
    case 'overloaded':
      return new GatewayError('unavailable', { ...told, retryAfter: failure.retryAfter ?? 1 })
    case 'timeout':
      return new GatewayError('upstream_timeout', told)
    case 'malformed':
      return new GatewayError('upstream_malformed', shared)
    case 'shutdown':
      return new GatewayError('shutting_down', { ...shared, retryAfter: 1 })
    default:
      return new GatewayError('upstream_error', told)
  }
}

/** An upstream that refuses a key may quote it, and one that cannot be read may say anything: neither is written down. */
function detailOf({ kind, status, code, message }: UpstreamFailure, account: string): string {
  const facts = `${account}: ${kind} ${status ?? ''}`.trimEnd()
  return kind === 'unauthorized' ? facts : `${facts} ${code ?? ''} ${message}`
}
