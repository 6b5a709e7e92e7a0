import type { SseFrame } from '@weir/dialects'
import type { ByteStream } from '../../ports/transport.js'

export type AnswerHeaders = Readonly<Record<string, string>>

/** Where an answer is written. It is used once: either `reply`, or `carry`, or `begin`, any number of `write`s and `end`. */
export interface Outlet {
  /** Whether anything has left, be it a keep-alive comment: after that a failure can only be told within the stream. */
  readonly begun: boolean
  /** Whether a frame has been written: the answer has begun, and can be ended by who began it only. */
  readonly wrote: boolean
  /** The head of a stream, with the first content. */
  begin(headers: AnswerHeaders): void
  /** One frame, in one piece. `false`: the reader is slower than the model; wait for `drained`. */
  write(frame: SseFrame): boolean
  /** Called whenever the reader has caught up after `write` gave `false`. */
  drained(listener: () => void): void
  end(): void
  /** A whole answer or an error. */
  reply(status: number, headers: AnswerHeaders, body: object): void
  /**
   * A whole answer in bytes, as they come and at the pace of who takes them; absent where there is no room for bytes. Resolves once all of
   * them are written, and rejects with what broke them off.
   */
  readonly carry?: (headers: AnswerHeaders, content: ByteStream) => Promise<void>
  /** Breaks the connection off, so that what came is not taken for an answer. */
  abort(): void
}
