import OpenAI from 'openai'
import { expect, test } from 'vitest'
import type { WebhookDelivery } from '@weir/contracts'
import { nextWait } from '../../src/webhooks/schedule.js'
import { configured } from '../support/configured.js'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { moment, type Moment } from '../support/moment.js'
import { folder } from '../support/process.js'
import { startUpstream, type Script, type Seen } from '../support/upstream.js'

const secret = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE='
const [ada, bob, admin] = ['key-of-ada-for-webhooks', 'key-of-bob-for-webhooks', 'key-of-the-administrator']
const owner = { tenant: 'default', subject: 'virtualaccount:ada' }

/** A gateway with the virtual accounts ada, who has these webhooks, and bob, who has none. */
const withWebhooks = (webhooks: readonly object[]): TestGatewayOptions => ({
  configuration: configured(
    { ADA: ada, BOB: bob, SECRET: secret, WEIR_ADMIN_KEY: admin },
    `type: virtual-account\nname: ada\ntoken: env://ADA\nwebhooks: ${JSON.stringify(webhooks)}\n---\ntype: virtual-account\nname: bob\ntoken: env://BOB\n`,
  ),
})
const hook = (url: string, more: object = {}): object => ({ url, secret: 'env://SECRET', ...more })

/** Ends a background response of ada's with this status, as its worker does. */
async function end({ ports }: TestGateway, id: string, status = 'completed', who = owner): Promise<boolean> {
  const response = { id, object: 'response', status, output: [] }
  const row = { id, owner: who, parent: null, createdAt: ports.clock.now(), input: '[]', response: JSON.stringify({ response }) }
  await ports.jobs.add(row, '{}', { first: 0, last: 0, events: '{}' })
  const [job] = await ports.jobs.claim(1, ports.clock.now() + 60_000)
  if (!job) throw new Error('There was no job to claim.')
  return ports.jobs.end(job, row, { first: 1, last: 1, events: '{}' })
}

/** Tells when so many attempts have been written down. */
function settling({ ports: { outbox } }: TestGateway): (count: number) => Promise<void> {
  let settled = 0
  let next: Moment = moment()
  const { settle } = outbox
  Object.assign(outbox, {
    async settle(...values: Parameters<typeof settle>) {
      await settle(...values)
      settled++
      next.now()
      next = moment()
    },
  })
  return async (count) => {
    while (settled < count) await next.come
  }
}

async function deliveries(gateway: TestGateway, query = '', key = ada): Promise<readonly WebhookDelivery[]> {
  const answer = await gateway.call(`/api/v1/webhook-deliveries${query}`, { key })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { data: WebhookDelivery[] }).data
}

const takes: Script = (_, response) => void response.writeHead(204).end()
const refuses =
  (status: number): Script =>
  (_, response) =>
    void response.writeHead(status).end('no')

const header = ({ headers }: Seen, name: string): string => String(headers[name])

for (const status of ['completed', 'failed', 'incomplete', 'cancelled'])
  test(`the end of a background response is told, signed as OpenAI's SDK verifies it: ${status}`, async () => {
    await using receiver = await startUpstream(takes)
    await using gateway = await startGateway(withWebhooks([hook(`${receiver.url}/hook?token=1`)]))
    const settled = settling(gateway)
    expect(await end(gateway, 'resp_1', status)).toBe(true)
    await settled(1)
    const [seen, ...rest] = receiver.seen
    if (!seen) return expect.unreachable()
    expect(rest).toEqual([])
    expect(seen).toMatchObject({ method: 'POST', path: '/v1/hook?token=1', headers: { 'content-type': 'application/json' } })
    const client = new OpenAI({ apiKey: 'none', webhookSecret: secret })
    const headers = new Headers(Object.entries(seen.headers).map(([name, value]): [string, string] => [name, String(value)]))
    expect(await client.webhooks.unwrap(seen.text, headers)).toEqual({
      id: header(seen, 'webhook-id'),
      object: 'event',
      type: `response.${status}`,
      created_at: expect.any(Number),
      data: { id: 'resp_1' },
    })
    await expect(client.webhooks.unwrap(`${seen.text} `, headers)).rejects.toThrow()
    expect(await deliveries(gateway)).toEqual([
      {
        id: expect.stringMatching(/^whd_/),
        object: 'webhook.delivery',
        event_id: header(seen, 'webhook-id'),
        type: `response.${status}`,
        url: `${receiver.url}/hook`,
        subject: 'virtualaccount:ada',
        response_id: 'resp_1',
        status: 'delivered',
        attempts: 1,
        created_at: expect.any(String),
        next_attempt_at: null,
        last_attempt_at: expect.any(String),
        last_status: 204,
        last_error: null,
        delivered_at: expect.any(String),
      },
    ])
  })

test('each webhook is told of what it asked for, by one event id, and nobody else is told', async () => {
  await using receiver = await startUpstream(takes)
  await using gateway = await startGateway(
    withWebhooks([
      hook(`${receiver.url}/all`),
      hook(`${receiver.url}/failures`, { events: ['response.failed', 'response.incomplete'] }),
    ]),
  )
  const settled = settling(gateway)
  await end(gateway, 'resp_1')
  await end(gateway, 'resp_2', 'failed')
  await end(gateway, 'resp_3', 'completed', { tenant: 'default', subject: 'virtualaccount:bob' })
  await settled(3)
  const told = receiver.seen.map(({ path, body }) => `${path} ${(body['data'] as { id: string }).id}`)
  expect(told.toSorted()).toEqual(['/v1/all resp_1', '/v1/all resp_2', '/v1/failures resp_2'])
  const ids = receiver.seen.filter(({ body }) => body['type'] === 'response.failed').map(({ body }) => body['id'])
  expect(new Set(ids).size).toBe(1)
})

test('an end that somebody else has written is not told', async () => {
  await using receiver = await startUpstream(takes)
  await using gateway = await startGateway(withWebhooks([hook(receiver.url)]))
  await end(gateway, 'resp_1')
  const response = { id: 'resp_1', status: 'failed', output: [] }
  const row = { id: 'resp_1', owner, parent: null, createdAt: 1, input: '[]', response: JSON.stringify({ response }) }
  expect(await gateway.ports.jobs.end({ id: 'resp_1', epoch: 1 }, row, { first: 2, last: 2, events: '{}' })).toBe(false)
  expect((await deliveries(gateway)).map(({ type }) => type)).toEqual(['response.completed'])
})

test('what is not taken is sent again for a day, each time later and with the same id, and then given up', async () => {
  let now = Date.now()
  await using receiver = await startUpstream(refuses(500))
  await using gateway = await startGateway({ ...withWebhooks([hook(receiver.url)]), clock: { now: () => now } })
  const settled = settling(gateway)
  const begun = now
  await end(gateway, 'resp_1')
  const waits: number[] = []
  for (let attempt = 1; ; attempt++) {
    await settled(attempt)
    const [delivery] = await deliveries(gateway)
    expect(delivery).toMatchObject({ attempts: attempt, last_status: 500, last_error: 'It answered 500.', delivered_at: null })
    if (delivery?.status !== 'pending') break
    const next = Date.parse(delivery.next_attempt_at ?? '')
    waits.push(next - now)
    now = next - 1
    gateway.ports.notices.tell('outbox')
    await deliveries(gateway)
    expect(receiver.seen).toHaveLength(attempt)
    now = next
    gateway.ports.notices.tell('outbox')
  }
  expect(waits).toEqual(waits.toSorted((one, two) => one - two))
  expect(waits).toHaveLength(10)
  expect((now - begun) / 3_600_000).toBeCloseTo(23.7, 1)
  expect(new Set(receiver.seen.map((seen) => header(seen, 'webhook-id'))).size).toBe(1)
  expect(new Set(receiver.seen.map(({ text }) => text)).size).toBe(1)
  // Signed anew each time: a receiver refuses what is old.
  expect(new Set(receiver.seen.map((seen) => header(seen, 'webhook-signature'))).size).toBe(11)
  expect(await deliveries(gateway, '?status=failed')).toMatchObject([{ status: 'failed', attempts: 11, next_attempt_at: null }])
  expect(await deliveries(gateway, '?status=pending')).toEqual([])
})

test('a dead letter is sent again by hand, by its owner or an administrator', async () => {
  let status = 410
  await using receiver = await startUpstream((_, response) => void response.writeHead(status).end())
  await using gateway = await startGateway(withWebhooks([hook(receiver.url)]))
  const settled = settling(gateway)
  await end(gateway, 'resp_1')
  await settled(1)
  // Gone says that no other try is wanted.
  const [dead] = await deliveries(gateway, '?status=failed')
  expect(dead).toMatchObject({ status: 'failed', attempts: 1, last_status: 410 })
  const resend = (key: string): Promise<Response> =>
    gateway.call(`/api/v1/webhook-deliveries/${dead?.id}/redeliver`, { method: 'POST', key })
  const refused = await resend(bob)
  expect(refused.status).toBe(404)
  expect(await errorOf(refused)).toMatchObject({ code: 'not_found', param: 'id' })
  expect(await deliveries(gateway, '', bob)).toEqual([])
  expect(await deliveries(gateway, '', admin)).toHaveLength(1)
  status = 200
  for (const [place, key] of [ada, admin].entries()) {
    const answer = await resend(key)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ id: dead?.id, status: 'pending' })
    await settled(place + 2)
    expect(await deliveries(gateway)).toMatchObject([{ status: 'delivered', attempts: place + 2 }])
  }
  expect(new Set(receiver.seen.map((seen) => header(seen, 'webhook-id'))).size).toBe(1)
})

test('a receiver that is not there, breaks off or points elsewhere has not taken it', async () => {
  await using elsewhere = await startUpstream(takes)
  await using receiver = await startUpstream(({ path }, response) => {
    if (path.endsWith('/cut')) return void response.destroy()
    response.writeHead(302, { location: elsewhere.url }).end()
  })
  await using gateway = await startGateway(
    withWebhooks([hook(`${receiver.url}/cut`), hook(`${receiver.url}/moved`), hook('http://127.0.0.1:1/none')]),
  )
  const settled = settling(gateway)
  await end(gateway, 'resp_1')
  await settled(3)
  const told = (await deliveries(gateway)).map(
    ({ url, last_error: error, status }) => `${new URL(url).pathname} ${status} ${error}`,
  )
  expect(told.toSorted()).toEqual([
    '/none pending It could not be reached.',
    '/v1/cut pending The connection broke before it answered.',
    '/v1/moved pending It answered 302.',
  ])
  expect(elsewhere.seen).toEqual([])
})

test('a gateway that stops loses none: the next one sends it', async () => {
  await using place = await folder()
  const asked = moment()
  const goOn = moment()
  await using receiver = await startUpstream(async (_, response, number) => {
    asked.now()
    if (number === 0) return
    await goOn.come
    response.writeHead(200).end()
  })
  const options = { ...withWebhooks([hook(receiver.url)]), folder: place.path }
  {
    await using gateway = await startGateway(options)
    await end(gateway, 'resp_1')
    await asked.come
  }
  await using again = await startGateway(options)
  const settled = settling(again)
  goOn.now()
  await settled(1)
  // What was broken off by the stop is no attempt of the receiver's.
  expect(await deliveries(again)).toMatchObject([{ status: 'delivered', attempts: 1 }])
  expect(receiver.seen.map((seen) => header(seen, 'webhook-id'))).toEqual(
    Array.from({ length: 2 }, () => receiver.seen[0]?.headers['webhook-id']),
  )
})

test('a webhook that left the manifest is a dead letter', async () => {
  await using place = await folder()
  await using receiver = await startUpstream(refuses(503))
  {
    await using gateway = await startGateway({ ...withWebhooks([hook(receiver.url)]), folder: place.path })
    const settled = settling(gateway)
    await end(gateway, 'resp_1')
    await settled(1)
  }
  await using again = await startGateway({ ...withWebhooks([]), folder: place.path })
  const settled = settling(again)
  const [delivery] = await deliveries(again)
  await again.call(`/api/v1/webhook-deliveries/${delivery?.id}/redeliver`, { method: 'POST', key: ada })
  await settled(1)
  expect(await deliveries(again)).toMatchObject([
    { status: 'failed', last_error: 'No webhook of this account has this URL any more.' },
  ])
})

test('a list that is asked for wrongly names the field', async () => {
  await using gateway = await startGateway(withWebhooks([]))
  const answer = await gateway.call('/api/v1/webhook-deliveries?status=lost', { key: ada })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ param: 'status' })
})

test('a wait is a fifth more or less, by chance', () => {
  expect([nextWait(1, () => 0), nextWait(1, () => 0.5), nextWait(1, () => 1)]).toEqual([4_000, 5_000, 6_000])
  expect(nextWait(11, () => 0)).toBeUndefined()
})
