import { GatewayError } from '@weir/contracts'
import { responses, type SseFrame } from '@weir/dialects'
import { errorHeaders } from '../fail.js'
import type { AnswerHeaders, Outlet } from './outlet.js'

/** A connection that carries whole text messages. */
export interface MessageSink {
  /** Whether a message may still reach the other side. */
  readonly open: boolean
  /** `false`: the reader is slower than the model; wait for `drained`. */
  send(text: string): boolean
  /** Called whenever the reader has caught up after `send` gave `false`; replaces the listener of the turn before. */
  drained(listener: () => void): void
}

const endings = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * A turn of a WebSocket connection as an outlet: the events of the stream, each as one text message. A turn has exactly one
 * ending message, since a caller takes the first for the end and the next for that of its next turn: the terminal event, or an
 * `error` alone where nothing had begun. So of the two events that end a failed stream, `error` and `response.failed`, only the
 * second leaves, under the number of the first. `lane`: the `stream_id` that the caller put on the turn, repeated on its messages.
 */
export function webSocketOutlet(sink: MessageSink, requestId: string, lane: string | undefined): Outlet {
  const prefix = lane === undefined ? '{' : `{"stream_id":${JSON.stringify(lane)},`
  let wrote = false
  let ended = false
  let failure: SseFrame | undefined

  const send = (json: string): boolean => sink.send(lane === undefined ? json : prefix + json.trimStart().slice(1))

  function refuse(status: number, headers: AnswerHeaders, body: object): void {
    if (ended) return
    ended = true
    send(errorMessage(status, { ...headers, 'x-request-id': requestId }, body))
  }

  return {
    // There is no head: until the first event an error can be told as such.
    get begun() {
      return wrote
    },
    get wrote() {
      return wrote
    },
    begin() {},
    write(frame) {
      if (ended || frame.data === '[DONE]') return true
      wrote = true
      const type = typeOf(frame)
      if (type === 'error') {
        failure = frame
        return true
      }
      ended = endings.has(type)
      return send(ended && failure ? numberedAs(failure, frame) : frame.data)
    },
    drained: (listener) => sink.drained(listener),
    end() {},
    reply: refuse,
    abort() {
      // The connection is the caller's for other turns too: this turn alone is told as broken.
      const error = new GatewayError('server_error', { message: 'The answer broke off.' })
      const { status, body } = responses.error.encode(error)
      if (sink.open) refuse(status, errorHeaders(error), body)
    },
  }
}

/** The message that tells an error, with what HTTP would say beside it. `body`: of the HTTP error. */
export function errorMessage(status: number, headers: AnswerHeaders, body: object): string {
  const { connection: _, ...told } = headers
  return JSON.stringify({ type: 'error', status, ...body, ...(Object.keys(told).length > 0 && { headers: told }) })
}

/** The type of an event. Most streams say it beside the data; where one does not, the data itself is asked. */
function typeOf({ event, data }: SseFrame): string {
  if (event !== undefined) return event
  const [, first] = /^\s*\{\s*"type"\s*:\s*"([^"\\]*)"/.exec(data) ?? []
  return first ?? String((JSON.parse(data) as { type?: unknown }).type)
}

function numberedAs(first: SseFrame, frame: SseFrame): string {
  const { sequence_number: number } = JSON.parse(first.data) as { sequence_number?: number }
  return JSON.stringify({ ...(JSON.parse(frame.data) as object), ...(number !== undefined && { sequence_number: number }) })
}
