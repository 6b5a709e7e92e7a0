// One endpoint as a stream of events. It ends well with its terminal event only; any other end is an error.
import type { Endpoint } from '@weir/contracts'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { WeirError, errorDetailOf, streamError } from './errors.js'
import { send, type CallOptions, type Connection } from './rest.js'

const typeOf = (frame: unknown): unknown =>
  typeof frame === 'object' && frame !== null && 'type' in frame ? frame.type : undefined

function parse(data: string, requestId: string | null): unknown {
  try {
    return JSON.parse(data)
  } catch (cause) {
    throw new WeirError('The stream sent something that is not JSON.', { requestId }, { cause })
  }
}

function bodyOf(response: Response, requestId: string | null): ReadableStream<Uint8Array<ArrayBuffer>> {
  const type = response.headers.get('content-type') ?? 'nothing'
  if (response.body === null || !type.startsWith('text/event-stream')) {
    throw new WeirError(`The gateway answered with ${type} instead of a stream.`, { status: response.status, requestId })
  }
  return response.body
}

/**
 * The events, as they come. Leaving the loop early closes the connection. Throws what the stream itself says is wrong, and a
 * `WeirError` when it ends without a terminal event, where its dialect has one.
 */
export async function* stream(
  connection: Connection,
  endpoint: Endpoint,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions,
): AsyncGenerator<unknown, void, undefined> {
  const response = await send(connection, endpoint, { ...input, stream: true }, options)
  const requestId = response.headers.get('x-request-id')
  const terminal = new Set<unknown>(endpoint.terminal)
  const reader = bodyOf(response, requestId)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  let failure: WeirError | undefined
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        options.signal?.throwIfAborted()
        throw new WeirError('The connection broke before the stream had ended.', { requestId }, { cause })
      })
      if (done && terminal.size === 0) return
      if (done) throw failure ?? new WeirError('The stream ended without its last event.', { requestId })
      if (terminal.has(value.data)) return
      const frame = parse(value.data, requestId)
      const detail = errorDetailOf(frame)
      if (detail !== undefined) {
        const error = streamError(detail, requestId)
        // Chat puts a bare error in the place of a chunk; in Responses it is an event, and the failed response follows it.
        if (typeOf(frame) === undefined) throw error
        if (typeOf(frame) === 'error') failure = error
      }
      yield frame
      if (terminal.has(typeOf(frame))) return
    }
  } finally {
    // Closes the connection where the stream has not ended; the failure, if any, has been thrown already.
    await reader.cancel().catch(() => undefined)
  }
}
