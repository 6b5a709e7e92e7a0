import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { MessageSink } from '../respond/outlets/websocket.js'

/** Bytes that may wait for the reader before the upstream is paused. */
const most = 64 * 1024

/** Writes messages to a WebSocket. `stream` is the one below it. */
export function messageSink(socket: WebSocket, stream: Duplex): MessageSink {
  let corked = false
  let full = false
  let caughtUp = (): void => {}

  function uncork(): void {
    corked = false
    stream.uncork()
  }

  function taken(): void {
    if (!full || socket.bufferedAmount > 0) return
    full = false
    caughtUp()
  }

  return {
    get open() {
      return socket.readyState === socket.OPEN
    },
    send(text) {
      if (socket.readyState !== socket.OPEN) return true
      // What one chunk of the upstream brought leaves as one write: the stream costs more than the messages.
      if (!corked) {
        corked = true
        stream.cork()
        process.nextTick(uncork)
      }
      socket.send(text, taken)
      full = socket.bufferedAmount >= most
      return !full
    },
    drained(listener) {
      caughtUp = listener
    },
  }
}
