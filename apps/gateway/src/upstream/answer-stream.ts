import { decodeSse, type Event, type SseFrame } from '@weir/dialects'
import { failureOf } from '../errors.js'
import type { Codec } from '../operations/generate.js'
import type { ByteStream } from '../ports/transport.js'

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
  /** Once, after the last event and its frame. */
  done(): void
}

/** How long an upstream may keep a connection open after its terminal frame. Milliseconds. */
const linger = 1000

/**
 * Whether a frame may be passed on. What is no object, such as the half that a broken connection leaves, is the decoder's to judge
 * and would break the caller's own; the `[DONE]` of an answer is not the upstream's to say.
 */
const isObject = ({ data }: SseFrame): boolean => data.startsWith('{') && data.trimEnd().endsWith('}')

/** Frames and decodes the bytes of an upstream's stream. A connection that breaks becomes an `error` event. */
export function answerStream(body: ByteStream, codec: Codec): AnswerStream {
  const framing = decodeSse()
  const decoder = codec.stream.decode()
  let sink: AnswerSink | undefined
  let ended = false
  let done = false

  function event(event: Event): void {
    if (ended) return
    ended = event.type === 'turn-end' || event.type === 'error'
    sink?.event(event)
  }

  function frame(frame: SseFrame): void {
    if (done) return
    decoder.push(frame, event)
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
      failure: { kind: 'malformed', message: cause instanceof Error ? cause.message : 'The stream cannot be read.' },
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
          if (done) setTimeout(() => body.destroy(), linger).unref()
        },
        end() {
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
          event({ type: 'error', failure: failureOf(error) })
          finish()
        },
      })
    },
    pause: () => body.pause(),
    resume: () => body.resume(),
    destroy() {
      done = true
      body.destroy()
    },
  }
}
