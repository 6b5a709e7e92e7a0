// AWS's event streams, written by the checksums of zlib: what reads them is not to be proven by its own writer.
import { crc32 } from 'node:zlib'

/** A message of string headers and a payload: two lengths and their checksum, the headers, the payload, the checksum of all. */
export function awsFrame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(12 + head.length + body.length + 4, 0)
  prelude.writeUInt32BE(head.length, 4)
  const whole = Buffer.concat([prelude, checksum(prelude), head, body])
  return Buffer.concat([whole, checksum(whole)])
}

/** The name behind its length in one byte, the type of a string, and the value behind its length in two. */
function header(name: string, value: string): Buffer {
  const said = Buffer.from(value)
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7, said.length >> 8, said.length & 255), said])
}

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}
