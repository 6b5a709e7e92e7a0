import { GatewayError } from '@weir/contracts'
import type { UpstreamFailure } from '@weir/dialects'

/**
 * Whether an upstream that was to go on from a turn it had kept failed because it has that no more. Servers differ in how they
 * say so; where one only says that something was not found, another try costs less than a conversation that cannot go on.
 */
export function isLostParent(error: unknown): boolean {
  if (!(error instanceof GatewayError) || !isFailure(error.cause)) return false
  const { kind, code, param } = error.cause
  if (code === 'previous_response_not_found' || param === 'previous_response_id') return true
  return kind === 'not-found' && code !== 'model_not_found'
}

const isFailure = (cause: unknown): cause is UpstreamFailure => typeof cause === 'object' && cause !== null && 'kind' in cause
