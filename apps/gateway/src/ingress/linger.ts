import type { IncomingMessage } from 'node:http'

const lingerMilliseconds = 1000

/** Statuses that are answered with `connection: close`, since the body is left unread. */
const closing = new Set([401, 413, 415])

/**
 * For an error that is sent before the body was read. Closing a socket that still has unread bytes resets it, and the reset may
 * overtake the answer; so the socket is half-closed, what still comes is thrown away unread for a second, and then it is closed.
 * `givenUp`: so it is for any status.
 */
export function lingering(request: IncomingMessage, status: number, givenUp = false): void {
  if (request.complete || !(givenUp || closing.has(status))) return
  const { socket } = request
  socket.destroySoon = () => {
    socket.end()
    const timer = setTimeout(() => socket.destroy(), lingerMilliseconds)
    socket.once('close', () => clearTimeout(timer))
  }
}
