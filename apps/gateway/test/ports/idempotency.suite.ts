import { describe, expect, test } from 'vitest'
import { keptTime, leaseTime, type IdempotencyKey, type IdempotencyStore } from '../../src/ports/idempotency.js'
import type { Opened } from './opened.js'

const key: IdempotencyKey = { owner: { tenant: 'acme', subject: 'ada' }, route: 'responses.create', key: 'k' }
const start = 1_700_000_000_000

/** `open` is given the clock that the store is to go by. */
export function idempotencySuite(name: string, open: (now: () => number) => Promise<Opened<IdempotencyStore>>): void {
  const over = (run: (store: IdempotencyStore, pass: (milliseconds: number) => void) => Promise<void>) => async () => {
    let now = start
    const { store, close } = await open(() => now)
    try {
      await run(store, (milliseconds) => void (now += milliseconds))
    } finally {
      await close()
    }
  }

  describe(`${name}: idempotency keys`, () => {
    test(
      'of many who claim a key at once exactly one has it, and the others see whose it is',
      over(async (store) => {
        const claims = await Promise.all(
          Array.from({ length: 20 }, (_, number) => store.claim(key, `req_${number}`, `print ${number}`)),
        )
        const winners = claims.flatMap(({ state }, number) => (state === 'claimed' ? [number] : []))
        expect(winners).toHaveLength(1)
        const taken = { state: 'taken', fingerprint: `print ${winners[0]}`, answer: null }
        expect(claims.filter(({ state }) => state === 'taken')).toEqual(Array.from({ length: 19 }, () => taken))
      }),
    )

    test(
      'a key is its owner’s and its route’s alone',
      over(async (store) => {
        const others: IdempotencyKey[] = [
          key,
          { ...key, owner: { ...key.owner, tenant: 'other' } },
          { ...key, owner: { ...key.owner, subject: 'bob' } },
          { ...key, route: 'chatCompletions.create' },
          { ...key, key: 'K' },
        ]
        for (const one of others) expect(await store.claim(one, 'req_1', 'p')).toEqual({ state: 'claimed' })
        for (const one of others) expect(await store.claim(one, 'req_2', 'p')).toMatchObject({ state: 'taken' })
      }),
    )

    test(
      'an answer is kept for a day from then on, and for no longer',
      over(async (store, pass) => {
        await store.claim(key, 'req_1', 'p')
        pass(leaseTime / 2)
        await store.keep(key, 'req_1', 'a \0 text')
        pass(keptTime - 1)
        expect(await store.claim(key, 'req_2', 'q')).toEqual({ state: 'taken', fingerprint: 'p', answer: 'a \0 text' })
        pass(1)
        expect(await store.claim(key, 'req_3', 'r')).toEqual({ state: 'claimed' })
        expect(await store.claim(key, 'req_4', 's')).toEqual({ state: 'taken', fingerprint: 'r', answer: null })
      }),
    )

    test(
      'a claim that nobody renews ends with its lease, and its holder has no say in the key any more',
      over(async (store, pass) => {
        await store.claim(key, 'req_1', 'p')
        pass(leaseTime - 1)
        await store.renew(key, 'req_1')
        pass(leaseTime - 1)
        expect(await store.claim(key, 'req_2', 'p')).toMatchObject({ state: 'taken' })
        pass(1)
        expect(await store.claim(key, 'req_2', 'p')).toEqual({ state: 'claimed' })
        await store.keep(key, 'req_1', 'too late')
        await store.free(key, 'req_1')
        await store.renew(key, 'req_1')
        expect(await store.claim(key, 'req_3', 'p')).toEqual({ state: 'taken', fingerprint: 'p', answer: null })
      }),
    )

    test(
      'a key that is given up is free, one with an answer is not given up any more',
      over(async (store) => {
        await store.claim(key, 'req_1', 'p')
        await store.free(key, 'req_1')
        expect(await store.claim(key, 'req_2', 'q')).toEqual({ state: 'claimed' })
        await store.keep(key, 'req_2', 'answer')
        await store.free(key, 'req_2')
        expect(await store.claim(key, 'req_3', 'q')).toMatchObject({ answer: 'answer' })
      }),
    )

    test(
      'the oldest are swept, no more at a time than asked',
      over(async (store, pass) => {
        for (const each of ['a', 'b', 'c', 'd']) {
          await store.claim({ ...key, key: each }, `req_${each}`, 'p')
          await store.keep({ ...key, key: each }, `req_${each}`, each)
          pass(10)
        }
        expect(await store.sweep(start + 30, 2)).toBe(2)
        expect(await store.claim({ ...key, key: 'c' }, 'req_2', 'p')).toMatchObject({ answer: 'c' })
        expect(await store.sweep(start + 30, 2)).toBe(1)
        expect(await store.sweep(start + 30, 2)).toBe(0)
        expect(await store.claim({ ...key, key: 'd' }, 'req_2', 'p')).toMatchObject({ answer: 'd' })
        expect(await store.claim({ ...key, key: 'a' }, 'req_2', 'p')).toEqual({ state: 'claimed' })
      }),
    )
  })
}
