import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { startGateway, keys, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf, says } from '../support/scripted.js'
import { data, json, startUpstream, stream, type Script, type Seen } from '../support/upstream.js'

/** A provider that keeps responses: it goes on from those that it knows, and deletes them. */
interface Keeper {
  readonly script: Script
  /** The ids of what it keeps. */
  readonly kept: Set<string>
  /** What it was sent, without what every request has. */
  readonly asked: object[]
}

const lost = (id: unknown): object => ({
  error: {
    message: `Previous response with id '${String(id)}' not found.`,
    type: 'invalid_request_error',
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  },
})

function keeper({ losing = (response: ServerResponse, body: object) => json(response, body, 400) } = {}): Keeper {
  const kept = new Set<string>()
  const asked: object[] = []
  const script: Script = ({ method, path, body }, response, number) => {
    if (method === 'DELETE') {
      const id = path.split('/').at(-1) ?? ''
      return kept.delete(id) ? json(response, { id, object: 'response', deleted: true }) : json(response, lost(id), 404)
    }
    const { model: _, ...rest } = body
    asked.push(rest)
    const parent = body['previous_response_id']
    if (parent !== undefined && !kept.has(String(parent))) return losing(response, lost(parent))
    const id = `resp_up_${number}`
    if (body['store'] === true) kept.add(id)
    answer(response, body, id, number)
  }
  return { script, kept, asked }
}

function answer(response: ServerResponse, body: Seen['body'], id: string, number: number): void {
  const item = messageItem(`answer ${number}`, `msg_up_${number}`)
  const whole = responseOf([item], {
    id,
    store: body['store'] === true,
    previous_response_id: body['previous_response_id'] ?? null,
  })
  if (body['stream'] !== true) return json(response, whole)
  stream(response)
  const events = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    {
      type: 'response.output_text.delta',
      item_id: `msg_up_${number}`,
      output_index: 0,
      content_index: 0,
      delta: `answer ${number}`,
    },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: whole },
  ]
  for (const [place, event] of events.entries()) response.write(data({ ...event, sequence_number: place }))
  response.end()
}

const up = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    up: { provider: 'openai-compatible', baseURL, dialect: 'responses', keepsState: true },
    other: { provider: 'openai-compatible', baseURL, dialect: 'responses', keepsState: true },
    plain: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
    chat: { provider: 'openai-compatible', baseURL, dialect: 'chat-completions' },
  },
})

async function say(gateway: TestGateway, text: string, parent: string | null = null, fields: object = {}): Promise<string> {
  const body = { model: 'up/m', input: text, previous_response_id: parent, ...fields }
  const response = await gateway.call('/v1/responses', { body })
  expect(response.status).toBe(200)
  if (!('stream' in fields)) return (await read(response)).id
  const id = response.headers.get('x-weir-response-id') ?? ''
  expect(await response.text()).toContain('"type":"response.completed"')
  return id
}

const user = (text: string): object => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
const said = (number: number): object => {
  const { id: _, ...item } = messageItem(`answer ${number}`) as { id: string }
  return item
}

for (const fields of [{}, { stream: true }])
  test(`a turn that follows the account's own is sent alone, ${'stream' in fields ? 'streamed' : 'whole'}`, async () => {
    const { script, asked } = keeper()
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway(up(upstream.url))
    const first = await say(gateway, 'one', null, fields)
    const second = await say(gateway, 'two', first, fields)
    const third = await say(gateway, 'three', second, fields)
    expect(asked).toEqual([
      { input: 'one', store: true, ...fields },
      { input: 'two', store: true, previous_response_id: 'resp_up_0', ...fields },
      { input: 'three', store: true, previous_response_id: 'resp_up_1', ...fields },
    ])
    // To the caller it is Weir's: its ids, its chain.
    expect(await read(await gateway.call(`/v1/responses/${third}`))).toMatchObject({
      id: third,
      previous_response_id: second,
      store: true,
    })
    expect(JSON.stringify(await read(await gateway.call(`/v1/responses/${third}`)))).not.toContain('resp_up')
  })

test('instructions are not inherited, and tools and their outputs go on', async () => {
  const call = { type: 'function_call', id: 'fc_up', call_id: 'call_1', name: 'weather', arguments: '{}', status: 'completed' }
  const asked: object[] = []
  await using upstream = await startUpstream(({ body }, response, number) => {
    asked.push(body)
    json(response, responseOf(number === 0 ? [call] : [messageItem('Sunny.')], { id: `resp_up_${number}` }))
  })
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'Weather?', null, { instructions: 'Be brief.' })
  const output = { type: 'function_call_output', call_id: 'call_1', output: 'sun' }
  await say(gateway, '', first, { input: [output] })
  expect(asked[1]).toEqual({ model: 'm', input: [output], store: true, previous_response_id: 'resp_up_0' })
})

for (const [how, losing] of [
  ['400 with a code', (response: ServerResponse, body: object) => json(response, body, 400)],
  ['404 without one', (response: ServerResponse) => json(response, { detail: 'Not Found' }, 404)],
  [
    'failure within a stream',
    (response: ServerResponse, body: object) => {
      const { error } = body as { error: object }
      stream(response)
      response.end(data({ ...error, type: 'error' }))
    },
  ],
] as const)
  test(`a turn that the provider has lost is told again, and nobody notices: ${how}`, async () => {
    const { script, kept, asked } = keeper({ losing })
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway(up(upstream.url))
    const stream = how.includes('stream') ? { stream: true } : {}
    const first = await say(gateway, 'one')
    const second = await say(gateway, 'two', first)
    kept.clear()
    const third = await say(gateway, 'three', second, stream)
    await say(gateway, 'four', third)
    expect(asked.slice(2)).toEqual([
      { input: 'three', store: true, previous_response_id: 'resp_up_1', ...stream },
      {
        input: [user('one'), said(0), user('two'), said(1), { type: 'message', role: 'user', content: 'three' }],
        store: true,
        ...stream,
      },
      { input: 'four', store: true, previous_response_id: 'resp_up_3' },
    ])
    const rows = await gateway.ended(4)
    expect(rows[2]).toMatchObject({
      outcome: 'completed',
      status: 200,
      attempts: [
        { number: 1, outcome: 'failed', failure: expect.stringMatching(/not found/i), upstreamId: null },
        { number: 2, outcome: 'succeeded', upstreamId: 'resp_up_3' },
      ],
    })
  })

test('any other refusal is told as it is, and not tried again', async () => {
  const { script } = keeper()
  await using upstream = await startUpstream((request, response, number) => {
    if (number === 0) return script(request, response, number)
    json(response, { error: { message: 'No such tool.', type: 'invalid_request_error', param: 'tools', code: null } }, 400)
  })
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one')
  const refused = await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'two', previous_response_id: first } })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ error: { code: 'upstream_rejected', param: 'tools' } })
  expect(upstream.seen).toHaveLength(2)
})

for (const [how, model] of [
  ['another account', 'other/m'],
  ['another model', 'up/n'],
  ['an account that keeps nothing', 'plain/m'],
] as const)
  test(`a conversation that goes to ${how} is told there from its beginning`, async () => {
    const { script, asked } = keeper()
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway(up(upstream.url))
    const first = await say(gateway, 'one')
    const second = await say(gateway, 'two', first, { model })
    await say(gateway, 'three', second)
    const history = [user('one'), said(0), { type: 'message', role: 'user', content: 'two' }]
    expect(asked[1]).toEqual({ input: history, store: model !== 'plain/m' })
    expect(asked[2]).toMatchObject({ store: true, input: { length: 5 } })
    expect(asked[2]).not.toHaveProperty('previous_response_id')
  })

test('a turn of another dialect between two is no hindrance', async () => {
  const { script, asked } = keeper()
  await using upstream = await startUpstream((request, response, number) =>
    request.path.endsWith('/responses') ? script(request, response, number) : says('Hm.')(request, response, number),
  )
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one')
  const second = await say(gateway, 'two', first, { model: 'chat/m' })
  await say(gateway, 'three', second)
  expect(asked[1]).toMatchObject({ store: true, input: { length: 5 } })
})

test('the caller that wants nothing kept has nothing kept, and goes on all the same', async () => {
  const { script, asked, kept } = keeper()
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one')
  await say(gateway, 'two', first, { store: false })
  expect(asked[1]).toEqual({ input: 'two', store: false, previous_response_id: 'resp_up_0' })
  expect([...kept]).toEqual(['resp_up_0'])
})

test('an answer that broke off is not gone on from upstream', async () => {
  const { script, asked } = keeper()
  await using upstream = await startUpstream((request, response, number) => {
    if (number > 0) return script(request, response, number)
    const whole = responseOf([], { id: 'resp_up_broken', status: 'in_progress' })
    stream(response)
    response.write(data({ type: 'response.created', sequence_number: 0, response: whole }))
    const item = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
    response.write(data({ type: 'response.output_item.added', sequence_number: 1, output_index: 0, item }))
    const delta = { type: 'response.output_text.delta', item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Once' }
    response.write(data({ ...delta, sequence_number: 2 }), () => response.destroy())
  })
  await using gateway = await startGateway(up(upstream.url))
  const broken = await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'one', stream: true } })
  const id = broken.headers.get('x-weir-response-id') ?? ''
  expect(await broken.text()).toContain('response.failed')
  await say(gateway, 'two', id)
  expect(asked).toMatchObject([{ store: true, input: expect.any(Array) }])
  expect(asked[0]).not.toHaveProperty('previous_response_id')
  // What it may keep of it goes with Weir's own.
  await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })
  expect(upstream.seen.at(-1)).toMatchObject({ method: 'DELETE', path: '/v1/responses/resp_up_broken' })
})

test('a deletion is passed on, and the record says what became of it', async () => {
  const { script, kept } = keeper()
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one')
  const mine = await gateway.call(`/v1/responses/${first}`, { method: 'DELETE', key: keys.bob })
  expect(mine.status).toBe(404)
  expect([...kept]).toEqual(['resp_up_0'])
  const deleted = await gateway.call(`/v1/responses/${first}`, { method: 'DELETE' })
  expect(await deleted.json()).toEqual({ id: first, object: 'response', deleted: true })
  expect([...kept]).toEqual([])
  expect(upstream.seen.at(-1)).toMatchObject({
    method: 'DELETE',
    path: '/v1/responses/resp_up_0',
    headers: { authorization: 'Bearer upstream-key' },
  })
  await gateway.ports.ledger.flush()
  const record = await gateway.call(`/api/v1/requests/${deleted.headers.get('x-request-id')}`)
  expect(await record.json()).toMatchObject({
    operation: 'delete',
    outcome: 'completed',
    response_id: first,
    attempts: [{ account: 'up', model: 'm', status: 200, outcome: 'succeeded', upstream_id: 'resp_up_0' }],
  })
})

test("Weir's own is deleted whatever the provider says to it", async () => {
  const { script } = keeper()
  await using upstream = await startUpstream((request, response, number) => {
    if (request.method !== 'DELETE') return script(request, response, number)
    json(response, { error: { message: 'No.' } }, 500)
  })
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one')
  const deleted = await gateway.call(`/v1/responses/${first}`, { method: 'DELETE' })
  expect(deleted.status).toBe(200)
  expect((await gateway.call(`/v1/responses/${first}`)).status).toBe(404)
  await gateway.ports.ledger.flush()
  const record = await gateway.call(`/api/v1/requests/${deleted.headers.get('x-request-id')}`)
  expect(await record.json()).toMatchObject({
    operation: 'delete',
    outcome: 'failed',
    error_code: 'upstream_error',
    attempts: [{ status: 500, outcome: 'failed', failure: expect.stringContaining('The provider answered 500.') }],
  })
})

test('what Weir could not keep is not left upstream either', async () => {
  const { script, kept } = keeper()
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(up(upstream.url))
  const { responses } = gateway.ports
  Object.assign(responses, { put: () => Promise.reject(new Error('the disk is full')) })
  const answered = await read(await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'one' } }))
  expect(answered.store).toBe(false)
  expect([...kept]).toEqual([])
})

test('without a word in its manifest an account is asked to keep nothing, and is not asked to delete', async () => {
  const { script, asked } = keeper()
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(up(upstream.url))
  const first = await say(gateway, 'one', null, { model: 'plain/m' })
  await say(gateway, 'two', first, { model: 'plain/m' })
  await gateway.call(`/v1/responses/${first}`, { method: 'DELETE' })
  expect(asked).toMatchObject([{ store: false }, { store: false, input: { length: 3 } }])
  expect(upstream.seen.map(({ method }) => method)).toEqual(['POST', 'POST'])
})
