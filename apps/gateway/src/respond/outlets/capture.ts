import type { SseFrame } from '@weir/dialects'
import type { Outlet } from './outlet.js'

/** What was replied: the status and the body. */
export interface Captured {
  readonly status: number
  readonly body: object
}

/** An outlet into the process: the tRPC face reads it. Holds at most `bound` frames before it asks the writer to wait. */
export interface CaptureOutlet extends Outlet {
  /** The whole answer, where there was one; rejects where it broke off. */
  readonly replied: Promise<Captured>
  /** The payloads of the stream's frames, parsed; the marker at the end is left out. Ends early when the reader stops. */
  frames(): AsyncGenerator<unknown, void>
}

const bound = 64

/** `left` is called when whoever reads the frames stops before their end. */
export function captureOutlet(left: () => void): CaptureOutlet {
  const queue: SseFrame[] = []
  let begun = false
  let wrote = false
  let ended = false
  let broken = false
  let wake: (() => void) | undefined
  let onDrain: (() => void) | undefined
  let settle: (captured: Captured) => void = () => {}
  let refuse: (error: Error) => void = () => {}
  const replied = new Promise<Captured>((resolve, reject) => {
    settle = resolve
    refuse = reject
  })
  // Whoever reads frames does not wait for it.
  replied.catch(() => {})

  function signal(): void {
    wake?.()
    wake = undefined
  }

  return {
    replied,
    get begun() {
      return begun
    },
    get wrote() {
      return wrote
    },
    begin() {
      begun = true
      signal()
    },
    write(frame) {
      wrote = true
      queue.push(frame)
      signal()
      return queue.length < bound
    },
    drained: (listener) => void (onDrain = listener),
    end() {
      ended = true
      signal()
    },
    reply(status, _headers, body) {
      ended = true
      settle({ status, body })
      signal()
    },
    abort() {
      broken = true
      ended = true
      refuse(new Error('The answer broke off.'))
      signal()
    },
    async *frames() {
      try {
        for (;;) {
          const frame = queue.shift()
          if (frame) {
            if (queue.length === 0) onDrain?.()
            if (frame.data !== '[DONE]') yield JSON.parse(frame.data)
          } else if (ended) break
          else await new Promise<void>((resolve) => (wake = resolve))
        }
        if (broken) throw new Error('The stream broke off.')
      } finally {
        if (!ended) left()
      }
    },
  }
}
