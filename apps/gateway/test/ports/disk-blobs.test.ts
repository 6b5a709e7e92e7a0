import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { diskBlobs } from '../../src/adapters/disk/blobs.js'
import type { Blobs } from '../../src/ports/blobs.js'

interface Opened extends AsyncDisposable {
  readonly folder: string
  readonly blobs: Blobs
  /** The hashes that rows name. */
  readonly named: Set<string>
  /** What the next question after names waits for. */
  until: Promise<void>
}

async function open(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-blobs-'))
  const named = new Set<string>()
  const opened: Opened = {
    folder,
    named,
    until: Promise.resolve(),
    blobs: await diskBlobs({
      folder,
      names: {
        async named(hashes) {
          const found = new Set(hashes.filter((hash) => named.has(hash)))
          await opened.until
          return found
        },
      },
    }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
  return opened
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const content = (text: string): Buffer[] => [...text].map((letter) => Buffer.from(letter))

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

/** Keeps a text under a row, as an upload does. */
async function kept({ blobs, named }: Opened, text: string): Promise<string> {
  await using blob = await blobs.put(content(text))
  named.add(blob.hash)
  return blob.hash
}

const longAgo = async ({ folder }: Opened, hash: string): Promise<void> =>
  utimes(join(folder, hash.slice(0, 2), hash.slice(2)), 1, 1)

async function textOf(blobs: Blobs, hash: string): Promise<string | undefined> {
  const stream = await blobs.get(hash)
  if (!stream) return undefined
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('content is read as it was put, under its SHA-256, and equal content lies there once', async () => {
  await using opened = await open()
  const { blobs, folder } = opened
  const hash = await kept(opened, 'hello')
  expect(hash).toBe(hashOf('hello'))
  expect(await kept(opened, 'hello')).toBe(hash)
  await kept(opened, '')
  expect(await textOf(blobs, hash)).toBe('hello')
  expect((await blobs.read(hash))?.toString()).toBe('hello')
  expect(await textOf(blobs, hashOf(''))).toBe('')
  expect(await blobs.get(hashOf('other'))).toBeUndefined()
  expect(await blobs.read(hashOf('other'))).toBeUndefined()
  expect(await filesIn(folder)).toHaveLength(2)
})

test('what breaks off while it is put leaves nothing behind', async () => {
  await using opened = await open()
  const broken = (async function* () {
    yield Buffer.from('half')
    throw new Error('the caller left')
  })()
  await expect(opened.blobs.put(broken)).rejects.toThrow('the caller left')
  expect(await filesIn(opened.folder)).toEqual([])
})

test('what no row names when it is let go is gone, unless another keeps it too', async () => {
  await using opened = await open()
  const { blobs, folder } = opened
  {
    await using one = await blobs.put(content('hello'))
    {
      await using two = await blobs.put(content('hello'))
      expect(two.hash).toBe(one.hash)
    }
    expect(await textOf(blobs, one.hash)).toBe('hello')
  }
  expect(await filesIn(folder)).toEqual([])
})

test('it is released when no row names it any more, and not before', async () => {
  await using opened = await open()
  const hash = await kept(opened, 'hello')
  expect(await opened.blobs.release(hash)).toBe(false)
  opened.named.delete(hash)
  expect(await opened.blobs.release(hash)).toBe(true)
  expect(await opened.blobs.release(hash)).toBe(false)
  expect(await filesIn(opened.folder)).toEqual([])
})

test('a release that has begun spares what is put again meanwhile, with its row or before it', async () => {
  await using opened = await open()
  const { blobs, named } = opened
  const hash = await kept(opened, 'hello')
  named.delete(hash)
  let answer = (): void => {}
  opened.until = new Promise((resolve) => {
    answer = resolve
  })
  const released = blobs.release(hash)
  // It has asked after names by now, and is told that there is none: the row comes in between.
  const blob = await blobs.put(content('hello'))
  named.add(hash)
  answer()
  expect(await released).toBe(false)
  await blob[Symbol.asyncDispose]()
  expect(await textOf(blobs, hash)).toBe('hello')
})

test('what is being read while it is deleted is read to its end', async () => {
  await using opened = await open()
  const text = 'a'.repeat(1_000_000)
  await using blob = await opened.blobs.put([Buffer.from(text)])
  opened.named.add(blob.hash)
  const stream = await opened.blobs.get(blob.hash)
  await blob[Symbol.asyncDispose]()
  opened.named.delete(blob.hash)
  expect(await opened.blobs.release(blob.hash)).toBe(true)
  let read = 0
  for await (const chunk of stream ?? []) read += chunk.length
  expect(read).toBe(text.length)
})

test('a sweep takes what nothing has named for an hour, so many at a time, and leaves all else', async () => {
  await using opened = await open()
  const { blobs, folder, named } = opened
  const orphans = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => kept(opened, text)))
  for (const hash of orphans) named.delete(hash)
  const old = await kept(opened, 'old')
  for (const hash of [...orphans, old]) await longAgo(opened, hash)
  const fresh = await kept(opened, 'fresh')
  named.delete(fresh)
  await using held = await blobs.put(content('held'))
  await longAgo(opened, held.hash)
  expect(await blobs.sweep(0, 2)).toBe(2)
  expect(await blobs.sweep(0, 2)).toBe(2)
  expect(await blobs.sweep(0, 2)).toBe(1)
  expect(await blobs.sweep(0, 2)).toBe(0)
  expect(await blobs.sweep(Infinity, 2)).toBe(0)
  expect((await filesIn(folder)).toSorted()).toEqual([old, fresh, held.hash].map((hash) => hash.slice(2)).toSorted())
})

test('what a killed process had begun is thrown away at the next start', async () => {
  await using opened = await open()
  const hash = await kept(opened, 'hello')
  await mkdir(join(opened.folder, 'begun'), { recursive: true })
  await writeFile(join(opened.folder, 'begun', 'torn'), 'half')
  const again = await diskBlobs({ folder: opened.folder, names: { named: async () => new Set() } })
  expect(await filesIn(opened.folder)).toEqual([hash.slice(2)])
  expect(await textOf(again, hash)).toBe('hello')
})

test('a folder that cannot be written is a fault of the store', async () => {
  await using opened = await open()
  const file = join(opened.folder, 'file')
  await writeFile(file, '')
  const blobs = await diskBlobs({ folder: join(opened.folder, 'other'), names: { named: async () => new Set() } })
  await rm(join(opened.folder, 'other'), { recursive: true, force: true })
  await writeFile(join(opened.folder, 'other'), '')
  await expect(blobs.put(content('hello'))).rejects.toMatchObject({ name: 'StoreError', fault: 'unavailable' })
})
