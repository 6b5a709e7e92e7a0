import { describe, expect, test } from 'vitest'
import { memoryTime, type CallMemory } from '../../src/ports/call-memory.js'
import type { ResponseStore } from '../../src/ports/response-store.js'
import type { Opened } from './opened.js'

interface Stores {
  readonly memory: CallMemory
  readonly responses: ResponseStore
}

const owner = { tenant: 'acme', subject: 'ada' }
const hour = 60 * 60 * 1000

/** `open` is given the clock that the store is to go by. */
export function callMemorySuite(name: string, open: (now: () => number) => Promise<Opened<Stores>>): void {
  const over = (run: (stores: Stores, pass: (milliseconds: number) => void) => Promise<void>) => async () => {
    let now = 1_700_000_000_000
    const { store, close } = await open(() => now)
    try {
      await run(store, (milliseconds) => void (now += milliseconds))
    } finally {
      await close()
    }
  }
  const entries = (...ids: readonly string[]) => ids.map((callId) => ({ callId, memory: `memory of ${callId}` }))

  describe(`${name}: what is remembered of tool calls`, () => {
    test(
      'is found by call id, by its owner alone, and anew where it is kept anew',
      over(async ({ memory }) => {
        await memory.keep(owner, entries('call_1', 'call \0 2'), null)
        await memory.keep(owner, [{ callId: 'call_1', memory: 'newer' }], null)
        expect(await memory.find(owner, ['call_1', 'call \0 2', 'call_3'])).toEqual(
          new Map([
            ['call_1', 'newer'],
            ['call \0 2', 'memory of call \0 2'],
          ]),
        )
        for (const other of [
          { ...owner, tenant: 'other' },
          { ...owner, subject: 'bob' },
        ])
          expect(await memory.find(other, ['call_1'])).toEqual(new Map())
      }),
    )

    test(
      'is kept for a day after its last use, and is not found after that though nobody has swept',
      over(async ({ memory }, pass) => {
        await memory.keep(owner, entries('used', 'unused'), null)
        pass(memoryTime - hour)
        expect((await memory.find(owner, ['used'])).size).toBe(1)
        // Writes are committed in their order, that of the use among them.
        await memory.keep(owner, entries('other'), null)
        pass(memoryTime - hour)
        expect([...(await memory.find(owner, ['used', 'unused'])).keys()]).toEqual(['used'])
      }),
    )

    test(
      'is swept, no more at a time than asked',
      over(async ({ memory }, pass) => {
        await memory.keep(owner, entries('a', 'b', 'c'), null)
        pass(10)
        await memory.keep(owner, entries('d'), null)
        expect(await memory.sweep(1_700_000_000_005, 2)).toBe(2)
        expect(await memory.sweep(1_700_000_000_005, 2)).toBe(1)
        expect(await memory.sweep(1_700_000_000_005, 2)).toBe(0)
        expect([...(await memory.find(owner, ['a', 'b', 'c', 'd'])).keys()]).toEqual(['d'])
      }),
    )

    test(
      'goes with the response that it belongs to, and not before',
      over(async ({ memory, responses }, pass) => {
        await responses.put({ id: 'resp_1', owner, parent: null, createdAt: 1, input: '[]', response: '{}' })
        await memory.keep(owner, entries('a'), 'resp_1')
        pass(30 * memoryTime)
        expect(await memory.sweep(1_700_000_000_000 + 29 * memoryTime, 10)).toBe(0)
        expect((await memory.find(owner, ['a'])).size).toBe(1)
        await responses.delete(owner, 'resp_1')
        expect((await memory.find(owner, ['a'])).size).toBe(0)
      }),
    )
  })
}
