import { describe, expect, test } from 'vitest'
import type { BlobNames } from '../../src/ports/blobs.js'
import type { Clock } from '../../src/ports/clock.js'
import type { FileStore, StoredFile } from '../../src/ports/files.js'

interface Opened {
  readonly store: FileStore
  readonly names: BlobNames
  close(): Promise<void>
}

const ada = { tenant: 'acme', subject: 'ada' }
const bob = { tenant: 'acme', subject: 'bob' }
const start = 1_700_000_000_000

const file = (id: string, more: Partial<StoredFile> = {}): StoredFile => ({
  id,
  owner: ada,
  createdAt: start,
  expiresAt: null,
  filename: `${id}.txt`,
  purpose: 'user_data',
  mediaType: 'text/plain',
  bytes: 3,
  hash: `hash of ${id}`,
  ...more,
})

export function fileStoreSuite(name: string, open: (clock: Clock) => Promise<Opened>): void {
  const over = (body: (opened: Opened, pass: (milliseconds: number) => void) => Promise<void>) => async () => {
    let now = start
    const opened = await open({ now: () => now })
    try {
      await body(opened, (milliseconds) => {
        now += milliseconds
      })
    } finally {
      await opened.close()
    }
  }

  describe(`${name}: files`, () => {
    test(
      'a file is read as it was put, by its owner alone',
      over(async ({ store }) => {
        const odd = file('file-a', { filename: 'übel\u0001 "quoted" 图.pdf', expiresAt: start + 5000, bytes: 2 ** 40 })
        await store.put(odd)
        expect(await store.get(ada, 'file-a')).toEqual(odd)
        expect(await store.get(bob, 'file-a')).toBeUndefined()
        expect(await store.get({ tenant: 'other', subject: 'ada' }, 'file-a')).toBeUndefined()
        await expect(store.put(file('file-a', { owner: bob }))).rejects.toMatchObject({ fault: 'taken' })
      }),
    )

    test(
      'many are found at once, and only the own ones',
      over(async ({ store }) => {
        await store.put(file('file-a'))
        await store.put(file('file-b', { owner: bob }))
        await store.put(file('file-c'))
        expect([...(await store.find(ada, ['file-c', 'file-b', 'file-a', 'file-x'])).keys()].toSorted()).toEqual([
          'file-a',
          'file-c',
        ])
        expect((await store.find(ada, [])).size).toBe(0)
      }),
    )

    test(
      'they are listed by time and then by id, either way, in pages and by purpose',
      over(async ({ store }) => {
        await store.put(file('file-b'))
        await store.put(file('file-a'))
        await store.put(file('file-c', { createdAt: start + 1, purpose: 'vision' }))
        await store.put(file('file-d', { owner: bob }))
        const ids = async (query: Partial<Parameters<FileStore['list']>[1]>): Promise<string[]> =>
          (await store.list(ada, { limit: 10, order: 'desc', ...query })).map(({ id }) => id)
        expect(await ids({})).toEqual(['file-c', 'file-b', 'file-a'])
        expect(await ids({ order: 'asc' })).toEqual(['file-a', 'file-b', 'file-c'])
        expect(await ids({ limit: 2 })).toEqual(['file-c', 'file-b'])
        expect(await ids({ after: 'file-b' })).toEqual(['file-a'])
        expect(await ids({ order: 'asc', after: 'file-a' })).toEqual(['file-b', 'file-c'])
        expect(await ids({ purpose: 'vision' })).toEqual(['file-c'])
        expect(await ids({ after: 'file-x' })).toEqual([])
        expect(await ids({ after: 'file-d' })).toEqual([])
      }),
    )

    test(
      'the last one to delete is told what was deleted',
      over(async ({ store }) => {
        await store.put(file('file-a'))
        expect(await store.delete(bob, 'file-a')).toBeUndefined()
        expect(await store.delete(ada, 'file-a')).toEqual(file('file-a'))
        expect(await store.delete(ada, 'file-a')).toBeUndefined()
        expect(await store.get(ada, 'file-a')).toBeUndefined()
      }),
    )

    test(
      'an expired file is nowhere to be seen, and is swept; others stay whatever their age',
      over(async ({ store }, pass) => {
        for (const id of ['file-a', 'file-b', 'file-c']) await store.put(file(id, { expiresAt: start + 1000 }))
        await store.put(file('file-d'))
        pass(999)
        expect(await store.sweep(Infinity, 10)).toBe(0)
        expect(await store.get(ada, 'file-a')).toBeDefined()
        pass(1)
        expect(await store.get(ada, 'file-a')).toBeUndefined()
        expect(await store.delete(ada, 'file-a')).toBeUndefined()
        expect((await store.list(ada, { limit: 10, order: 'asc' })).map(({ id }) => id)).toEqual(['file-d'])
        expect(await store.sweep(0, 2)).toBe(2)
        expect(await store.sweep(0, 2)).toBe(1)
        expect(await store.sweep(0, 2)).toBe(0)
        expect(await store.get(ada, 'file-d')).toBeDefined()
      }),
    )

    test(
      'the content that a row names is known as long as the row is there',
      over(async ({ store, names }) => {
        await store.put(file('file-a', { hash: 'aa' }))
        await store.put(file('file-b', { hash: 'aa', owner: bob }))
        await store.put(file('file-c', { hash: 'cc' }))
        expect(await names.named(['aa', 'bb', 'cc'])).toEqual(new Set(['aa', 'cc']))
        await store.delete(ada, 'file-a')
        await store.delete(ada, 'file-c')
        expect(await names.named(['aa', 'bb', 'cc'])).toEqual(new Set(['aa']))
      }),
    )
  })
}
