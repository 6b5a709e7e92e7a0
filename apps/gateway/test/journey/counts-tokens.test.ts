import { createClient } from '@weir/client'
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { encode } from 'gpt-tokenizer/encoding/o200k_base'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { json, startUpstream } from '../support/upstream.js'

const path = '/v1/responses/input_tokens'

async function counted(gateway: TestGateway, body: object, key: string = keys.alice): Promise<number> {
  const answer = await gateway.call(path, { body, key })
  expect(answer.status).toBe(200)
  const counted = (await answer.json()) as { object: string; input_tokens: number }
  expect(counted.object).toBe('response.input_tokens')
  return counted.input_tokens
}

const text = 'It was a bright cold day in April, and the clocks were striking thirteen. Прощай, 世界 🎈'

test('a text counts as its tokens, with a model or without one, or as nothing where there is none', async () => {
  await using gateway = await startGateway()
  expect(await counted(gateway, { input: text })).toBe(encode(text).length)
  expect(await counted(gateway, { model: 'simulator/talker', input: text })).toBe(encode(text).length)
  expect(await counted(gateway, { model: 'simulator/talker' })).toBe(0)
  expect(await counted(gateway, {})).toBe(0)
  expect(await counted(gateway, { model: null, input: null, tools: null, instructions: null, previous_response_id: null })).toBe(
    0,
  )
})

test('the encoding is that of the model', async () => {
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: 'http://127.0.0.1:1/v1' } },
  })
  expect(encodeCl100k(text).length).not.toBe(encode(text).length)
  for (const model of ['gpt-4', 'gpt-4-turbo-2024-04-09', 'gpt-3.5-turbo', 'openai/gpt-35-turbo'])
    expect(await counted(gateway, { model: `up/${model}`, input: text }), model).toBe(encodeCl100k(text).length)
  for (const model of ['gpt-4o-mini', 'gpt-4.1', 'gpt-5', 'o3', 'llama-4', 'openai/gpt-oss-120b'])
    expect(await counted(gateway, { model: `up/${model}`, input: text }), model).toBe(encode(text).length)
})

for (const model of ['simulator/talker', 'simulator-chat-completions/talker'])
  test(`${model}: the whole context is counted, and it is what the turn is then said to have taken`, async () => {
    await using gateway = await startGateway()
    const turn = async (body: object) => {
      const answer = await gateway.call('/v1/responses', { body: { model, ...body } })
      expect(answer.status).toBe(200)
      return (await answer.json()) as { id: string; usage: { input_tokens: number } }
    }
    const first = await turn({ input: 'Tell me of April.', instructions: 'Be kind.' })
    const next = {
      previous_response_id: first.id,
      instructions: 'Be brief.',
      tools: [
        { type: 'function', name: 'weather', description: 'Tells the weather.', parameters: { type: 'object' }, strict: false },
      ],
      input: [
        { role: 'user', content: [{ type: 'input_text', text }] },
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'Sun all day.' },
      ],
    }
    const before = await counted(gateway, { model, ...next })
    const second = await turn(next)
    expect(before).toBe(second.usage.input_tokens)
    expect(await counted(gateway, { ...next, model, input: [] })).toBeLessThan(before)
    expect(await counted(gateway, { ...next, model, previous_response_id: null })).toBeLessThan(before)
    expect(await counted(gateway, { ...next, model, tools: [] })).toBeLessThan(before)
  })

test('images and files count as what is stated for them, whatever their size', async () => {
  await using gateway = await startGateway()
  const image = (detail: string, length: number) => ({
    type: 'input_image',
    detail,
    image_url: `data:image/png;base64,${'A'.repeat(length)}`,
  })
  const one = (part: object) => counted(gateway, { input: [{ role: 'user', content: [part] }] })
  expect(await one(image('low', 8))).toBe(85)
  expect(await one(image('high', 8))).toBe(765)
  expect(await one(image('high', 80_000))).toBe(765)
  expect(await one({ type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${'A'.repeat(9000)}` })).toBe(
    1500,
  )
})

test('a long conversation is counted to its end', async () => {
  await using gateway = await startGateway()
  const sentence = 'Nothing was your own except the few cubic centimetres inside your skull. '
  const once = encode(sentence.repeat(20)).length
  const input = Array.from({ length: 200 }, () => ({ role: 'user', content: sentence.repeat(20) }))
  expect(await counted(gateway, { input })).toBe(200 * once)
  // In one text, a stretch may end within a word.
  const whole = encode(sentence.repeat(4000)).length
  expect(Math.abs((await counted(gateway, { input: sentence.repeat(4000) })) - whole)).toBeLessThan(whole / 500)
})

test('what the request itself would meet is met here: a model, a response or a field that is wrong', async () => {
  await using gateway = await startGateway()
  const refused = async (body: object, key: string | null = keys.alice) => {
    const answer = await gateway.call(path, { body, key })
    const { error } = (await answer.json()) as { error: { code: string; param: string | null } }
    return [answer.status, error.code, error.param]
  }
  expect(await refused({ model: 'simulator/talkative', input: 'x' })).toEqual([404, 'model_not_found', 'model'])
  expect(await refused({ model: '', input: 'x' })).toEqual([404, 'model_not_found', 'model'])
  expect(await refused({ previous_response_id: 'resp_none' })).toEqual([
    404,
    'previous_response_not_found',
    'previous_response_id',
  ])
  expect(await refused({ input: [{ role: 'king', content: 'x' }] })).toEqual([400, 'invalid_value', 'input[0].role'])
  expect(await refused({ truncation: 'some' })).toEqual([400, 'invalid_value', 'truncation'])
  expect((await refused({ input: 'x' }, null))[0]).toBe(401)

  const answer = await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'mine' } })
  const { id } = (await answer.json()) as { id: string }
  expect(await refused({ previous_response_id: id }, keys.bob)).toEqual([
    404,
    'previous_response_not_found',
    'previous_response_id',
  ])
})

test('the body of a whole request counts by what is to be read, whatever it says of the answer', async () => {
  await using gateway = await startGateway()
  const answering = [
    { stream_options: { include_obfuscation: false } },
    { background: true, store: false },
    { context_management: [{ type: 'compaction', compact_threshold: 1000 }], max_output_tokens: 16, include: [] },
    { context_management: {}, metadata: 5, include: 'x', temperature: 'hot' },
  ]
  for (const fields of answering)
    expect(await counted(gateway, { model: 'simulator/talker', input: text, ...fields }), JSON.stringify(fields)).toBe(
      encode(text).length,
    )
})

test('nothing is asked of a model, kept or put on record', async () => {
  await using upstream = await startUpstream(says('never'))
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  await counted(gateway, { model: 'up/model', input: text })
  expect(upstream.seen).toEqual([])
  const { data } = (await (await gateway.call('/api/v1/requests')).json()) as { data: unknown[] }
  expect(data).toEqual([])
})

test('a provider that counts is asked, with the history and nothing that it does not take', async () => {
  await using upstream = await startUpstream((request, response, number) =>
    request.path === '/v1/responses/input_tokens'
      ? json(response, { object: 'response.input_tokens', input_tokens: 4321 })
      : says('It was cold.')(request, response, number),
  )
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/responses', { body: { model: 'up/gpt-5', input: 'Tell me of April.' } })
  const { id } = (await answer.json()) as { id: string }
  const body = { model: 'up/gpt-5', input: text, instructions: 'Be brief.', previous_response_id: id, truncation: 'auto' }
  expect(await counted(gateway, body)).toBe(4321)
  const [, count] = upstream.seen
  expect(count?.headers['authorization']).toBe('Bearer upstream-key')
  expect(count?.body).toEqual({
    model: 'gpt-5',
    instructions: 'Be brief.',
    input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Tell me of April.' }] },
      expect.objectContaining({ type: 'message', role: 'assistant' }),
      { type: 'message', role: 'user', content: text },
    ],
  })
})

for (const [name, status, reply] of [
  ['refuses', 500, { error: { message: 'no' } }],
  ['answers without a number', 200, { object: 'response.input_tokens' }],
  ['answers with what is no count', 200, { object: 'response.input_tokens', input_tokens: -1 }],
] as const)
  test(`where the provider ${name}, the tokenizer counts`, async () => {
    await using upstream = await startUpstream((_, response) => json(response, reply, status))
    await using gateway = await startGateway({ accounts: { up: { provider: 'openai', baseURL: upstream.url } } })
    expect(await counted(gateway, { model: 'up/gpt-5', input: text })).toBe(encode(text).length)
    expect(upstream.seen).toHaveLength(1)
  })

test('where the provider cannot be reached, the tokenizer counts', async () => {
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai', baseURL: 'http://127.0.0.1:1/v1' } } })
  expect(await counted(gateway, { model: 'up/gpt-5', input: text })).toBe(encode(text).length)
})

test('the official SDK, the typed client and tRPC count alike', async () => {
  await using gateway = await startGateway()
  const sdk = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
  const expected = { object: 'response.input_tokens', input_tokens: encode(text).length }
  expect(await sdk.responses.inputTokens.count({ model: 'simulator/talker', input: text })).toEqual(expected)
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  expect(await client.responses.inputTokens({ model: 'simulator/talker', input: text })).toEqual(expected)
  expect(await client.trpc.responses.inputTokens.mutate({ model: 'simulator/talker', input: text })).toEqual(expected)
})

test('the whole context is counted, though the provider keeps the turns before', async () => {
  await using upstream = await startUpstream((request, response, number) =>
    request.path === '/v1/responses/input_tokens'
      ? json(response, { object: 'response.input_tokens', input_tokens: (request.body['input'] as object[]).length })
      : says('It was cold.')(request, response, number),
  )
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai', baseURL: upstream.url, keepsState: true } },
  })
  const answer = await gateway.call('/v1/responses', { body: { model: 'up/gpt-5', input: 'Tell me of April.' } })
  const { id } = (await answer.json()) as { id: string }
  expect(await counted(gateway, { model: 'up/gpt-5', input: 'And May?', previous_response_id: id })).toBe(3)
})

test('a conversation is counted with its items', async () => {
  await using gateway = await startGateway()
  const id = 'conv_0000000000000000000000000000000a'
  const owner = { tenant: 'default', subject: 'virtualaccount:alice' }
  const item = { id: 'msg_1', spare: 'msg_2', item: JSON.stringify({ type: 'message', role: 'user', content: text }) }
  await gateway.ports.conversations.create({ id, owner, createdAt: Date.now(), metadata: {} }, [item])
  const both = encode(text).length + encode('And then?').length
  expect(await counted(gateway, { conversation: id, input: 'And then?' })).toBe(both)
  expect(await counted(gateway, { conversation: { id }, input: 'And then?', model: 'simulator/talker' })).toBe(both)
})

test('contents are counted by the model in their URL, whatever the body calls it, by every face', async () => {
  await using gateway = await startGateway()
  const contents = [{ role: 'user', parts: [{ text }] }]
  const expected = { totalTokens: encode(text).length }
  const model = 'simulator/talker'
  const counted = async (body: object, named = model) => {
    const answer = await gateway.call(`/v1beta/models/${named}:countTokens`, { body })
    return [answer.status, await answer.json()]
  }
  for (const body of [{ contents }, { contents, model: 'nobody/knows' }, { generateContentRequest: { contents, model } }])
    expect(await counted(body)).toEqual([200, expected])
  expect(await counted({ contents, model }, 'nobody/knows')).toMatchObject([404, { error: { status: 'NOT_FOUND' } }])
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  expect(await client.generateContent.countTokens({ model, contents })).toEqual(expected)
  expect(await client.trpc.generateContent.countTokens.mutate({ model, contents })).toEqual(expected)
})

test('messages are counted with what stands beside them, whatever the query says', async () => {
  await using gateway = await startGateway()
  const body = { model: 'simulator-messages/talker', messages: [{ role: 'user', content: text }] }
  const counted = async (path: string, more: object = {}) =>
    (await (await gateway.call(path, { body: { ...body, ...more } })).json()) as { input_tokens: number }
  const bare = await counted('/v1/messages/count_tokens')
  expect(bare).toEqual({ input_tokens: encode(text).length })
  expect(await counted('/v1/messages/count_tokens?beta=true')).toEqual(bare)
  const { input_tokens: more } = await counted('/v1/messages/count_tokens?beta=true', { system: 'Be brief.' })
  expect(more).toBe(bare.input_tokens + encode('Be brief.').length)
})
