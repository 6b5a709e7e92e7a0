import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { pairs, pathOf, question, speak, speech, told, type Face, type StoredWire } from '../support/faces.js'
import { keys, startGateway, type CallOptions, type TestGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { openSocket } from '../support/socket.js'
import { json, startUpstream, type Script, type Upstream } from '../support/upstream.js'

let script: Script
let upstream: Upstream
let gateway: TestGateway

const spoken = (path: string): Face => (path.endsWith('/responses') ? 'responses' : 'chat-completions')

/** Says something else each time, so that a second answer cannot be taken for the first. */
const talk: Script = ({ path, body }, response, number) =>
  speak(response, body['stream'] === true, speech(spoken(path), ['Once ', 'upon a ', `time ${number}.`]))

beforeEach(async () => {
  script = talk
  upstream = await startUpstream((...given) => script(...given))
  const account = (dialect: Face) => ({ provider: 'openai-compatible', baseURL: upstream.url, dialect })
  gateway = await startGateway({ accounts: { up: account('responses'), chat: account('chat-completions') } })
})
afterEach(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const create = (body: object, key: string, more: CallOptions & { path?: string } = {}): Promise<Response> =>
  gateway.call(more.path ?? '/v1/responses', { ...more, body, headers: { 'idempotency-key': key } })

const ask = (more: object = {}): object => question('responses', more)
const mark = (answer: Response): string | null => answer.headers.get('idempotent-replayed')

describe.each(pairs)('$ingress over $spoken', ({ ingress, spoken: dialect }) => {
  const model = dialect === 'responses' ? 'up/model' : 'chat/model'
  const path = pathOf(ingress)

  test.each([{ store: true }, { store: false }])('a whole answer is given again, the very same: %j', async ({ store }) => {
    const body = question(ingress, { model, store })
    const first = await create(body, 'k', { path })
    const second = await create(body, 'k', { path })
    expect([first.status, second.status]).toEqual([200, 200])
    expect([mark(first), mark(second)]).toEqual([null, 'true'])
    const text = await first.text()
    expect(text).toContain('time 0.')
    expect(JSON.parse(await second.text())).toEqual(JSON.parse(text))
    expect(second.headers.get('x-weir-resolved-model')).toBe(model)
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'))
    expect(upstream.seen).toHaveLength(1)
  })

  test.each([{ store: true }, { store: false }])('a stream is given again under the same ids: %j', async ({ store }) => {
    const body = question(ingress, { model, store, stream: true, ...(ingress === 'chat-completions' && usage) })
    const first = told(await (await create(body, 'k', { path })).text())
    const answer = await create(body, 'k', { path })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    expect(mark(answer)).toBe('true')
    const second = told(await answer.text())
    expect(second.text).toBe('Once upon a time 0.')
    expect(second.done).toBe(true)
    expect(idsIn(second.events)).toEqual(idsIn(first.events))
    if (ingress === 'responses') {
      expect(second.events.map(({ sequence_number: number }) => number)).toEqual(second.events.map((_, place) => place))
      expect(second.events.at(-1)?.response).toEqual(first.events.at(-1)?.response)
    } else expect(second.events.at(-1)).toMatchObject(first.events.at(-1) ?? { none: true })
    expect(upstream.seen).toHaveLength(1)
  })
})

const usage = { stream_options: { include_usage: true } }

/** Every id of a response, an item or a completion. */
const idsIn = (events: readonly object[]): readonly string[] => {
  const found = JSON.stringify(events).matchAll(/"(?:id|item_id)":"([^"]+)"/g)
  return [...new Set([...found].map(([, id]) => id ?? ''))].toSorted()
}

test('the order of fields makes no other request', async () => {
  const first = await create({ model: 'up/model', input: 'Hi', metadata: { a: '1', b: '2' } }, 'k')
  const second = await create({ metadata: { b: '2', a: '1' }, input: 'Hi', model: 'up/model' }, 'k')
  expect(await second.json()).toEqual(await first.json())
  expect(upstream.seen).toHaveLength(1)
})

test('another body under the same key is refused, and the answer stays', async () => {
  const first = await (await create(ask(), 'k')).json()
  for (const other of [ask({ input: 'Other.' }), ask({ stream: true }), ask({ temperature: 0 })]) {
    const refused = await create(other, 'k')
    expect(refused.status).toBe(400)
    expect(await errorOf(refused)).toMatchObject({ code: 'idempotency_conflict', param: 'idempotency-key' })
  }
  expect(await (await create(ask(), 'k')).json()).toEqual(first)
  expect(upstream.seen).toHaveLength(1)
})

test('while the first is at work, whoever repeats it is told when to ask again', async () => {
  const [asked, goOn] = [moment(), moment()]
  script = async (request, response, number) => {
    asked.now()
    await goOn.come
    await talk(request, response, number)
  }
  const first = create(ask(), 'k')
  await asked.come
  const second = await create(ask(), 'k')
  expect(second.status).toBe(409)
  expect(second.headers.get('retry-after')).toBe('2')
  expect(second.headers.get('x-should-retry')).toBe('true')
  expect(await errorOf(second)).toMatchObject({ code: 'idempotency_key_in_use' })
  expect((await errorOf(await create(ask({ input: 'Other.' }), 'k'))).code).toBe('idempotency_conflict')
  goOn.now()
  const body = await (await first).json()
  const third = await create(ask(), 'k')
  expect(mark(third)).toBe('true')
  expect(await third.json()).toEqual(body)
  expect(upstream.seen).toHaveLength(1)
})

test('of many at once exactly one reaches the model', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => create(ask(), 'k')))
  expect(answers.filter((answer) => answer.status === 200 && mark(answer) === null)).toHaveLength(1)
  for (const answer of answers) if (answer.status !== 200) expect(answer.status).toBe(409)
  const ids = await Promise.all(answers.filter(({ ok }) => ok).map(async (answer) => ((await answer.json()) as StoredWire).id))
  expect(new Set(ids).size).toBe(1)
  expect(upstream.seen).toHaveLength(1)
})

test('a key is one owner’s, on one route', async () => {
  await create(ask(), 'k')
  const bob = await create(ask(), 'k', { key: keys.bob })
  const chat = await create(question('chat-completions'), 'k', { path: '/v1/chat/completions' })
  // Another prefix is the same route.
  const prefixed = await create(ask(), 'k', { path: '/api/llm/responses' })
  expect([bob, chat, prefixed].map(mark)).toEqual([null, null, 'true'])
  expect(upstream.seen).toHaveLength(3)
})

test('without a key nothing is repeated', async () => {
  for (let time = 0; time < 2; time++) expect(mark(await gateway.call('/v1/responses', { body: ask() }))).toBeNull()
  expect(upstream.seen).toHaveLength(2)
})

test.each(['k'.repeat(256), 'two words', 'schlüssel', ''])('%j is no key', async (key) => {
  const answer = await create(ask(), key)
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: 'idempotency-key' })
  expect(upstream.seen).toEqual([])
})

test('255 characters are one', async () => {
  expect((await create(ask(), '~'.repeat(255))).status).toBe(200)
})

test('what failed is not kept: a wrong request, an upstream that refuses, a stream that breaks', async () => {
  expect((await create(ask({ temperature: 3 }), 'k')).status).toBe(400)
  expect((await create(ask({ model: 'nowhere/m' }), 'k')).status).toBe(404)
  script = (_, response) => json(response, { error: { message: 'Busy.' } }, 503)
  expect((await create(ask({ stream: true }), 'k')).status).toBe(503)
  script = (_, response) => {
    const { opening, deltas } = speech('responses', ['Half ', 'an answer'])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0], () => response.destroy())
  }
  const broken = await create(ask({ stream: true }), 'k')
  expect(told(await broken.text()).events.at(-1)).toMatchObject({ type: 'response.failed' })
  script = (_, response) =>
    json(response, { id: 'r', object: 'response', status: 'failed', output: [{ type: 'message' }], error: {} })
  await create(ask(), 'k')
  script = talk
  const last = await create(ask(), 'k')
  expect([last.status, mark(last)]).toEqual([200, null])
  expect(mark(await create(ask(), 'k'))).toBe('true')
})

test('an answer that its caller left is not kept, and the next one begins anew', async () => {
  const leaving = new AbortController()
  script = (_, response) => {
    const { opening, deltas } = speech('responses', ['Half ', 'an answer'])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
  }
  const first = await create(ask({ stream: true }), 'k', { signal: leaving.signal })
  await first.body?.getReader().read()
  leaving.abort()
  await upstream.seen[0]?.aborted
  await gateway.ended(1)
  script = talk
  const second = await create(ask({ stream: true }), 'k')
  expect(mark(second)).toBeNull()
  expect(told(await second.text()).text).toBe('Once upon a time 1.')
})

test('an answer that was cut short by its limit is kept as any other', async () => {
  script = (_, response) => json(response, { ...incomplete, output: [] })
  const first = await (await create(ask({ store: false }), 'k')).json()
  expect(first).toMatchObject({ status: 'incomplete' })
  expect(await (await create(ask({ store: false }), 'k')).json()).toEqual(first)
  expect(upstream.seen).toHaveLength(1)
})

const incomplete = {
  id: 'resp_up',
  object: 'response',
  status: 'incomplete',
  incomplete_details: { reason: 'max_output_tokens' },
}

test('a response that was deleted is not brought back by its key', async () => {
  const { id } = (await (await create(ask(), 'k')).json()) as StoredWire
  await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })
  const answer = await create(ask(), 'k')
  expect(answer.status).toBe(404)
  expect(await errorOf(answer)).toMatchObject({ code: 'not_found' })
  expect(upstream.seen).toHaveLength(1)
})

test('what is kept cannot be read without the seal', async () => {
  await create(ask({ store: false, input: 'A secret question' }), 'k')
  const owner = { tenant: 'default', subject: 'virtualaccount:alice' }
  const claimed = await gateway.ports.idempotency.claim({ owner, route: 'responses.create', key: 'k' }, 'req_x', 'p')
  expect(claimed).toMatchObject({ state: 'taken', fingerprint: expect.stringMatching(/^weirseal1\./) })
  expect(claimed).toMatchObject({ answer: expect.stringMatching(/^weirseal1\.[\w-]+\.[\w-]+$/) })
  expect(JSON.stringify(claimed)).not.toContain('time 0')
})

test('a repetition is on record as an exchange that asked nobody', async () => {
  const { id } = (await (await create(ask(), 'k')).json()) as StoredWire
  await create(ask(), 'k')
  const [, second] = await gateway.ended(2)
  expect(second).toMatchObject({ status: 200, outcome: 'completed', attempts: [], usage: null, responseId: id })
})

test('over tRPC the key is the same one; the calls of a batch are told apart', async () => {
  const input = { model: 'up/model', input: 'Speak.', store: true, stream: false }
  const first = (await (await create(input, 'k')).json()) as StoredWire
  const trpc = async (path: string, body: object): Promise<unknown> =>
    (await gateway.call(`/trpc/${path}`, { body, headers: { 'idempotency-key': 'k' } })).json()
  expect(await trpc('responses.create', input)).toEqual({ result: { data: first } })
  const batch = await trpc('responses.create,responses.create?batch=1', { 0: input, 1: { ...input, input: 'Other.' } })
  expect(batch).toMatchObject([{ result: { data: { id: first.id } } }, { result: { data: { status: 'completed' } } }])
  expect(upstream.seen).toHaveLength(2)
})

test('what travels no journey is done once too: a compaction, a conversation', async () => {
  for (const [path, body] of [
    ['/v1/responses/compact', { model: 'simulator/talker', input: 'A long story.' }],
    ['/v1/conversations', { metadata: { a: 'b' } }],
  ] as const) {
    const [first, second] = [await create(body, 'k', { path }), await create(body, 'k', { path })]
    expect([first.status, mark(first), mark(second)]).toEqual([200, null, 'true'])
    expect(await second.json()).toEqual(await first.json())
    const other = await create({ ...body, metadata: {}, instructions: 'Other.' }, 'k', { path })
    expect((await errorOf(other)).code).toBe('idempotency_conflict')
  }
})

test('a WebSocket has one head for all its turns, and each of them is a request of its own', async () => {
  using socket = await openSocket(gateway.url, { headers: { 'idempotency-key': 'k' } })
  for (let turn = 0; turn < 2; turn++)
    expect((await socket.create({ model: 'up/model', input: 'Speak.' })).at(-1)).toMatchObject({ type: 'response.completed' })
  expect(upstream.seen).toHaveLength(2)
})
