import { requestRecordListSchema, requestRecordSchema, type RequestRecord, type RequestRecordList } from '@weir/contracts'
import { expect, test } from 'vitest'
import { speech } from '../support/faces.js'
import { errorOf } from '../support/error.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { says } from '../support/scripted.js'
import { json, startUpstream } from '../support/upstream.js'

const ask = async (gateway: TestGateway, body: object, key: string = keys.alice): Promise<string> => {
  const answer = await gateway.call('/v1/responses', { body, key })
  await answer.text()
  return answer.headers.get('x-request-id') ?? ''
}

const list = async (gateway: TestGateway, query = '', key: string = keys.alice): Promise<readonly RequestRecord[]> =>
  requestRecordListSchema.parse(await (await gateway.call(`/api/v1/requests${query}`, { key })).json()).data

test('a request leaves one record: who asked what, who answered, what it took', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Hello!' } })
  const response = await read(answer)
  const id = answer.headers.get('x-request-id')
  const got = await gateway.call(`/api/v1/requests/${id}`)
  const record = requestRecordSchema.parse(await got.json())
  expect(record).toEqual({
    id,
    label: null,
    subject: 'virtualaccount:alice',
    started_at: record.started_at,
    ended_at: record.ended_at,
    operation: 'generate',
    dialect: 'responses',
    lane: 'native',
    stream: false,
    model: 'simulator/talker',
    account: 'simulator',
    upstream_model: 'talker',
    status: 200,
    outcome: 'completed',
    error_code: null,
    response_id: response.id,
    stored: true,
    usage: {
      input_tokens: response.usage?.input_tokens,
      cached_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: response.usage?.output_tokens,
      reasoning_tokens: 0,
      total_tokens: response.usage?.total_tokens,
      buckets: {
        input: response.usage?.input_tokens,
        cache_read: 0,
        cache_write: 0,
        cache_write_hour: 0,
        audio_input: 0,
        image_input: 0,
        output: response.usage?.output_tokens,
        audio_output: 0,
        image_output: 0,
        reasoning: 0,
      },
      estimated: false,
      provider_total_tokens: null,
    },
    time_to_first_token_ms: record.time_to_first_token_ms,
    latency_ms: record.latency_ms,
    losses: [],
    metadata: {},
    attempts: [
      {
        number: 1,
        account: 'simulator',
        model: 'talker',
        started_at: record.attempts[0]?.started_at,
        latency_ms: record.attempts[0]?.latency_ms,
        status: 200,
        outcome: 'succeeded',
        failure: null,
        upstream_id: record.attempts[0]?.upstream_id,
      },
    ],
  })
  expect(record.latency_ms).toBe(Date.parse(record.ended_at) - Date.parse(record.started_at))
  expect(record.time_to_first_token_ms).toBeLessThanOrEqual(record.latency_ms)
})

for (const stream of [false, true])
  for (const [model, id] of [
    ['chat/m', 'chatcmpl-upstream'],
    ['responses/m', 'resp_upstream'],
  ] as const)
    test(`an attempt at ${model} knows the id that the upstream gave, ${stream ? 'streamed' : 'plain'}`, async () => {
      await using upstream = await startUpstream(says('Hello'))
      const account = { provider: 'openai-compatible', baseURL: upstream.url }
      await using gateway = await startGateway({ accounts: { chat: account, responses: { ...account, dialect: 'responses' } } })
      await ask(gateway, { model, input: 'Hi', stream })
      const [record] = await list(gateway)
      expect(record?.attempts).toMatchObject([{ number: 1, status: 200, outcome: 'succeeded', upstream_id: id }])
      expect(record?.response_id).not.toBe(id)
    })

test('a chat that is streamed, a refused body and an unknown model leave theirs', async () => {
  await using gateway = await startGateway()
  const model = 'simulator-chat-completions/talker'
  await (
    await gateway.call('/v1/chat/completions', { body: { model, messages: [{ role: 'user', content: 'Hi' }], stream: true } })
  ).text()
  await ask(gateway, { model, input: 7 })
  await ask(gateway, { model: 'nobody/knows', input: 'Hi' })
  expect(await list(gateway)).toMatchObject([
    {
      model: 'nobody/knows',
      status: 404,
      outcome: 'refused',
      error_code: 'model_not_found',
      account: null,
      attempts: [],
      usage: null,
    },
    { model: null, status: 400, outcome: 'refused', error_code: 'invalid_value', lane: null, stored: false, response_id: null },
    {
      dialect: 'chat-completions',
      lane: 'native',
      stream: true,
      status: 200,
      outcome: 'completed',
      stored: false,
      response_id: null,
    },
  ])
})

test('records are paged, newest first', async () => {
  await using gateway = await startGateway()
  const ids: string[] = []
  for (let number = 0; number < 5; number++) ids.unshift(await ask(gateway, { model: 'simulator/talker', input: `${number}` }))
  const page = async (query: string): Promise<[string[], boolean]> => {
    const { data, has_more: more } = await read<RequestRecordList>(await gateway.call(`/api/v1/requests${query}`))
    return [data.map(({ id }) => id), more]
  }
  expect(await page('')).toEqual([ids, false])
  expect(await page('?limit=2')).toEqual([ids.slice(0, 2), true])
  expect(await page(`?limit=2&after=${ids[1]}`)).toEqual([ids.slice(2, 4), true])
  expect(await page(`?limit=2&after=${ids[3]}`)).toEqual([ids.slice(4), false])
  expect(await page(`?limit=3&after=${ids[1]}`)).toEqual([ids.slice(2), false])
  expect(await page(`?after=${ids[4]}`)).toEqual([[], false])
})

for (const [query, param] of [
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=1.5', 'limit'],
  ['after=', 'after'],
] as const)
  test(`?${query} is a 400 that names ${param}`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call(`/api/v1/requests?${query}`)
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param })
  })

test('each owner sees its own, and an administrator everything', async () => {
  await using gateway = await startGateway()
  const alices = await ask(gateway, { model: 'simulator/talker', input: 'Hi' })
  const bobs = await ask(gateway, { model: 'simulator/talker', input: 'Hi' }, keys.bob)
  expect((await list(gateway)).map(({ id }) => id)).toEqual([alices])
  expect((await list(gateway, '', keys.bob)).map(({ id }) => id)).toEqual([bobs])
  expect((await list(gateway, '', keys.admin)).map(({ id }) => id)).toEqual([bobs, alices])

  expect((await gateway.call(`/api/v1/requests/${alices}`, { key: keys.admin })).status).toBe(200)
  const others = await gateway.call(`/api/v1/requests/${alices}`, { key: keys.bob })
  const unknown = await gateway.call('/api/v1/requests/req_0123', { key: keys.bob })
  expect([others.status, unknown.status]).toEqual([404, 404])
  const told = await errorOf(others)
  expect({ ...told, message: told.message.replace(alices, 'req_0123') }).toEqual(await errorOf(unknown))
  // A row of another owner says nothing as a place in a list either.
  expect(await list(gateway, `?after=${alices}`, keys.bob)).toEqual([])
})

test('what a caller makes very long is cut short in the record', async () => {
  await using gateway = await startGateway()
  const model = `nobody/${'x'.repeat(5000)}`
  await ask(gateway, { model, input: 'Hi' })
  const [row] = await gateway.ended(1)
  expect(row?.model).toHaveLength(256)
  expect(JSON.stringify(row).length).toBeLessThan(4000)
})

for (const stream of [false, true])
  test(`an attempt lasts as long as its answer, ${stream ? 'streamed' : 'plain'}`, async () => {
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas, closing, whole } = speech('responses', ['Hello'])
      if (!stream) return json(response, whole)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas.join(''))
      // The time that passes is what is measured.
      setTimeout(() => response.end(closing), 60)
    })
    const account = { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' as const }
    await using gateway = await startGateway({ accounts: { up: account } })
    await ask(gateway, { model: 'up/m', input: 'Hi', stream })
    const [row] = await gateway.ended(1)
    expect(row?.attempts[0]?.latency).toBeGreaterThanOrEqual(stream ? 50 : 0)
    expect(row?.attempts[0]?.latency).toBeLessThanOrEqual((row?.latency ?? 0) + 1)
  })

test('an attempt that fails before its first content knows the id all the same', async () => {
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(speech('responses', []).opening)
  })
  const account = { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' as const }
  await using gateway = await startGateway({ accounts: { up: account } })
  await ask(gateway, { model: 'up/m', input: 'Hi', stream: true })
  expect(await gateway.ended(1)).toMatchObject([{ attempts: [{ outcome: 'failed', upstreamId: 'resp_up' }] }])
})
