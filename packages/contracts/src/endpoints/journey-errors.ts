import type { ErrorCode } from '../errors.js'

/** What a call can meet on its way to a model, whatever its dialect. */
export const journeyErrors = [
  'idempotency_conflict',
  'idempotency_key_in_use',
  'malformed_json',
  'invalid_value',
  'missing_required_parameter',
  'ambiguous_field',
  'unsupported_parameter',
  'untranslatable',
  'upstream_rejected',
  'context_length_exceeded',
  'invalid_api_key',
  'forbidden',
  'model_not_found',
  'first_token_timeout',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limit_exceeded',
  'server_error',
  'upstream_error',
  'upstream_unauthorized',
  'upstream_malformed',
  'shutting_down',
  'unavailable',
  'upstream_timeout',
] as const satisfies readonly ErrorCode[]

const ofTurns: ReadonlySet<ErrorCode> = new Set(['idempotency_conflict', 'idempotency_key_in_use', 'first_token_timeout'])

/** The same for what is no turn of a model: nothing of it is kept, and its answer comes whole. */
export const plainErrors: readonly ErrorCode[] = journeyErrors.filter((code) => !ofTurns.has(code))
