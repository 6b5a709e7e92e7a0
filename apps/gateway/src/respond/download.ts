import type { Download } from '@weir/contracts'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

/**
 * Writes a file as it is read, at the pace of whoever takes it. It came from a caller, so that no browser may run it: it is to be
 * saved, under the type that was said of it. `patience`: how long a reader may pause, in milliseconds. A file that breaks off breaks the connection, since its length was said.
 */
export async function download(
  response: ServerResponse,
  { filename, mediaType, bytes, content }: Download,
  headers: Readonly<Record<string, string>>,
  patience: number,
): Promise<void> {
  response.setTimeout(patience, () => response.destroy())
  response.writeHead(200, {
    'content-type': mediaType,
    'content-length': bytes,
    'content-disposition': disposition(filename),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    ...headers,
  })
  await pipeline(content, response).catch(() => response.destroy())
}

/** RFC 6266: the name in ASCII for old readers, and as it is for all others. */
function disposition(filename: string): string {
  const ascii = filename.replaceAll(/[^\u0020-\u007e]|["\\%]/g, '_')
  const exact = encodeURIComponent(filename).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`
}
