import { errorTable, type ErrorCode } from '@weir/contracts'

export interface WeirErrorFields {
  /** The HTTP status; null where no answer came, or the stream broke after its start. */
  readonly status: number | null
  /** The gateway's code, such as `invalid_api_key`; see `errorTable` of the contracts. */
  readonly code: string | null
  /** The field at fault, such as `input[0].content`. */
  readonly param: string | null
  readonly type: string | null
  /** The id under which the gateway keeps its record of the request. */
  readonly requestId: string | null
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | null
}

/** Every failure of a call but the caller's own abort. */
export class WeirError extends Error implements WeirErrorFields {
  readonly status: number | null
  readonly code: string | null
  readonly param: string | null
  readonly type: string | null
  readonly requestId: string | null
  readonly retryAfter: number | null

  constructor(message: string, fields: Partial<WeirErrorFields> = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'WeirError'
    this.status = fields.status ?? null
    this.code = fields.code ?? null
    this.param = fields.param ?? null
    this.type = fields.type ?? null
    this.requestId = fields.requestId ?? null
    this.retryAfter = fields.retryAfter ?? null
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** The `error` of a body or of a frame; undefined where there is none. */
export function errorDetailOf(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) && isRecord(value['error']) ? value['error'] : undefined
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

/** `Retry-After` in seconds, from either of its two forms. */
function secondsToWait(header: string | null): number | null {
  if (header === null) return null
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const moment = Date.parse(header)
  return Number.isNaN(moment) ? null : Math.max(0, (moment - Date.now()) / 1000)
}

/** The error that came as an answer. Reads the body. */
export async function errorOf(response: Response): Promise<WeirError> {
  const body: unknown = await response.json().catch(() => undefined)
  const detail = errorDetailOf(body)
  return new WeirError(textOf(detail?.['message']) ?? `The gateway answered ${response.status}.`, {
    status: response.status,
    code: textOf(detail?.['code']),
    param: textOf(detail?.['param']),
    type: textOf(detail?.['type']),
    requestId: response.headers.get('x-request-id'),
    retryAfter: secondsToWait(response.headers.get('retry-after')),
  })
}

/** The error that came in a stream which had begun well. */
export function streamError(detail: Record<string, unknown>, requestId: string | null): WeirError {
  const code = textOf(detail['code'])
  return new WeirError(textOf(detail['message']) ?? 'The stream ended with an error.', {
    status: code !== null && isErrorCode(code) ? errorTable[code].status : null,
    code,
    param: textOf(detail['param']),
    type: textOf(detail['type']),
    requestId,
  })
}
