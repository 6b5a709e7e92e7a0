import { GatewayError, type ErrorCode } from '@weir/contracts'
import type { UpstreamFailure } from './canonical/response.js'

/** What a caller is told of a failure upstream. What it says of the gateway's own credentials is not for them to read. */
export function failureError(failure: UpstreamFailure): GatewayError {
  const hidden = failure.kind === 'unauthorized'
  return new GatewayError(codeOf(failure.kind), {
    ...(!hidden && { message: failure.message }),
    ...(failure.param !== undefined && { param: failure.param }),
    detail: failure.message,
  })
}

function codeOf(kind: UpstreamFailure['kind']): ErrorCode {
  switch (kind) {
    case 'rejected':
      return 'upstream_rejected'
    case 'context-length':
      return 'context_length_exceeded'
    case 'unauthorized':
      return 'upstream_unauthorized'
    case 'not-found':
      return 'model_not_found'
    case 'rate-limited':
      return 'rate_limit_exceeded'
    case 'overloaded':
      return 'unavailable'
    case 'timeout':
      return 'upstream_timeout'
    case 'shutdown':
      return 'shutting_down'
    case 'malformed':
      return 'upstream_malformed'
    default:
      return 'upstream_error'
  }
}
