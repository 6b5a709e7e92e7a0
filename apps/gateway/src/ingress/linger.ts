import type { GatewayError } from '@weir/contracts'
import type { IncomingMessage } from 'node:http'

const lingerMilliseconds = 1000

/**
 * For an error that is sent before the body was read. Closing a socket that still has unread bytes resets it, and the reset may
 * overtake the answer; so the socket is half-closed, what still comes is thrown away unread for a second, and then it is closed.
 */
export function lingering(request: IncomingMessage, error: GatewayError): void {
  if (request.complete || (error.status !== 401 && error.status !== 413 && error.status !== 415)) return
  const { socket } = request
  socket.destroySoon = () => {
    socket.end()
    const timer = setTimeout(() => socket.destroy(), lingerMilliseconds)
    socket.once('close', () => clearTimeout(timer))
  }
}
