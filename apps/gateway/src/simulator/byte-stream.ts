import { TransportError, type ByteSink, type ByteStream, type TransportFault, type UpstreamRequest } from '../ports/transport.js'
import type { Wait } from './step.js'

/** A request, and what tells that the simulator is closed. */
export interface SimulatedRequest extends UpstreamRequest {
  readonly closing?: AbortSignal
}

/** What a body brings next: text or bytes, silence, or the end of the connection. */
export type Passage = string | Uint8Array | Wait | { readonly type: 'stall' } | { readonly type: 'cut' }

/** So much goes out in one turn of the event loop: a few frames. Bytes, more or less. */
const bytesPerTurn = 2048

/**
 * A body that is made while it is read. Passages are drawn a few at a time, one turn of the event loop apart, and none while
 * the stream is paused; no timer outlives the stream. `bytewise` sends each byte as a chunk of its own.
 */
export function streamBody(
  passages: Iterable<Passage>,
  { signal, idleTimeout, closing }: Pick<SimulatedRequest, 'signal' | 'idleTimeout' | 'closing'>,
  bytewise = false,
): ByteStream {
  const source = passages[Symbol.iterator]()
  let sink: ByteSink | undefined
  let paused = false
  let closed = false
  let held: IteratorResult<Passage> | undefined
  /** Takes back what is scheduled: the next turn, or the end of a silence. */
  let cancel: (() => void) | undefined

  function close(): void {
    closed = true
    cancel?.()
    cancel = undefined
    signal.removeEventListener('abort', abort)
    closing?.removeEventListener('abort', shut)
    source.return?.()
  }

  function fail(fault: TransportFault, message: string, cause?: unknown): void {
    close()
    sink?.fail(new TransportError(fault, message, { cause }))
  }

  function abort(): void {
    if (!closed) fail('aborted', 'The request was aborted.', signal.reason)
  }

  function shut(): void {
    if (!closed) fail('closed', 'The simulator was closed.')
  }

  function schedule(): void {
    if (closed || cancel) return
    const turning = setImmediate(turn)
    cancel = () => clearImmediate(turning)
  }

  function turn(): void {
    cancel = undefined
    if (paused) return
    const pieces: Uint8Array[] = []
    let size = 0
    while (size < bytesPerTurn) {
      const next = held ?? draw()
      if (!next) return
      held = undefined
      const bytes = next.done ? undefined : bytesOf(next.value)
      if (bytes) {
        pieces.push(bytes)
        size += bytes.length
      } else if (pieces.length === 0) return settle(next)
      else {
        held = next
        break
      }
    }
    deliver(Buffer.concat(pieces))
    if (!paused) schedule()
  }

  function draw(): IteratorResult<Passage> | undefined {
    try {
      return source.next()
    } catch (cause) {
      fail('cut', 'The simulator broke.', cause)
      return undefined
    }
  }

  function deliver(bytes: Uint8Array): void {
    if (!bytewise) return sink?.data(bytes)
    for (let place = 0; place < bytes.length; place++) {
      if (closed) return
      sink?.data(bytes.subarray(place, place + 1))
    }
  }

  function settle(next: IteratorResult<Passage>): void {
    if (next.done) {
      close()
      return sink?.end()
    }
    if (typeof next.value === 'string' || next.value instanceof Uint8Array) return
    if (next.value.type === 'cut') return fail('cut', 'The connection was cut.')
    const silence = next.value.type === 'wait' ? next.value.milliseconds : Infinity
    if (silence < limit(idleTimeout)) return after(silence, turn)
    after(limit(idleTimeout), () => {
      // A reader that does not read is not kept waiting: its silence begins again when it goes on.
      cancel = undefined
      if (paused) held = next
      else fail('timeout', `Nothing came for ${idleTimeout} ms.`)
    })
  }

  function after(milliseconds: number, then: () => void): void {
    const timer = milliseconds === Infinity ? undefined : setTimeout(then, milliseconds)
    cancel = () => clearTimeout(timer)
  }

  return {
    start(to) {
      if (closed) return
      sink = to
      signal.addEventListener('abort', abort)
      closing?.addEventListener('abort', shut)
      if (signal.aborted) queueMicrotask(abort)
      else if (closing?.aborted) queueMicrotask(shut)
      else schedule()
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      if (sink) schedule()
    },
    destroy: close,
  }
}

function bytesOf(passage: Passage): Uint8Array | undefined {
  if (typeof passage === 'string') return Buffer.from(passage)
  return passage instanceof Uint8Array ? passage : undefined
}

const longestTimer = 2 ** 31 - 1

/** A timeout of 0, or one that no timer can measure, is none. */
const limit = (timeout: number): number => (timeout > 0 && timeout <= longestTimer ? timeout : Infinity)
