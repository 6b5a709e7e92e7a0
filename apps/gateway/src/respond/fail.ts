import type { GatewayError } from '@weir/contracts'
import type { Event, UpstreamFailure } from '@weir/dialects'
import type { Received } from '../exchange.js'
import type { Operation } from '../operations/operation.js'
import type { AnswerHeaders, Outlet } from './outlets/outlet.js'

/**
 * Tells the caller of a failure, in its own dialect: as an HTTP error while nothing has left, within the stream where only
 * comments have. An answer that is on its way breaks off. Notes it in the trail.
 */
export function fail(exchange: Received<Operation>, error: GatewayError, outlet: Outlet): void {
  const { trail, dialect, operation } = exchange
  trail.error = error
  trail.status = outlet.begun && error.status !== 499 ? 200 : error.status
  trail.outcome = outcomeOf(error)
  const codec = operation.ingress[dialect]?.codec
  if (!codec || exchange.signal.aborted || outlet.wrote) return outlet.abort()
  if (!outlet.begun) {
    const { status, body } = codec.error.encode(error)
    return outlet.reply(status, errorHeaders(error), body)
  }
  // What never streams has not begun.
  if (!('stream' in codec)) return outlet.abort()
  // Only keep-alive comments have left so far: an answer that had begun would be begun a second time.
  const encoder = codec.stream.encode({
    asked: { model: trail.model ?? '', items: [], sampling: {}, stream: true, state: {} },
    id: trail.responseId ?? trail.id,
    createdAt: Math.floor(trail.startedAt / 1000),
    model: trail.model ?? '',
    provider: trail.account ?? '',
    stored: false,
  })
  const events: Event[] = [{ type: 'turn-start' }, { type: 'error', failure: failureOf(error) }]
  for (const event of events) encoder.push(event, (frame) => outlet.write(frame))
  outlet.end()
}

/** Headers of an error: when to come back, and whether an SDK should try again by itself. */
export function errorHeaders(error: GatewayError): AnswerHeaders {
  return {
    ...(error.retryAfter !== undefined && { 'retry-after': String(Math.ceil(error.retryAfter)) }),
    ...(error.status >= 500 || error.status === 408 || error.status === 409 || error.status === 429
      ? { 'x-should-retry': String(error.retryable) }
      : {}),
    // A body that was not read would be taken for the next request.
    ...((error.status === 401 || error.status === 413 || error.status === 415) && { connection: 'close' }),
  }
}

function outcomeOf(error: GatewayError): 'failed' | 'refused' | 'client_closed' {
  if (error.status === 499) return 'client_closed'
  return error.status < 500 && error.code !== 'upstream_rejected' ? 'refused' : 'failed'
}

/** What went wrong, in the words in which an answer tells of its failure. */
export function failureOf(error: GatewayError): UpstreamFailure {
  return { kind: kindOf(error), message: error.message, code: error.code, ...(error.param !== null && { param: error.param }) }
}

function kindOf({ code, status }: GatewayError): UpstreamFailure['kind'] {
  switch (code) {
    case 'rate_limit_exceeded':
      return 'rate-limited'
    case 'context_length_exceeded':
      return 'context-length'
    case 'upstream_timeout':
      return 'timeout'
    case 'unavailable':
      return 'overloaded'
    case 'model_not_found':
      return 'not-found'
    case 'upstream_malformed':
      return 'malformed'
    case 'shutting_down':
      return 'shutdown'
    default:
      return status < 500 && status !== 499 ? 'rejected' : 'failed'
  }
}
