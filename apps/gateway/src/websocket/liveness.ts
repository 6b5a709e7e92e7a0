import type { WebSocket } from 'ws'
import type { WebSocketLimits } from './limits.js'

/**
 * Pings the other side, and cuts it off where it is gone: when nothing has been heard of it for too long, or when it has taken
 * nothing of what waits for it for `stallTimeout` milliseconds, while its upstream is paused and would wait for ever. The
 * function is to be called about once a second.
 */
export function liveness(
  socket: WebSocket,
  { pingEvery, silence }: WebSocketLimits,
  stallTimeout: number,
): (now: number) => void {
  let heardAt = Date.now()
  let pingedAt = heardAt
  let takenAt = heardAt
  let untaken = 0
  const heard = (): void => void (heardAt = Date.now())
  for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, heard)

  return (now) => {
    if (socket.bufferedAmount !== untaken) {
      untaken = socket.bufferedAmount
      takenAt = now
      heardAt = now
    }
    // A ping would wait behind what is not taken, and so would its pong.
    if (untaken > 0) {
      if (now - takenAt >= stallTimeout) socket.terminate()
    } else if (now - heardAt >= silence) socket.terminate()
    else if (now - pingedAt >= pingEvery) {
      pingedAt = now
      socket.ping()
    }
  }
}
