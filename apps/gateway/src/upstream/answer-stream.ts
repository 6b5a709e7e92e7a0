import { decodeSse, FramingError, MalformedAnswer, type Event, type Item, type Reader, type SseFrame } from '@weir/dialects'
import { failureOf } from '../errors.js'
import type { UpstreamCodec } from '../operations/operation.js'
import type { ByteStream } from '../ports/transport.js'
import { linger } from './linger.js'
import { assertWritable } from './nesting.js'

/** An upstream's answer in flight: each frame as it came, after the events that it meant. */
export interface AnswerStream {
  /** Nothing is read before this. */
  start(sink: AnswerSink): void
  pause(): void
  resume(): void
  /** Closes the upstream connection; nothing more is given. */
  destroy(): void
}

export interface AnswerSink {
  /** The last one is a `turn-end` or an `error`, whatever the upstream did. */
  event(event: Event): void
  /** Follows the events that it meant. Always a JSON object. */
  frame(frame: SseFrame): void
  /** The decoder could not read the next frame: from here on frames come without events, but for the last one. */
  unread(reason: string): void
  /** Once, after the last event and its frame. */
  done(): void
}

/**
 * Whether a frame may be passed on. What is no object, such as the half that a broken connection leaves, is the decoder's to judge
 * and would break the caller's own; the `[DONE]` of an answer is not the upstream's to say.
 */
const isObject = ({ data }: SseFrame): boolean => data.startsWith('{') && data.trimEnd().endsWith('}')

/** Characters that an answer may say: to be kept, all of it has to be held. */
const longestAnswer = 64 * 1024 * 1024

/** Why a decoder gave up, in words of our own: what else was thrown may quote what it read. */
export const unreadReason = (thrown: unknown): string =>
  thrown instanceof MalformedAnswer || thrown instanceof FramingError ? thrown.message : 'The answer cannot be read.'

/** Throws for a call of no tool: nobody could answer it, and no dialect takes it back as history. */
export function assertNamed(item: Item): void {
  if (item.type === 'tool-call' && item.name === '')
    throw new MalformedAnswer('The provider sent a call that does not say which tool it calls.')
}

/**
 * Frames and decodes the bytes of an upstream's stream. A connection that breaks becomes an `error` event. So does a frame that
 * the decoder cannot read, unless there is an `ending`: then that reads the rest, for its end alone.
 */
export function answerStream(body: ByteStream, codec: UpstreamCodec, ending?: () => Reader<SseFrame, Event>): AnswerStream {
  const framing = (codec.stream.framing ?? decodeSse)()
  let decoder = codec.stream.decode()
  let last = ending
  let sink: AnswerSink | undefined
  let ended = false
  let done = false
  let said = 0

  function event(event: Event): void {
    if (ended) return
    if ('text' in event && (said += event.text.length) > longestAnswer)
      throw new MalformedAnswer(`The answer is longer than ${longestAnswer} characters.`)
    if (event.type === 'item-start') assertNamed(event.start)
    ended = event.type === 'turn-end' || event.type === 'error'
    sink?.event(event)
  }

  function frame(frame: SseFrame): void {
    if (done) return
    assertWritable(frame.data)
    try {
      decoder.push(frame, event)
    } catch (error) {
      if (!last) throw error
      decoder = last()
      last = undefined
      sink?.unread(unreadReason(error))
      decoder.push(frame, event)
    }
    if (isObject(frame)) sink?.frame(frame)
    if (ended) finish()
  }

  function finish(): void {
    if (done) return
    done = true
    sink?.done()
  }

  function broken(cause: unknown): void {
    event({
      type: 'error',
      failure: { kind: 'malformed', message: unreadReason(cause) },
    })
    finish()
    body.destroy()
  }

  return {
    start(to) {
      sink = to
      body.start({
        data(bytes) {
          if (done) return
          try {
            framing.push(bytes, frame)
          } catch (error) {
            return broken(error)
          }
          // The rest is read to its end, so that the connection can be used again; but not for ever.
          if (done) linger.begin(body)
        },
        end() {
          linger.end(body)
          try {
            framing.end(frame)
            decoder.end(event)
            event({
              type: 'error',
              failure: { kind: 'cut', message: 'The provider ended its stream in the middle of the answer.' },
            })
          } catch (error) {
            return broken(error)
          }
          finish()
        },
        fail(error) {
          linger.end(body)
          try {
            // What has said all but its last word has ended, however the connection did.
            decoder.end((last) => event(last.type === 'error' ? { type: 'error', failure: failureOf(error) } : last))
          } catch (cause) {
            return broken(cause)
          }
          event({ type: 'error', failure: failureOf(error) })
          finish()
        },
      })
    },
    pause: () => body.pause(),
    resume: () => body.resume(),
    destroy() {
      done = true
      linger.end(body)
      body.destroy()
    },
  }
}
