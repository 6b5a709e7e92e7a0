import type { ByteStream } from '../ports/transport.js'

/** How long an upstream may keep a connection open after its terminal frame. Milliseconds, give or take a sweep. */
const longest = 1000

// One timer for all of them: a timer for each costs more than what it waits for.
const waiting = new Map<ByteStream, number>()
let timer: NodeJS.Timeout | undefined

function sweep(): void {
  const now = Date.now()
  for (const [body, since] of waiting) {
    if (now - since < longest) continue
    waiting.delete(body)
    body.destroy()
  }
  if (waiting.size > 0 || !timer) return
  clearInterval(timer)
  timer = undefined
}

/** Closes connections whose answer is complete and that their upstream does not end. */
export const linger = {
  begin(body: ByteStream): void {
    waiting.set(body, Date.now())
    timer ??= setInterval(sweep, longest).unref()
  },
  end(body: ByteStream): void {
    waiting.delete(body)
  },
}
