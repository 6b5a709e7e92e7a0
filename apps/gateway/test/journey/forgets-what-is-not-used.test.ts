import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startRetention } from '../../src/retention/retention.js'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { folder } from '../support/process.js'

const day = 86_400_000
const start = 1_700_000_000_000
const keepFor = 30 * day

/** One whole round of sweeping, as a start of the gateway begins with. */
async function sweptOnce({ ports }: TestGateway): Promise<void> {
  const failed: unknown[] = []
  const rests = moment()
  const retention = startRetention({
    ports,
    clock: ports.clock,
    keepFor,
    report: (...failure) => failed.push(failure),
    async wait(milliseconds, signal) {
      if (milliseconds < 60_000) return
      rests.now()
      if (!signal.aborted) await once(signal, 'abort')
    },
  })
  await rests.come
  await retention.stop()
  expect(failed).toEqual([])
}

async function say(gateway: TestGateway, parent: string | null = null): Promise<string> {
  const body = { model: 'simulator/talker', input: 'Hello!', previous_response_id: parent }
  const answer = await gateway.call('/v1/responses', { body })
  expect(answer.status).toBe(200)
  return (await read(answer)).id
}

const status = async (gateway: TestGateway, id: string): Promise<number> => (await gateway.call(`/v1/responses/${id}`)).status

test('a chain that nobody has used for so long is gone, and can neither be read nor continued', async () => {
  let now = start
  await using gateway = await startGateway({ clock: { now: () => now } })
  const first = await say(gateway)
  const second = await say(gateway, first)
  now += keepFor + 2 * 3_600_000
  const young = await say(gateway)
  await sweptOnce(gateway)
  for (const id of [first, second]) {
    expect(await status(gateway, id)).toBe(404)
    expect((await gateway.call(`/v1/responses/${id}/input_items`)).status).toBe(404)
    expect((await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })).status).toBe(404)
    const body = { model: 'simulator/talker', input: 'Go on', previous_response_id: id }
    const refused = await gateway.call('/v1/responses', { body })
    expect(refused.status).toBe(404)
    expect(await errorOf(refused)).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' })
  }
  expect(await status(gateway, young)).toBe(200)
})

test('the record of what was forgotten stays', async () => {
  let now = start
  await using gateway = await startGateway({ clock: { now: () => now } })
  const id = await say(gateway)
  await gateway.ended(1)
  await gateway.ports.ledger.flush()
  now += 2 * keepFor
  await sweptOnce(gateway)
  expect(await status(gateway, id)).toBe(404)
  const records = (await (await gateway.call('/api/v1/requests')).json()) as { data: object[] }
  expect(records.data).toMatchObject([{ response_id: id, stored: true, outcome: 'completed' }])
})

test('a chain that is continued now and then keeps its first turn, however old that is', async () => {
  let now = start
  await using gateway = await startGateway({ clock: { now: () => now } })
  const first = await say(gateway)
  const beside = await say(gateway, first)
  let last = first
  for (let turn = 0; turn < 4; turn++) {
    now += 20 * day
    last = await say(gateway, last)
    await sweptOnce(gateway)
  }
  expect(await status(gateway, first)).toBe(200)
  expect(await status(gateway, beside)).toBe(404)
  expect(
    (await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Go on', previous_response_id: last } }))
      .status,
  ).toBe(200)
})

test('what became old while the gateway was down goes at its next start', async () => {
  await using place = await folder()
  let now = start
  const clock = { now: () => now }
  const make = (): Promise<TestGateway> => startGateway({ folder: place.path, clock })
  const old = await (async () => {
    await using gateway = await make()
    return await say(gateway)
  })()
  now += keepFor + day
  await using again = await make()
  const young = await say(again)
  expect(await status(again, old)).toBe(200)
  await sweptOnce(again)
  expect(await status(again, old)).toBe(404)
  expect(await status(again, young)).toBe(200)
})

test('an answer that an Idempotency-Key kept is gone after its day, however long the rest is kept', async () => {
  let now = start
  await using gateway = await startGateway({ clock: { now: () => now } })
  const body = { model: 'simulator/talker', input: 'Hello!', store: false }
  const headers = { 'idempotency-key': 'once' }
  const first = await read(await gateway.call('/v1/responses', { body, headers }))
  now += 2 * day
  await sweptOnce(gateway)
  expect(await gateway.ports.idempotency.sweep(now + day, 10)).toBe(0)
  expect((await read(await gateway.call('/v1/responses', { body, headers }))).id).not.toBe(first.id)
})

test('a conversation that nobody goes on with is gone, and one in use keeps every item', async () => {
  let now = start
  await using gateway = await startGateway({ clock: { now: () => now } })
  const begin = async (): Promise<string> =>
    (await read<{ id: string }>(await gateway.call('/v1/conversations', { body: { items: [] } }))).id
  const turn = (conversation: string): Promise<Response> =>
    gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Hello!', conversation } })
  const [left, used] = [await begin(), await begin()]
  expect([(await turn(left)).status, (await turn(used)).status]).toEqual([200, 200])
  for (let step = 0; step < 2; step++) {
    now += 20 * day
    expect((await turn(used)).status).toBe(200)
    await sweptOnce(gateway)
  }
  expect((await gateway.call(`/v1/conversations/${left}`)).status).toBe(404)
  expect((await turn(left)).status).toBe(404)
  const items = await read<{ data: object[] }>(await gateway.call(`/v1/conversations/${used}/items?limit=100`))
  expect(items.data).toHaveLength(6)
})
