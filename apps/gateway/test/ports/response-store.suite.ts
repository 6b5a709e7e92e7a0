import { describe, expect, test } from 'vitest'
import { chainDepth, type ResponseStore, type StoredResponse } from '../../src/ports/response-store.js'
import { withStore, type Open } from './opened.js'

const owner = { tenant: 'acme', subject: 'ada' }
const others = [
  { tenant: 'acme', subject: 'bob' },
  { tenant: 'other', subject: 'ada' },
]

function response(id: string, changes: Partial<StoredResponse> = {}): StoredResponse {
  const input = JSON.stringify([{ id: `item_${id}` }])
  return {
    id,
    owner,
    parent: null,
    createdAt: 1_700_000_000_123,
    input,
    response: JSON.stringify({ id }),
    ...changes,
  }
}

async function putChain(store: ResponseStore, length: number): Promise<string[]> {
  const ids = Array.from({ length }, (_, index) => `resp_${index}`)
  await Promise.all(ids.map((id, index) => store.put(response(id, { parent: ids[index - 1] ?? null }))))
  return ids
}

export function responseStoreSuite(name: string, open: Open<ResponseStore>): void {
  describe(`${name}: responses`, () => {
    test(
      'what was put is read as it was',
      withStore(open, async (store) => {
        const stored = response('resp_a', { parent: 'resp_before' })
        await store.put(stored)
        expect(await store.get(owner, 'resp_a')).toEqual(stored)
        const begun = response('resp_c', { conversation: { id: 'conv_a', place: 7 } })
        await store.put(begun)
        expect(await store.get(owner, 'resp_c')).toEqual(begun)
        expect(await store.chain(owner, 'resp_c')).toMatchObject([{ conversation: { id: 'conv_a', place: 7 } }])
        expect(await store.get(owner, 'resp_b')).toBeUndefined()
      }),
    )

    test(
      'a second put of the same owner replaces the first',
      withStore(open, async (store) => {
        await store.put(response('resp_a'))
        const second = response('resp_a', { parent: 'resp_b', createdAt: 1_800_000_000_000, input: '[1]', response: '{"n":2}' })
        await store.put(second)
        expect(await store.get(owner, 'resp_a')).toEqual(second)
      }),
    )

    test(
      "another owner's response can be neither read, continued nor deleted",
      withStore(open, async (store) => {
        await store.put(response('resp_a'))
        for (const other of others) {
          expect(await store.get(other, 'resp_a')).toBeUndefined()
          expect(await store.chain(other, 'resp_a')).toBeUndefined()
          expect(await store.delete(other, 'resp_a')).toBe(false)
        }
        expect(await store.get(owner, 'resp_a')).toBeDefined()
      }),
    )

    test(
      "an id that is another owner's is refused and stays as it was",
      withStore(open, async (store) => {
        await store.put(response('resp_a'))
        for (const other of others) {
          await expect(store.put(response('resp_a', { owner: other, input: '["theirs"]' }))).rejects.toMatchObject({
            fault: 'taken',
          })
          expect(await store.get(other, 'resp_a')).toBeUndefined()
        }
        expect(await store.get(owner, 'resp_a')).toEqual(response('resp_a'))
      }),
    )

    test(
      'a deleted response is gone, and deleting it again says so',
      withStore(open, async (store) => {
        await store.put(response('resp_a'))
        expect(await store.delete(owner, 'resp_a')).toBe(true)
        expect(await store.get(owner, 'resp_a')).toBeUndefined()
        expect(await store.chain(owner, 'resp_a')).toBeUndefined()
        expect(await store.delete(owner, 'resp_a')).toBe(false)
      }),
    )

    test.each([1, 3, 1_000])('a chain of %i comes oldest first', async (length) => {
      await withStore(open, async (store) => {
        const ids = await putChain(store, length)
        const chain = await store.chain(owner, ids.at(-1) ?? '')
        expect(chain?.map((link) => link.id)).toEqual(ids)
        expect(chain?.at(-1)).toEqual({
          id: `resp_${length - 1}`,
          input: `[{"id":"item_resp_${length - 1}"}]`,
          response: `{"id":"resp_${length - 1}"}`,
        })
      })()
    })

    test(
      'two branches of one parent are two chains',
      withStore(open, async (store) => {
        await store.put(response('root'))
        await store.put(response('left', { parent: 'root' }))
        await store.put(response('right', { parent: 'root' }))
        expect((await store.chain(owner, 'left'))?.map((link) => link.id)).toEqual(['root', 'left'])
        expect((await store.chain(owner, 'right'))?.map((link) => link.id)).toEqual(['root', 'right'])
      }),
    )

    test(
      'a chain with a deleted parent is unknown',
      withStore(open, async (store) => {
        const ids = await putChain(store, 4)
        await store.delete(owner, 'resp_1')
        expect(await store.chain(owner, ids.at(-1) ?? '')).toBeUndefined()
        expect(await store.chain(owner, 'resp_0')).toHaveLength(1)
      }),
    )

    test(
      "a chain that leads to another owner's response is unknown",
      withStore(open, async (store) => {
        for (const [index, other] of others.entries()) {
          await store.put(response(`theirs_${index}`, { owner: other }))
          await store.put(response(`mine_${index}`, { parent: `theirs_${index}` }))
          expect(await store.chain(owner, `mine_${index}`)).toBeUndefined()
        }
      }),
    )

    test(
      'a cycle is an error, at any place of the chain',
      withStore(open, async (store) => {
        await store.put(response('self', { parent: 'self' }))
        await store.put(response('a', { parent: 'c' }))
        await store.put(response('b', { parent: 'a' }))
        await store.put(response('c', { parent: 'b' }))
        await store.put(response('tail', { parent: 'c' }))
        for (const id of ['self', 'a', 'tail']) await expect(store.chain(owner, id)).rejects.toMatchObject({ fault: 'chain' })
      }),
    )

    test(
      'a cycle of large responses is followed once, not up to the cap',
      withStore(open, async (store) => {
        const large = 'x'.repeat(1024 * 1024)
        await store.put(response('a', { parent: 'b', response: large }))
        await store.put(response('b', { parent: 'a', response: large }))
        const started = performance.now()
        await expect(store.chain(owner, 'a')).rejects.toMatchObject({ fault: 'chain' })
        expect(performance.now() - started).toBeLessThan(2_000)
      }),
    )

    test(
      'the longest chain is followed, and one more is an error',
      withStore(open, async (store) => {
        const ids = await putChain(store, chainDepth + 1)
        expect(await store.chain(owner, ids[chainDepth - 1] ?? '')).toHaveLength(chainDepth)
        await expect(store.chain(owner, ids[chainDepth] ?? '')).rejects.toMatchObject({ fault: 'chain' })
      }),
    )

    const day = 86_400_000
    const then = 1_700_000_000_000
    const old = (id: string, parent: string | null = null): StoredResponse => response(id, { parent, createdAt: then })
    const young = (id: string, parent: string | null = null): StoredResponse =>
      response(id, { parent, createdAt: then + 30 * day })
    const before = then + 20 * day
    const left = async (store: ResponseStore, ids: readonly string[]): Promise<string[]> => {
      const found = await Promise.all(ids.map((id) => store.get(owner, id)))
      return ids.filter((_, index) => found[index] !== undefined)
    }

    test(
      'a sweep takes what was last used before, whoever owns it, and no more than it is told to',
      withStore(open, async (store) => {
        for (const id of ['a', 'b', 'c']) await store.put(old(id))
        await store.put({ ...old('theirs'), owner: others[1] ?? owner })
        await store.put(young('d'))
        expect(await store.sweep(then - day, 10)).toBe(0)
        const swept: number[] = []
        while (swept.at(-1) !== 0) swept.push(await store.sweep(before, 3))
        expect(Math.max(...swept)).toBeLessThanOrEqual(3)
        expect(swept.reduce((sum, some) => sum + some)).toBe(4)
        expect(await left(store, ['a', 'b', 'c', 'd'])).toEqual(['d'])
        expect(await store.get(others[1] ?? owner, 'theirs')).toBeUndefined()
      }),
    )

    test(
      'what a younger response goes on from is kept to its first turn, and the branches beside it are not',
      withStore(open, async (store) => {
        for (const [id, parent] of [
          ['a', null],
          ['b', 'a'],
          ['c', 'b'],
          ['beside-b', 'a'],
          ['beside-c', 'b'],
        ] as const)
          await store.put(old(id, parent))
        await store.put(young('d', 'c'))
        while ((await store.sweep(before, 10)) > 0);
        expect(await left(store, ['a', 'b', 'c', 'd', 'beside-b', 'beside-c'])).toEqual(['a', 'b', 'c', 'd'])
        expect(await store.chain(owner, 'd')).toHaveLength(4)
      }),
    )

    test.each([1, 7, 1_000])(
      'a sweep of %i at a time leaves no chain without its beginning, and no old one at all',
      async (most) => {
        await withStore(open, async (store) => {
          const ids = Array.from({ length: 40 }, (_, index) => `resp_${index}`)
          for (const [index, id] of ids.entries()) await store.put(old(id, ids[index - 1] ?? null))
          for (let swept = await store.sweep(before, most); swept > 0; swept = await store.sweep(before, most)) {
            expect(swept).toBeLessThanOrEqual(most)
            const rest = await left(store, ids)
            expect(rest).toEqual(ids.slice(0, rest.length))
          }
          expect(await left(store, ids)).toEqual([])
        })()
      },
    )

    test(
      'a mark may be an hour old: that hour is granted to what is swept',
      withStore(open, async (store) => {
        await store.put(old('a'))
        expect(await store.sweep(then + 3_600_000, 10)).toBe(0)
        expect(await store.sweep(then + 3_600_001, 10)).toBe(1)
      }),
    )

    test(
      '500 puts at once are all there',
      withStore(open, async (store) => {
        const ids = Array.from({ length: 500 }, (_, index) => `resp_${index}`)
        await Promise.all(ids.map((id) => store.put(response(id))))
        const found = await Promise.all(ids.map((id) => store.get(owner, id)))
        expect(found).toEqual(ids.map((id) => response(id)))
      }),
    )

    test(
      'one refused put among many takes no other with it',
      withStore(open, async (store) => {
        await store.put(response('resp_50', { owner: { tenant: 'other', subject: 'eve' } }))
        const ids = Array.from({ length: 100 }, (_, index) => `resp_${index}`)
        const settled = await Promise.allSettled(ids.map((id) => store.put(response(id))))
        expect(ids.filter((_, index) => settled[index]?.status === 'rejected')).toEqual(['resp_50'])
        expect(await store.get(owner, 'resp_99')).toEqual(response('resp_99'))
      }),
    )

    test.each([
      ['unicode', 'Grüße, 你好, 😀, \u202e, e\u0301'],
      ['NUL and other control characters', 'a\0b\0\0c\u0001d\u00010e\u00011\u001f\u007f'],
      ['quotes and SQL', `'"; DROP TABLE responses; --`],
      ['5 MB', '{"text":"0123456789é"}'.repeat(5 * 1024 * 50)],
      ['nothing', ''],
    ])('text is kept to the letter: %s', async (_, text) => {
      await withStore(open, async (store) => {
        const stored = response('resp_a', { input: text, response: text })
        await store.put(stored)
        const found = await store.get(owner, 'resp_a')
        expect(found?.input === text && found.response === text).toBe(true)
      })()
    })

    test(
      'ids and owners that differ by a NUL only are different',
      withStore(open, async (store) => {
        await store.put(response('resp_a'))
        expect(await store.get(owner, 'resp_a\0')).toBeUndefined()
        expect(await store.get(owner, 'resp_a\0b')).toBeUndefined()
        expect(await store.get({ tenant: 'acme', subject: 'ada\0' }, 'resp_a')).toBeUndefined()
        await store.put(response('resp_a\0b', { parent: 'resp_a' }))
        expect((await store.chain(owner, 'resp_a\0b'))?.map((link) => link.id)).toEqual(['resp_a', 'resp_a\0b'])
      }),
    )

    test(
      'items are found by their ids: where they were made first, else where they were given last',
      withStore(open, async (store) => {
        await store.put(response('resp_1'), { given: ['msg_a'], made: ['rs_a', 'msg_b'] })
        await store.put(response('resp_2'), { given: ['msg_a', 'rs_a'], made: [] })
        const found = await store.holding(owner, ['msg_a', 'msg_b', 'rs_a', 'unknown', ''])
        expect([...found].map(([id, { id: response }]) => [id, response]).toSorted()).toEqual([
          ['msg_a', 'resp_2'],
          ['msg_b', 'resp_1'],
          ['rs_a', 'resp_1'],
        ])
        expect(found.get('rs_a')).toEqual(response('resp_1'))
      }),
    )

    test(
      'items of a deleted response and those of others are not found',
      withStore(open, async (store) => {
        await store.put(response('resp_1'), { given: ['msg_a'], made: ['msg_b'] })
        await store.put(response('resp_2'), { given: ['msg_a'], made: [] })
        for (const other of others) {
          await expect(store.put(response('resp_1', { owner: other }), { given: ['stolen'], made: [] })).rejects.toThrow()
          expect(await store.delete(other, 'resp_1')).toBe(false)
          expect((await store.holding(other, ['msg_a', 'msg_b', 'stolen'])).size).toBe(0)
        }
        expect((await store.holding(owner, ['stolen'])).size).toBe(0)
        expect((await store.holding(owner, ['msg_b'])).size).toBe(1)
        await store.delete(owner, 'resp_1')
        expect([...(await store.holding(owner, ['msg_a', 'msg_b'])).values()].map(({ id }) => id)).toEqual(['resp_2'])
      }),
    )

    test(
      'item ids are kept to the letter, whatever is in them',
      withStore(open, async (store) => {
        const ids = ['a\0b', 'a\0c', 'a\u0001', '😀"\\', "'; DROP TABLE responses; --"]
        await store.put(response('resp_1'), { given: ids, made: [] })
        expect([...(await store.holding(owner, [...ids, 'a'])).keys()].toSorted()).toEqual(ids.toSorted())
      }),
    )

    test(
      'the items of a swept response are not found',
      withStore(open, async (store) => {
        const createdAt = 1_700_000_000_000
        await store.put(response('resp_1', { createdAt }), { given: ['msg_a'], made: ['msg_b'] })
        expect(await store.sweep(createdAt + 86_400_000, 10)).toBe(1)
        expect((await store.holding(owner, ['msg_a', 'msg_b'])).size).toBe(0)
      }),
    )
  })
}
