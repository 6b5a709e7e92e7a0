import { GatewayError } from '@weir/contracts'
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Reads a JSON body, once. Throws a `GatewayError`: 415 for another content type or an encoded body, 413 beyond `limit` bytes
 * (as soon as that is known), 400 for what is not JSON, 499 when the caller leaves half-way.
 */
export async function readJson(request: IncomingMessage, response: ServerResponse, limit: number): Promise<unknown> {
  const type = request.headers['content-type']
  if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type))
    throw new GatewayError('unsupported_media_type', { message: `The body is ${type.slice(0, 100)}; send application/json.` })
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new GatewayError('unsupported_media_type', {
      message: `Bodies with content-encoding ${encoding.slice(0, 40)} are not taken; send it plain.`,
    })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  // Asked to wait, the caller is told to go on only now that its key and the size are known.
  if (request.headers.expect !== undefined) response.writeContinue()
  return parseJson(await collect(request, limit))
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (request.destroyed) return Promise.reject(new GatewayError('client_closed'))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        request.pause()
        request.removeAllListeners('data')
        reject(tooLarge(limit))
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size)))
    request.on('error', (cause) => reject(new GatewayError('client_closed', { cause })))
    // Follows every request: an error is made only for one that was not complete.
    request.on('close', () => {
      if (!request.complete) reject(new GatewayError('client_closed'))
    })
  })
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** The value of a JSON text. Throws 400 `malformed_json`, which says where it breaks and quotes nothing of it. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new GatewayError('malformed_json', { message: 'The body is empty; send a JSON object.' })
  let text: string
  try {
    text = strictUtf8.decode(bytes)
  } catch (cause) {
    throw new GatewayError('malformed_json', { message: 'The body is not valid UTF-8.', cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    // V8's sentence may quote the body; only where it stopped is passed on.
    const place = /position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1]
    throw new GatewayError('malformed_json', {
      message:
        place === undefined ? 'The body is not valid JSON.' : `The body is not valid JSON: it breaks at character ${place}.`,
      cause,
    })
  }
}

const tooLarge = (limit: number): GatewayError =>
  new GatewayError('payload_too_large', { message: `The body is larger than the limit of ${limit} bytes.` })
