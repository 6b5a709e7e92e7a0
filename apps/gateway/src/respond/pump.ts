import type { Event, SseFrame } from '@weir/dialects'
import type { Routed } from '../route/route.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import type { Outlet } from './outlets/outlet.js'

/** What a lane does with the events and frames of a stream. */
export interface Lane {
  event(event: Event): void
  frame(frame: SseFrame): void
  unread(reason: string): void
}

/** Writes frames, and makes the upstream wait for a reader that falls behind. */
export const pacing =
  (outlet: Outlet, stream: AnswerStream) =>
  (frame: SseFrame): void => {
    if (!outlet.write(frame)) stream.pause()
  }

/**
 * Runs a stream to its end, or to the moment when the caller leaves. Rejects with what a lane throws; nothing more is read of
 * the stream then.
 */
export function pumped({ signal }: Routed, stream: AnswerStream, outlet: Outlet, lane: Lane): Promise<void> {
  return new Promise((resolve, reject) => {
    let over = false
    const settle = (): void => {
      over = true
      signal.removeEventListener('abort', leave)
    }
    const leave = (): void => {
      settle()
      stream.destroy()
      resolve()
    }
    const broken = (thrown: unknown): void => {
      if (over) return
      settle()
      stream.destroy()
      reject(thrown)
    }
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    outlet.drained(() => {
      if (!over) stream.resume()
    })
    stream.start({
      event(event) {
        if (over) return
        try {
          lane.event(event)
        } catch (thrown) {
          broken(thrown)
        }
      },
      frame(frame) {
        if (over) return
        try {
          lane.frame(frame)
        } catch (thrown) {
          broken(thrown)
        }
      },
      unread: (reason) => lane.unread(reason),
      done() {
        if (over) return
        settle()
        resolve()
      },
    })
  })
}
