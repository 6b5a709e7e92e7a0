const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1
  return rest
})

/** The checksum of PNG, gzip and AWS's event streams, from 0 to 2^32 - 1. Ours, for Node's stands beside its streams and files. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (let place = 0; place < bytes.length; place++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[place] ?? 0)) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
