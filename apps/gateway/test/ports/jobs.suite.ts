import { describe, expect, test } from 'vitest'
import type { Held, Jobs } from '../../src/ports/jobs.js'
import type { Chunk, Journal } from '../../src/ports/journal.js'
import type { ResponseStore, StoredResponse } from '../../src/ports/response-store.js'
import { withStore, type Open } from './opened.js'

interface Stores {
  readonly responses: ResponseStore
  readonly jobs: Jobs
  readonly journal: Journal
}

const owner = { tenant: 'acme', subject: 'ada' }
const others = [
  { tenant: 'acme', subject: 'bob' },
  { tenant: 'other', subject: 'ada' },
]

function response(id: string, text = 'queued', createdAt = 1_700_000_000_000): StoredResponse {
  return { id, owner, parent: null, createdAt, input: '[]', response: JSON.stringify({ text }) }
}

/** Events with these numbers. */
function chunk(first: number, last = first): Chunk {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return { first, last, events: numbers.map((number) => JSON.stringify({ number })).join('\n') }
}

const add = ({ jobs }: Stores, id: string, createdAt?: number): Promise<void> =>
  jobs.add(response(id, 'queued', createdAt), `request of ${id}`, chunk(0, 1))

async function claimed({ jobs }: Stores, until = 1_000): Promise<Held> {
  const [job] = await jobs.claim(1, until)
  if (!job) throw new Error('There was nothing to claim.')
  return job
}

export function jobsSuite(name: string, open: Open<Stores>): void {
  const stores = (act: (stores: Stores) => Promise<void>) => withStore(open, act)

  describe(`${name}: jobs`, () => {
    test(
      'a job is kept with its response and its first events',
      stores(async (all) => {
        await add(all, 'resp_a')
        expect(await all.responses.get(owner, 'resp_a')).toEqual({ ...response('resp_a'), job: 'queued' })
        expect((await all.responses.chain(owner, 'resp_a'))?.at(-1)).toMatchObject({ id: 'resp_a', job: 'queued' })
        expect(await all.journal.read('resp_a', -1, 10)).toEqual([chunk(0, 1)])
        expect(await all.journal.last('resp_a')).toBe(1)
        expect(await all.journal.last('resp_b')).toBeUndefined()
      }),
    )

    test(
      'nothing is kept of a job whose id is there already',
      stores(async (all) => {
        await add(all, 'resp_a')
        await expect(all.jobs.add(response('resp_a', 'again'), 'again', chunk(2))).rejects.toMatchObject({ fault: 'taken' })
        expect(await all.responses.get(owner, 'resp_a')).toMatchObject({ response: '{"text":"queued"}' })
        expect(await all.journal.last('resp_a')).toBe(1)
      }),
    )

    test(
      'the oldest are claimed first, each by one only',
      stores(async (all) => {
        for (const [id, at] of [
          ['resp_c', 3],
          ['resp_a', 1],
          ['resp_b', 2],
        ] as const)
          await add(all, id, at)
        const taken = await Promise.all([all.jobs.claim(2, 1_000), all.jobs.claim(2, 1_000), all.jobs.claim(2, 1_000)])
        expect(taken.map((jobs) => jobs.map(({ id }) => id))).toEqual([['resp_a', 'resp_b'], ['resp_c'], []])
        const request = 'request of resp_a'
        expect(taken[0]?.[0]).toEqual({ id: 'resp_a', owner, epoch: 1, status: 'in_progress', ran: true, request })
        expect(await all.responses.get(owner, 'resp_a')).toMatchObject({ job: 'in_progress' })
      }),
    )

    test(
      'events are added by whoever holds the job, and by nobody else',
      stores(async (all) => {
        await add(all, 'resp_a')
        const held = await claimed(all)
        expect(await all.journal.append(held, chunk(2, 4))).toBe(true)
        expect(await all.journal.append({ ...held, epoch: 0 }, chunk(5))).toBe(false)
        expect(await all.journal.append({ ...held, id: 'resp_b' }, chunk(5))).toBe(false)
        expect(await all.journal.last('resp_a')).toBe(4)
      }),
    )

    test(
      'a chunk that is added once more, since nobody knew whether it was, stands there once',
      stores(async (all) => {
        await add(all, 'resp_a')
        const held = await claimed(all)
        expect(await all.journal.append(held, chunk(2, 4))).toBe(true)
        expect(await all.journal.append(held, chunk(2, 4))).toBe(true)
        expect(await all.journal.append({ ...held, epoch: 0 }, chunk(2, 4))).toBe(false)
        expect(await all.journal.read('resp_a', 1, 10)).toEqual([chunk(2, 4)])
      }),
    )

    test(
      'the journal is read from any number on, and in pages',
      stores(async (all) => {
        await add(all, 'resp_a')
        const held = await claimed(all)
        for (const [first, last] of [
          [2, 4],
          [5, 5],
          [6, 9],
        ] as const)
          await all.journal.append(held, chunk(first, last))
        expect(await all.journal.read('resp_a', 3, 2)).toEqual([chunk(2, 4), chunk(5)])
        expect(await all.journal.read('resp_a', 5, 2)).toEqual([chunk(6, 9)])
        expect(await all.journal.read('resp_a', 9, 2)).toEqual([])
      }),
    )

    test(
      'an end keeps the response and the last events, once',
      stores(async (all) => {
        await add(all, 'resp_a')
        const held = await claimed(all)
        expect(await all.jobs.end(held, response('resp_a', 'completed'), chunk(2, 3))).toBe(true)
        expect(await all.responses.get(owner, 'resp_a')).toEqual(response('resp_a', 'completed'))
        expect(await all.journal.last('resp_a')).toBe(3)
        expect(await all.jobs.end(held, response('resp_a', 'again'), chunk(4))).toBe(false)
        expect(await all.journal.append(held, chunk(4))).toBe(false)
        expect(await all.jobs.cancel(owner, 'resp_a', 2_000)).toBeUndefined()
        expect(await all.responses.get(owner, 'resp_a')).toEqual(response('resp_a', 'completed'))
      }),
    )

    test(
      'of a cancellation and an end the first one wins',
      stores(async (all) => {
        await add(all, 'resp_a')
        const held = await claimed(all)
        const taken = await all.jobs.cancel(owner, 'resp_a', 2_000)
        expect(taken).toMatchObject({ id: 'resp_a', epoch: 2, status: 'cancelled', ran: true })
        expect(await all.jobs.cancel(owner, 'resp_a', 2_000)).toBeUndefined()
        expect(await all.responses.get(owner, 'resp_a')).toMatchObject({ job: 'cancelled' })
        expect(await all.jobs.end(held, response('resp_a', 'completed'), chunk(2))).toBe(false)
        expect(await all.responses.get(owner, 'resp_a')).toMatchObject({ response: '{"text":"queued"}' })
        expect(await all.journal.last('resp_a')).toBe(1)
        if (!taken) throw new Error('It was not cancelled.')
        expect(await all.jobs.end(taken, response('resp_a', 'cancelled'), chunk(2))).toBe(true)
        expect(await all.responses.get(owner, 'resp_a')).toEqual(response('resp_a', 'cancelled'))
      }),
    )

    test(
      'a queued job that is cancelled is never claimed',
      stores(async (all) => {
        await add(all, 'resp_a')
        expect(await all.jobs.cancel(owner, 'resp_a', 2_000)).toMatchObject({ epoch: 1, status: 'cancelled', ran: false })
        expect(await all.jobs.claim(5, 1_000)).toEqual([])
      }),
    )

    test(
      "another owner's job cannot be cancelled",
      stores(async (all) => {
        await add(all, 'resp_a')
        for (const other of others) expect(await all.jobs.cancel(other, 'resp_a', 2_000)).toBeUndefined()
        expect(await all.jobs.claim(5, 1_000)).toHaveLength(1)
      }),
    )

    test(
      'a lease that has run out is taken over, and its holder hears that it is lost',
      stores(async (all) => {
        await add(all, 'resp_a')
        await add(all, 'resp_b')
        await add(all, 'resp_queued')
        const [a, b] = await all.jobs.claim(2, 1_000)
        if (!a || !b) throw new Error('Two were queued.')
        expect(await all.jobs.renew([b], 3_000)).toEqual([])
        expect(await all.jobs.takeOver(1_000, 5, 4_000)).toEqual([])
        const taken = await all.jobs.takeOver(1_001, 5, 4_000)
        expect(taken).toMatchObject([{ id: a.id, epoch: 2, status: 'in_progress', ran: true }])
        expect(await all.jobs.renew([a, b], 5_000)).toEqual([a.id])
        expect(await all.journal.append(a, chunk(2))).toBe(false)
        // What was lost is not prolonged for whoever has it now.
        expect(await all.jobs.takeOver(4_001, 5, 6_000)).toMatchObject([{ id: a.id, epoch: 3 }])
      }),
    )

    test(
      'an ending that nobody wrote is taken over too',
      stores(async (all) => {
        await add(all, 'resp_a')
        await all.jobs.cancel(owner, 'resp_a', 1_000)
        expect(await all.jobs.takeOver(1_001, 5, 4_000)).toMatchObject([{ epoch: 2, status: 'cancelled', ran: false }])
      }),
    )

    test(
      'a response that is deleted takes its job and its journal with it',
      stores(async (all) => {
        await add(all, 'resp_a')
        await add(all, 'resp_b')
        const held = await claimed(all)
        await all.responses.delete(owner, held.id)
        expect(await all.journal.last(held.id)).toBeUndefined()
        expect(await all.journal.append(held, chunk(2))).toBe(false)
        expect(await all.jobs.renew([held], 2_000)).toEqual([held.id])
        expect(await all.jobs.end(held, response(held.id, 'completed'), chunk(2))).toBe(false)
        expect(await all.responses.get(owner, held.id)).toBeUndefined()
        expect(await all.journal.last('resp_b')).toBe(1)
      }),
    )
  })
}
