import { GatewayError, type ErrorCode } from '@weir/contracts'
import type { UpstreamFailure } from '@weir/dialects'
import type { FailureKind } from './step.js'

const codes = {
  rejected: 'invalid_value',
  'context-length': 'context_length_exceeded',
  unauthorized: 'invalid_api_key',
  'not-found': 'model_not_found',
  'rate-limited': 'rate_limit_exceeded',
  overloaded: 'unavailable',
  timeout: 'upstream_timeout',
  failed: 'server_error',
} as const satisfies Record<FailureKind, ErrorCode>

const message = 'The simulator fails because it was asked to.'

/** A failure on demand, inside a stream. */
export const failureOf = (kind: FailureKind): UpstreamFailure => ({ kind, message, code: codes[kind] })

/** A failure on demand, before an answer began. */
export const errorOf = (kind: FailureKind): GatewayError => errorWith(codes[kind])

/** The error for a status on demand; what has no row of its own is rejected (4xx) or broken (5xx). */
export function errorForStatus(status: number): GatewayError {
  return errorWith(byStatus.get(status) ?? (status < 500 ? 'invalid_value' : 'server_error'))
}

const byStatus = new Map<number, ErrorCode>([
  [401, 'invalid_api_key'],
  [403, 'forbidden'],
  [404, 'model_not_found'],
  [429, 'rate_limit_exceeded'],
  [503, 'unavailable'],
  [504, 'upstream_timeout'],
])

/** Seconds after which a refused request may be tried again. */
const retryAfter = 2

function errorWith(code: ErrorCode): GatewayError {
  const waits = code === 'rate_limit_exceeded' || code === 'unavailable'
  return new GatewayError(code, { message, ...(waits && { retryAfter }) })
}
