import { describe, expect, test } from 'vitest'
import type { NewDelivery, Outbox } from '../../src/ports/outbox.js'
import type { ResponseStore, StoredResponse } from '../../src/ports/response-store.js'
import { withStore, type Open } from './opened.js'

interface Stores {
  readonly outbox: Outbox
  readonly responses: ResponseStore
}

const owner = { tenant: 'acme', subject: 'ada' }
const start = 1_700_000_000_000
const minute = 60_000

const delivery = (id: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
  id,
  eventId: `evt_${id}`,
  url: 'https://hooks.example/a',
  type: 'response.completed',
  body: '{"id":"evt"}',
  createdAt: start,
  ...more,
})

const response = (id: string, more: Partial<StoredResponse> = {}): StoredResponse => ({
  id,
  owner,
  parent: null,
  createdAt: start,
  input: '[]',
  response: '{}',
  ...more,
})

const put = ({ responses }: Stores, deliveries: readonly NewDelivery[], more: Partial<StoredResponse> = {}): Promise<void> =>
  responses.put(response('resp_a', more), { given: [], made: [], deliveries })

const failed = {
  at: start + 10,
  status: 'pending',
  nextAt: start + minute,
  lastStatus: 500,
  lastError: 'It answered 500.',
} as const
const taken = { at: start + 20, status: 'delivered', nextAt: null, lastStatus: 204, lastError: null } as const
const everything = { tenant: 'acme', limit: 10 }

export function outboxSuite(name: string, open: Open<Stores>): void {
  describe(`${name}: outbox`, () => {
    test(
      'what is written down with a response is due at once, once',
      withStore(open, async (stores) => {
        await put(stores, [delivery('a'), delivery('b', { url: 'https://hooks.example/b' })])
        expect(await stores.outbox.claim(start - 1, 10, start + minute)).toEqual([])
        const [one, two, ...rest] = await stores.outbox.claim(start, 10, start + minute)
        expect(rest).toEqual([])
        expect(two?.id).toBe('b')
        expect(one).toMatchObject({
          ...delivery('a'),
          owner,
          responseId: 'resp_a',
          status: 'pending',
          attempts: 0,
          tries: 0,
          lastAt: null,
          lastStatus: null,
          lastError: null,
          deliveredAt: null,
        })
        expect(await stores.outbox.claim(start + minute - 1, 10, start + 2 * minute)).toEqual([])
        // Whoever took them has died.
        expect(await stores.outbox.claim(start + minute, 1, start + 2 * minute)).toHaveLength(1)
      }),
    )

    test(
      'an attempt is written down by whoever holds the delivery, and by nobody else',
      withStore(open, async (stores) => {
        await put(stores, [delivery('a')])
        const [first] = await stores.outbox.claim(start, 1, start + minute)
        const [second] = await stores.outbox.claim(start + minute, 1, start + 2 * minute)
        if (!first || !second) return expect.unreachable()
        await stores.outbox.settle(first, taken)
        expect(await stores.outbox.list(everything)).toMatchObject([{ status: 'pending', attempts: 0 }])
        await stores.outbox.settle(second, failed)
        expect(await stores.outbox.list(everything)).toMatchObject([
          {
            status: 'pending',
            attempts: 1,
            tries: 1,
            nextAt: start + minute,
            lastAt: start + 10,
            lastStatus: 500,
            lastError: 'It answered 500.',
          },
        ])
        const [third] = await stores.outbox.claim(start + minute, 1, start + 2 * minute)
        if (!third) return expect.unreachable()
        await stores.outbox.settle(third, taken)
        expect(await stores.outbox.list(everything)).toMatchObject([
          { status: 'delivered', attempts: 2, tries: 2, nextAt: null, lastStatus: 204, lastError: null, deliveredAt: start + 20 },
        ])
        expect(await stores.outbox.claim(start + 10 * minute, 1, start + 11 * minute)).toEqual([])
      }),
    )

    test(
      'what is given back counts as no attempt',
      withStore(open, async (stores) => {
        await put(stores, [delivery('a')])
        const [one] = await stores.outbox.claim(start, 1, start + minute)
        if (!one) return expect.unreachable()
        await stores.outbox.release(one, start + 5)
        expect(await stores.outbox.claim(start + 5, 1, start + minute)).toMatchObject([{ id: 'a', attempts: 0 }])
      }),
    )

    test(
      'what is sent again begins anew, for its owner and for administrators only',
      withStore(open, async (stores) => {
        await put(stores, [delivery('a')])
        const [one] = await stores.outbox.claim(start, 1, start + minute)
        if (!one) return expect.unreachable()
        await stores.outbox.settle(one, { ...failed, status: 'failed', nextAt: null })
        for (const who of [{ tenant: 'other' }, { tenant: 'acme', subject: 'bob' }])
          expect(await stores.outbox.resend(who, 'a', start + minute)).toBeUndefined()
        expect(await stores.outbox.claim(start + minute, 1, start + 2 * minute)).toEqual([])
        expect(await stores.outbox.resend(owner, 'a', start + minute)).toMatchObject({
          status: 'pending',
          attempts: 1,
          tries: 0,
          nextAt: start + minute,
        })
        expect(await stores.outbox.resend({ tenant: 'acme' }, 'a', start + minute)).toMatchObject({ id: 'a' })
        expect(await stores.outbox.claim(start + minute, 1, start + 2 * minute)).toHaveLength(1)
      }),
    )

    test(
      'a list is newest first, by owner and by status, in pages',
      withStore(open, async (stores) => {
        for (const [index, id] of ['a', 'b', 'c'].entries()) await put(stores, [delivery(id, { createdAt: start + index })])
        await put(stores, [delivery('d', { createdAt: start + 9 })], { id: 'resp_d', owner: { tenant: 'acme', subject: 'bob' } })
        const ids = async (query: object): Promise<string[]> =>
          (await stores.outbox.list({ ...everything, ...query })).map(({ id }) => id)
        expect(await ids({})).toEqual(['d', 'c', 'b', 'a'])
        expect(await ids({ subject: 'ada' })).toEqual(['c', 'b', 'a'])
        expect(await ids({ subject: 'ada', limit: 1, after: 'c' })).toEqual(['b'])
        expect(await ids({ after: 'none' })).toEqual([])
        expect(await ids({ status: 'failed' })).toEqual([])
        expect(await ids({ tenant: 'other' })).toEqual([])
      }),
    )

    test(
      'a response that is refused brings no delivery, and a sweep leaves what is pending',
      withStore(open, async (stores) => {
        await put(stores, [delivery('a'), delivery('b')])
        const theirs = { ...response('resp_a'), owner: { tenant: 'other', subject: 'eve' } }
        await expect(stores.responses.put(theirs, { given: [], made: [], deliveries: [delivery('c')] })).rejects.toMatchObject({
          fault: 'taken',
        })
        expect(await stores.outbox.list({ ...everything, tenant: 'other' })).toEqual([])
        const [one] = await stores.outbox.claim(start, 1, start + minute)
        if (!one) return expect.unreachable()
        await stores.outbox.settle(one, taken)
        expect(await stores.outbox.sweep(start, 10)).toBe(0)
        expect(await stores.outbox.sweep(start + minute, 10)).toBe(1)
        expect((await stores.outbox.list(everything)).map(({ status }) => status)).toEqual(['pending'])
      }),
    )
  })
}
