import { expect, test } from 'vitest'
import { faces, speech } from '../support/faces.js'
import { framesOf } from '../support/frames.js'
import { keys, startGateway, type TestAccounts } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { says } from '../support/scripted.js'
import { openSocket } from '../support/socket.js'
import { json, startUpstream, stream, type Script, type Upstream } from '../support/upstream.js'

const asked = { model: 'simulator/talker', input: 'Hello.' }

const at = (upstream: Upstream, dialect: 'responses' | 'chat-completions' = 'responses'): { accounts: TestAccounts } => ({
  accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
})

/** Events without what differs from one response to the next. */
const comparable = (events: readonly object[]): unknown =>
  JSON.parse(
    JSON.stringify(events, (key, value: unknown) => (['id', 'item_id', 'created_at', 'completed_at'].includes(key) ? '' : value)),
  )

for (const face of faces) {
  test(`a turn has the events of a stream, with the same numbers: ${face} upstream`, async () => {
    await using upstream = await startUpstream(says('One two three.'))
    await using gateway = await startGateway(at(upstream, face))
    using socket = await openSocket(gateway.url)
    const body = { model: 'up/m', input: 'Speak.', metadata: { a: 'b' } }
    const turn = await socket.create(body)
    const streamed = framesOf(await (await gateway.call('/v1/responses', { body: { ...body, stream: true } })).text())
    expect(comparable(turn)).toEqual(comparable(streamed))
    expect(upstream.seen.map((seen) => seen.body)).toEqual([upstream.seen[1]?.body, upstream.seen[1]?.body])

    const stored = await (await gateway.call(`/v1/responses/${turn[0]?.response?.id}`)).json()
    expect(stored).toEqual(turn.at(-1)?.response)
    const rows = await gateway.ended(2)
    expect(rows[0]).toMatchObject({
      stream: true,
      status: 200,
      outcome: 'completed',
      stored: true,
      responseId: turn[0]?.response?.id,
    })
    expect(rows[0]?.id).not.toBe(rows[1]?.id)
  })
}

test('what is sent ahead is answered in its order, one after the other', async () => {
  const first = moment()
  await using upstream = await startUpstream(async (request, response, number) => {
    if (number === 0) await first.come
    return says(`Answer ${number}`)(request, response, number)
  })
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const create = { type: 'response.create', model: 'up/m' }
  socket.send({ ...create, input: 'Zero', stream_id: 'a' })
  socket.send('{')
  socket.send({ ...create, input: 'One', stream_id: 'b' })
  first.now()
  const [zero, broken, one] = [await socket.turn(), await socket.turn(), await socket.turn()]
  expect(zero.at(-1)).toMatchObject({ type: 'response.completed', response: { output: [{ content: [{ text: 'Answer 0' }] }] } })
  expect(broken).toMatchObject([{ type: 'error', status: 400, error: { code: 'malformed_json' } }])
  expect(one.at(-1)).toMatchObject({ type: 'response.completed', response: { output: [{ content: [{ text: 'Answer 1' }] }] } })
  // Who names a lane finds its name on each message of its turn.
  expect(new Set(zero.map((event) => event.stream_id))).toEqual(new Set(['a']))
  expect(new Set(one.map((event) => event.stream_id))).toEqual(new Set(['b']))
  expect(broken[0]).not.toHaveProperty('stream_id')
  expect(upstream.seen[0]?.body).not.toHaveProperty('stream_id')
})

test('a caller who sends too far ahead is cut off', async () => {
  const never = moment()
  await using upstream = await startUpstream(() => never.come)
  await using gateway = await startGateway({ ...at(upstream), webSockets: { waiting: 2 } })
  using socket = await openSocket(gateway.url)
  for (let sent = 0; sent < 4; sent++) socket.send({ type: 'response.create', model: 'up/m', input: 'Hi' })
  expect(await socket.closed).toMatchObject({ code: 1008, reason: 'Too many messages are waiting.' })
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed' }])
})

const wrong: readonly (readonly [string, object | string | Buffer, object])[] = [
  ['no JSON', 'Hello', { code: 'malformed_json' }],
  ['nothing', '', { code: 'malformed_json' }],
  ['a list', '[]', { code: 'invalid_value' }],
  ['a binary message', Buffer.from(JSON.stringify({ type: 'response.create', ...asked })), { code: 'invalid_value' }],
  ['no type', asked, { code: 'missing_required_parameter', param: 'type' }],
  ['an unknown type', { type: 'response.steer' }, { code: 'invalid_value', param: 'type' }],
  ['no model', { type: 'response.create', input: 'Hi' }, { code: 'missing_required_parameter', param: 'model' }],
  ['no input', { type: 'response.create', model: 'simulator/talker' }, { code: 'missing_required_parameter', param: 'input' }],
  [
    'a wrong type in a field',
    { type: 'response.create', ...asked, temperature: 'hot' },
    { code: 'invalid_value', param: 'temperature' },
  ],
  [
    'two fields that differ in case',
    { type: 'response.create', ...asked, Model: 'x' },
    { code: 'ambiguous_field', param: 'Model' },
  ],
  [
    'a model that is not there',
    { type: 'response.create', ...asked, model: 'none/at-all' },
    { code: 'model_not_found', param: 'model' },
  ],
  ['background', { type: 'response.create', ...asked, background: true }, { code: 'unsupported_parameter', param: 'background' }],
  [
    'generate that is no boolean',
    { type: 'response.create', ...asked, generate: 'no' },
    { code: 'invalid_value', param: 'generate' },
  ],
  [
    'a lane that is no string',
    { type: 'response.create', ...asked, stream_id: 7 },
    { code: 'invalid_value', param: 'stream_id' },
  ],
]

test.each(wrong)('%s is told as one error, and the connection goes on', async (_, message, error) => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url)
  socket.send(message)
  const turn = await socket.turn()
  expect(turn).toMatchObject([{ type: 'error', status: expect.any(Number), error: { param: null, ...error } }])
  const { status, headers, error: told } = turn[0] ?? {}
  expect(Object.keys(told ?? {}).toSorted()).toEqual(['code', 'message', 'param', 'type'])
  expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
  expect(socket.left).toEqual([])
  expect(await gateway.ended(2)).toMatchObject([
    { id: headers?.['x-request-id'], status, outcome: 'refused' },
    { outcome: 'completed' },
  ])
})

test('fields of HTTP streams and a flag of Codex change nothing', async () => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url)
  socket.send({ type: 'response.processed', response_id: 'resp_1' })
  const turn = await socket.create({
    ...asked,
    stream: false,
    stream_options: { include_obfuscation: false },
    background: false,
    generate: true,
  })
  expect(turn.at(-1)).toMatchObject({ type: 'response.completed', response: { background: false } })
  expect(turn.length).toBeGreaterThan(5)
})

test('a key that is revoked while its connection lasts is refused at the next turn', async () => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url)
  expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
  gateway.revoke(keys.alice)
  expect(await socket.create(asked)).toMatchObject([
    { type: 'error', status: 401, error: { code: 'invalid_api_key', type: 'authentication_error' } },
  ])
})

const failures: readonly (readonly [string, Script, object])[] = [
  [
    'refuses',
    (_, response) => json(response, { error: { message: 'No.', type: 'invalid_request_error' } }, 400),
    { status: 400, error: { code: 'upstream_rejected' } },
  ],
  [
    'is busy',
    (_, response) => json(response, { error: { message: 'Later.' } }, 429, { 'retry-after': '7' }),
    { status: 429, error: { code: 'rate_limit_exceeded' }, headers: { 'retry-after': '7' } },
  ],
  ['hangs up', (_, response) => void response.destroy(), { status: 502, error: { code: 'upstream_error' } }],
]

test.each(failures)('an upstream that %s before it begins is told as one error', async (_, script, told) => {
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  expect(await socket.create({ model: 'up/m', input: 'Hi' })).toMatchObject([{ type: 'error', ...told }])
  expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
  expect(socket.left).toEqual([])
})

for (const face of faces) {
  test(`a stream that breaks ends with response.failed alone, numbered without a gap: ${face} upstream`, async () => {
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas } = speech(face, ['Once', ' upon'])
      stream(response)
      response.write(opening + deltas.join(''), () => response.destroy())
    })
    await using gateway = await startGateway(at(upstream, face))
    using socket = await openSocket(gateway.url)
    const turn = await socket.create({ model: 'up/m', input: 'Hi' })
    expect(turn.map(({ sequence_number: number }) => number)).toEqual(turn.map((__, place) => place))
    expect(turn.filter(({ type }) => type === 'error')).toEqual([])
    expect(turn.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error' }, output: [{ content: [{ text: 'Once upon' }] }] },
    })
    expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
    expect(socket.left).toEqual([])
    expect(await gateway.ended(2)).toMatchObject([{ outcome: 'failed' }, { outcome: 'completed' }])
  })
}

test("an upstream's own error in the stream ends the turn once", async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening } = speech('responses', [])
    stream(response)
    const error = {
      type: 'error',
      sequence_number: 4,
      error: { type: 'server_error', code: 'server_error', message: 'Broken.', param: null },
    }
    response.end(`${opening}event: error\ndata: ${JSON.stringify(error)}\n\n`)
  })
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const turn = await socket.create({ model: 'up/m', input: 'Hi' })
  expect(turn).toHaveLength(1)
  expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
})

test('an idempotency key of the connection does not make its turns one', async () => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url, { headers: { 'idempotency-key': 'one' } })
  const first = await socket.create(asked)
  const second = await socket.create({ ...asked, input: 'Goodbye.' })
  expect(second.at(-1)).toMatchObject({ type: 'response.completed' })
  expect(second[0]?.response?.id).not.toBe(first[0]?.response?.id)
})
