import { renameSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobContent, BlobNames, Blobs, Kept } from '../../ports/blobs.js'
import { diskFault, isMissing, onDisk } from './on-disk.js'
import { spool } from './spool.js'

export interface DiskBlobsOptions {
  /** Holds nothing else, and belongs to one process. Made when it is first needed. */
  readonly folder: string
  readonly names: BlobNames
}

/**
 * Blobs as files, `<first two digits of the hash>/<the rest>`. A file comes into its place by a rename, whole and synced; what a
 * killed process had begun is thrown away at the next start. That a name is being committed while its content is being
 * deleted is ruled out within this process: what is put is pinned until it is disposed of.
 */
export async function diskBlobs({ folder, names }: DiskBlobsOptions): Promise<Blobs> {
  const begun = join(folder, 'begun')
  await onDisk(rm(begun, { recursive: true, force: true }))
  /** How often each hash is being kept right now. */
  const pins = new Map<string, number>()
  /** Hashes that are about to go, unless they are put again. */
  const leaving = new Set<string>()
  let shard = 0
  const shardOf = (hash: string): string => join(folder, hash.slice(0, 2))
  const placeOf = (hash: string): string => join(shardOf(hash), hash.slice(2))

  const pin = (hash: string): void => {
    leaving.delete(hash)
    pins.set(hash, (pins.get(hash) ?? 0) + 1)
  }

  const unpin = (hash: string): void => {
    const left = (pins.get(hash) ?? 1) - 1
    if (left > 0) pins.set(hash, left)
    else pins.delete(hash)
  }

  async function release(hash: string): Promise<boolean> {
    if (pins.has(hash)) return false
    leaving.add(hash)
    const gone = join(begun, `${hash}.gone`)
    try {
      await onDisk(mkdir(begun, { recursive: true, mode: 0o700 }))
      const named = await names.named([hash])
      // From here to the rename nobody else runs. What was put meanwhile may have got its row since it was asked for.
      if (named.has(hash) || !leaving.has(hash)) return false
      renameSync(placeOf(hash), gone)
    } catch (error) {
      if (isMissing(error)) return false
      throw diskFault(error)
    } finally {
      leaving.delete(hash)
    }
    await onDisk(rm(gone, { force: true }))
    return true
  }

  return {
    release,

    async put(content: BlobContent): Promise<Kept> {
      const spooled = await spool(content, begun)
      const { hash, bytes, path } = spooled
      pin(hash)
      try {
        await onDisk(mkdir(shardOf(hash), { recursive: true, mode: 0o700 }))
        // Also where it is there already: its time says when it was last put.
        await onDisk(rename(path, placeOf(hash)))
        await onDisk(syncFolder(shardOf(hash)))
      } catch (error) {
        unpin(hash)
        await rm(path, { force: true })
        throw error
      }
      return {
        hash,
        bytes,
        async [Symbol.asyncDispose]() {
          unpin(hash)
          // What cannot be released now is swept later.
          await release(hash).catch(() => false)
        },
      }
    },

    async get(hash) {
      try {
        const file = await open(placeOf(hash))
        return file.createReadStream({ highWaterMark: 256 * 1024 })
      } catch (error) {
        if (isMissing(error)) return undefined
        throw diskFault(error)
      }
    },

    async read(hash) {
      try {
        return await readFile(placeOf(hash))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw diskFault(error)
      }
    },

    async sweep(_, most) {
      let deleted = 0
      // A round that was interrupted by `most` goes on where it was.
      for (; shard < shards.length; shard++) {
        const name = shards[shard] ?? ''
        const old: string[] = []
        for (const rest of await entriesOf(join(folder, name))) if (await isOld(placeOf(name + rest))) old.push(name + rest)
        const named = old.length > 0 ? await names.named(old) : new Set()
        for (const hash of old) {
          if (deleted === most) return deleted
          if (!named.has(hash) && (await release(hash))) deleted++
        }
      }
      shard = 0
      return deleted
    },
  }
}

const shards = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** What no row names may have been put a moment ago, by a process that is about to commit the row. Milliseconds. */
const grace = 60 * 60 * 1000

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw diskFault(error)
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && found.mtimeMs < Date.now() - grace
}

/** A rename is kept over a loss of power only once the folder is synced. Some systems cannot sync one. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  try {
    await handle.sync().catch(() => undefined)
  } finally {
    await handle.close()
  }
}
