import { mintId } from '@weir/contracts'
import { responses } from '@weir/dialects'
import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { toGatewayError } from '../errors.js'
import { errorHeaders } from '../respond/fail.js'

/** How long a refused caller may take to close its side. Milliseconds. */
const farewell = 1000

/** Answers a request for an upgrade as HTTP, with the error in JSON, and closes the connection. */
export function refuse(stream: Duplex, thrown: unknown): void {
  const error = toGatewayError(thrown)
  const { status, body } = responses.error.encode(error)
  const text = JSON.stringify(body)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'x-request-id': mintId('exchange'),
    ...errorHeaders(error),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${text}`)
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), farewell)
  stream.once('close', () => clearTimeout(timer))
}

/**
 * Has a request answered as if it had not asked for an upgrade, as HTTP allows: clients that offer HTTP/2 on every plain
 * connection (Java's, say) mean an ordinary request. Its head is put back before what follows it, without the offer.
 */
export function ignoreUpgrade(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  stream: Duplex,
  rest: Buffer,
): void {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() !== 'upgrade') head += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`
  stream.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), rest]))
  server.emit('connection', stream)
}
