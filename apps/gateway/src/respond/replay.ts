import type { EventFrame } from '@weir/contracts'
import type { AnswerHeaders, Outlet } from './outlets/outlet.js'

/**
 * Writes events that are there already, or are yet to come, to an outlet, as fast as its reader takes them. Never rejects: what
 * breaks half-way breaks the answer off. Ends when the reader leaves.
 */
export async function replay(
  frames: AsyncIterable<EventFrame>,
  outlet: Outlet,
  signal: AbortSignal,
  headers: AnswerHeaders = {},
): Promise<void> {
  let goOn = (): void => {}
  outlet.drained(() => goOn())
  const leave = (): void => goOn()
  signal.addEventListener('abort', leave)
  outlet.begin(headers)
  try {
    for await (const frame of frames) {
      if (signal.aborted) return
      if (!outlet.write(frame)) await new Promise<void>((resolve) => (goOn = resolve))
      if (signal.aborted) return
    }
    outlet.end()
  } catch {
    outlet.abort()
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
