// The one table of errors. A row says what a code means everywhere; whoever throws adds the sentence for this case, the
// field, and the private detail. Dialects only dress it. The HTTP statuses are those that OpenAI's clients
// know, since they decide by them whether to try again.
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server'

interface ErrorRow {
  readonly status: number
  /** OpenAI's `error.type`. */
  readonly type: 'invalid_request_error' | 'authentication_error' | 'permission_error' | 'rate_limit_error' | 'server_error'
  readonly trpc: TRPC_ERROR_CODE_KEY
  /** Whether the same request may succeed later. SDKs repeat by status alone; `x-should-retry` tells them this. */
  readonly retryable: boolean
  /** What the caller reads where nothing more exact is said. */
  readonly sentence: string
}

const row = (
  status: number,
  type: ErrorRow['type'],
  trpc: TRPC_ERROR_CODE_KEY,
  retryable: boolean,
  sentence: string,
): ErrorRow => ({ status, type, trpc, retryable, sentence })

export const errorTable = {
  malformed_json: row(400, 'invalid_request_error', 'PARSE_ERROR', false, 'The body is not valid JSON.'),
  invalid_value: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'A field has a value that is not accepted.'),
  missing_required_parameter: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'A required field is missing.'),
  ambiguous_field: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'Two field names differ in case only.'),
  unsupported_parameter: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'This parameter is not supported.'),
  untranslatable: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'No target can carry this request without loss.'),
  upstream_rejected: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'The provider rejected the request.'),
  idempotency_conflict: row(400, 'invalid_request_error', 'BAD_REQUEST', false, 'This Idempotency-Key went with another body.'),
  context_length_exceeded: row(
    400,
    'invalid_request_error',
    'BAD_REQUEST',
    false,
    'The input is longer than the context window.',
  ),
  invalid_api_key: row(401, 'authentication_error', 'UNAUTHORIZED', false, 'The API key is missing or not valid.'),
  forbidden: row(403, 'permission_error', 'FORBIDDEN', false, 'This key may not do that.'),
  not_found: row(404, 'invalid_request_error', 'NOT_FOUND', false, 'There is nothing here.'),
  model_not_found: row(404, 'invalid_request_error', 'NOT_FOUND', false, 'There is no such model.'),
  previous_response_not_found: row(404, 'invalid_request_error', 'NOT_FOUND', false, 'The previous response was not found.'),
  websocket_connection_limit_reached: row(
    400,
    'invalid_request_error',
    'BAD_REQUEST',
    true,
    'The connection has lasted as long as one may.',
  ),
  method_not_allowed: row(
    405,
    'invalid_request_error',
    'METHOD_NOT_SUPPORTED',
    false,
    'This path does not answer to this method.',
  ),
  first_token_timeout: row(408, 'server_error', 'TIMEOUT', true, 'The model did not begin to answer in time.'),
  idempotency_key_in_use: row(
    409,
    'invalid_request_error',
    'CONFLICT',
    true,
    'The first request with this Idempotency-Key is still at work.',
  ),
  payload_too_large: row(413, 'invalid_request_error', 'PAYLOAD_TOO_LARGE', false, 'The body is larger than the limit.'),
  unsupported_media_type: row(
    415,
    'invalid_request_error',
    'UNSUPPORTED_MEDIA_TYPE',
    false,
    'Send the body as application/json.',
  ),
  rate_limit_exceeded: row(429, 'rate_limit_error', 'TOO_MANY_REQUESTS', true, 'A rate limit was reached.'),
  client_closed: row(499, 'invalid_request_error', 'CLIENT_CLOSED_REQUEST', false, 'The caller closed the connection.'),
  server_error: row(500, 'server_error', 'INTERNAL_SERVER_ERROR', true, 'Something broke inside the gateway.'),
  upstream_error: row(502, 'server_error', 'BAD_GATEWAY', true, 'The provider failed.'),
  upstream_unauthorized: row(502, 'server_error', 'BAD_GATEWAY', false, 'The provider refused the credentials of this account.'),
  upstream_malformed: row(502, 'server_error', 'BAD_GATEWAY', true, 'The provider sent something that cannot be read.'),
  shutting_down: row(503, 'server_error', 'SERVICE_UNAVAILABLE', true, 'The gateway is shutting down. Try again.'),
  unavailable: row(503, 'server_error', 'SERVICE_UNAVAILABLE', true, 'The gateway cannot serve this right now.'),
  upstream_timeout: row(504, 'server_error', 'GATEWAY_TIMEOUT', true, 'The provider did not answer in time.'),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface GatewayErrorOptions {
  /** What the caller reads; says which field or rule, and what would be accepted. Default: the table's sentence. */
  readonly message?: string
  /** The field at fault, as a path such as `input[0].content`. */
  readonly param?: string | null
  /** For the log and the ledger only; never shown to a caller. */
  readonly detail?: string
  /** Seconds to wait before trying again, sent as `Retry-After`. */
  readonly retryAfter?: number
  /** Overrides the row, where a second try by the SDK itself would be pointless. */
  readonly retryable?: boolean
  readonly cause?: unknown
}

/** A failure that a caller is told of: a row of the table, the sentence for this case, and what only we may read. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly param: string | null
  readonly detail: string | undefined
  readonly retryAfter: number | undefined
  readonly retryable: boolean

  constructor(code: ErrorCode, options: GatewayErrorOptions = {}) {
    super(options.message ?? errorTable[code].sentence, { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.param = options.param ?? null
    this.detail = options.detail
    this.retryAfter = options.retryAfter
    this.retryable = options.retryable ?? errorTable[code].retryable
  }

  get status(): number {
    return errorTable[this.code].status
  }

  get type(): string {
    return errorTable[this.code].type
  }
}
