import { describe, expect, test } from 'vitest'
import type { KeyStore, StoredKey } from '../../src/ports/key-store.js'
import { withStore, type Open } from './opened.js'

function key(id: string, hash: string): StoredKey {
  return { id, tenant: 'acme', subject: 'ada', role: 'member', hash, createdAt: 1_700_000_000_123 }
}

export function keyStoreSuite(name: string, open: Open<KeyStore>): void {
  describe(`${name}: keys`, () => {
    test(
      'a key is found by its hash',
      withStore(open, async (keys) => {
        await keys.put(key('key_a', 'aa'))
        await keys.put({ ...key('key_b', 'bb'), role: 'admin' })
        expect(await keys.find('aa')).toEqual(key('key_a', 'aa'))
        expect(await keys.find('bb')).toMatchObject({ role: 'admin' })
        expect(await keys.find('cc')).toBeUndefined()
      }),
    )

    test(
      'keys are counted',
      withStore(open, async (keys) => {
        expect(await keys.count()).toBe(0)
        await keys.put(key('key_a', 'aa'))
        await keys.put(key('key_b', 'bb'))
        expect(await keys.count()).toBe(2)
      }),
    )

    test(
      'a hash or an id that is there already is refused, among many, and alone',
      withStore(open, async (keys) => {
        await keys.put(key('key_a', 'aa'))
        const settled = await Promise.allSettled([
          keys.put(key('key_b', 'bb')),
          keys.put(key('key_c', 'aa')),
          keys.put(key('key_a', 'cc')),
          keys.put(key('key_d', 'dd')),
        ])
        expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
        expect(settled[1]).toMatchObject({ reason: { fault: 'taken' } })
        expect(await keys.find('aa')).toEqual(key('key_a', 'aa'))
        expect(await keys.find('dd')).toBeDefined()
        expect(await keys.count()).toBe(3)
      }),
    )
  })
}
