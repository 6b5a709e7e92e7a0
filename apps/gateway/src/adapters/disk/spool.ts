import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobContent } from '../../ports/blobs.js'
import { onDisk } from './on-disk.js'

export interface Spooled {
  readonly path: string
  /** SHA-256 in hex. */
  readonly hash: string
  readonly bytes: number
}

/** Writes content to a file of its own, piece by piece, and syncs it. Nothing is left of what could not be read to its end. */
export async function spool(content: BlobContent, folder: string): Promise<Spooled> {
  await onDisk(mkdir(folder, { recursive: true, mode: 0o700 }))
  const path = join(folder, randomBytes(16).toString('hex'))
  const file = await onDisk(open(path, 'wx', 0o600))
  try {
    const written = await write(content, file)
    await onDisk(file.sync())
    await file.close()
    return { path, ...written }
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error
  }
}

async function write(content: BlobContent, file: FileHandle): Promise<Omit<Spooled, 'path'>> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    hash.update(chunk)
    bytes += chunk.length
    await onDisk(file.appendFile(chunk))
  }
  return { hash: hash.digest('hex'), bytes }
}
