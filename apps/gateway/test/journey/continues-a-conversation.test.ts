import { expect, test } from 'vitest'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { completion, messageItem, responseOf, says } from '../support/scripted.js'
import { json, startUpstream, type Script } from '../support/upstream.js'
import { talkers } from '../support/talkers.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
  },
})

const weather = { type: 'function', name: 'weather', description: null, parameters: { type: 'object' }, strict: false } as const
const chatWeather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' }, strict: false } }
const call = { type: 'function_call', id: 'fc_upstream', call_id: 'call_9', name: 'weather', arguments: '{ "city": "Ulm" }' }

/** Calls the tool at the first turn, and talks at each after it, in either dialect. */
const callsThenSays =
  (text: string): Script =>
  (request, response, number) => {
    if (number > 0) return says(`${text} ${number}`)(request, response, number)
    if (request.path.endsWith('/responses'))
      return json(response, responseOf([messageItem('Let me see.', 'msg_first'), { ...call, status: 'completed' }]))
    const { call_id: id, name, arguments: text_ } = call
    const calls = [{ id, type: 'function', function: { name, arguments: text_ } }]
    return json(response, completion({ content: 'Let me see.', tool_calls: calls }, 'tool_calls'))
  }

/** Three turns: a question that is answered with a call, its output, and a further question. */
async function talk(gateway: TestGateway, models: readonly [string, string, string], stream = false): Promise<void> {
  const say = async (body: object): Promise<string> => {
    const answer = await gateway.call('/v1/responses', { body })
    expect(answer.status).toBe(200)
    return (await read(answer)).id
  }
  const first = await say({
    model: models[0],
    input: 'Weather in Ulm?',
    instructions: 'Be brief.',
    tools: [weather],
    store: true,
  })
  const output = { type: 'function_call_output', call_id: 'call_9', output: 'sun' }
  const second = await say({ model: models[1], input: [output], tools: [weather], previous_response_id: first })
  const answer = await gateway.call('/v1/responses', {
    body: {
      model: models[2],
      input: [{ role: 'user', content: 'And tomorrow?' }],
      instructions: 'Be long.',
      previous_response_id: second,
      stream,
    },
  })
  expect(answer.status).toBe(200)
  await answer.text()
}

const user = (text: string): object => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
const assistant = (text: string): object => ({
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})
const callItem = {
  type: 'function_call',
  call_id: 'call_9',
  name: 'weather',
  arguments: '{ "city": "Ulm" }',
  status: 'completed',
}
const outputItem = { type: 'function_call_output', call_id: 'call_9', output: 'sun' }

const responsesBodies = [
  { model: 'm', input: 'Weather in Ulm?', instructions: 'Be brief.', tools: [weather], store: false },
  {
    model: 'm',
    input: [user('Weather in Ulm?'), assistant('Let me see.'), callItem, outputItem],
    tools: [weather],
    store: false,
  },
  {
    model: 'm',
    input: [
      user('Weather in Ulm?'),
      assistant('Let me see.'),
      callItem,
      outputItem,
      assistant('Sunny. 1'),
      { role: 'user', content: 'And tomorrow?' },
    ],
    instructions: 'Be long.',
    store: false,
    stream: false,
  },
]

const chatCall = { id: 'call_9', type: 'function', function: { name: 'weather', arguments: '{ "city": "Ulm" }' } }
const chatHistory = [
  { role: 'user', content: 'Weather in Ulm?' },
  { role: 'assistant', content: 'Let me see.', tool_calls: [chatCall] },
  { role: 'tool', tool_call_id: 'call_9', content: 'sun' },
]
const chatBodies = [
  {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather in Ulm?' },
    ],
    tools: [chatWeather],
    stream: false,
  },
  { model: 'm', messages: chatHistory, tools: [chatWeather], stream: false },
  {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be long.' },
      ...chatHistory,
      { role: 'assistant', content: 'Sunny. 1' },
      { role: 'user', content: 'And tomorrow?' },
    ],
    stream: false,
  },
]

test('a native target is given the whole conversation, without ids, and asked to keep nothing', async () => {
  await using upstream = await startUpstream(callsThenSays('Sunny.'))
  await using gateway = await startGateway(accounts(upstream.url))
  await talk(gateway, ['responses/m', 'responses/m', 'responses/m'])
  expect(upstream.seen.map(({ path }) => path)).toEqual(Array(3).fill('/v1/responses'))
  expect(upstream.seen.map(({ body }) => body)).toEqual(responsesBodies)
})

test('a translated target is given the same conversation in its own words', async () => {
  await using upstream = await startUpstream(callsThenSays('Sunny.'))
  await using gateway = await startGateway(accounts(upstream.url))
  await talk(gateway, ['chat/m', 'chat/m', 'chat/m'])
  expect(upstream.seen.map(({ path }) => path)).toEqual(Array(3).fill('/v1/chat/completions'))
  expect(upstream.seen.map(({ body }) => body)).toEqual(chatBodies)
  expect((await gateway.ended(3)).map(({ losses }) => losses)).toEqual([[], [], []])
})

for (const models of [
  ['responses/m', 'chat/m', 'responses/m'],
  ['chat/m', 'responses/m', 'chat/m'],
  ['responses/m', 'responses/m', 'chat/m'],
  ['chat/m', 'chat/m', 'responses/m'],
] as const)
  test(`a conversation goes on elsewhere as if it had always been there: ${models.join(', ')}`, async () => {
    await using upstream = await startUpstream(callsThenSays('Sunny.'))
    await using gateway = await startGateway(accounts(upstream.url))
    await talk(gateway, models)
    for (const [turn, model] of models.entries()) {
      const expected = model === 'chat/m' ? chatBodies[turn] : responsesBodies[turn]
      // Chat upstreams send no logprobs of theirs: what was not said is not replayed.
      expect(withoutEmptyLogprobs(upstream.seen[turn]?.body)).toEqual(withoutEmptyLogprobs(expected))
    }
  })

const withoutEmptyLogprobs = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === 'logprobs' && Array.isArray(value) && value.length === 0 ? undefined : value,
  )

for (const model of talkers)
  test(`${model}: a streamed turn is continued like a plain one`, async () => {
    await using gateway = await startGateway()
    const streamed = await gateway.call('/v1/responses', { body: { model, input: 'Remember the word heron.', stream: true } })
    const id = streamed.headers.get('x-weir-response-id')
    await streamed.text()
    const next = await read(await gateway.call('/v1/responses', { body: { model, input: 'Go on', previous_response_id: id } }))
    const alone = await read(await gateway.call('/v1/responses', { body: { model, input: 'Go on' } }))
    expect(next.previous_response_id).toBe(id)
    // It read the first turn too: the simulator counts what it is given.
    expect(next.usage?.input_tokens).toBeGreaterThan((alone.usage?.input_tokens ?? 0) + 10)
  })

test('a chain of many turns is replayed in its order', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`answer ${number}`)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  let parent: string | null = null
  for (let turn = 0; turn < 20; turn++) {
    const body: object = { model: 'chat/m', input: `question ${turn}`, previous_response_id: parent }
    parent = (await read(await gateway.call('/v1/responses', { body }))).id
  }
  const expected = Array.from({ length: 20 }, (_, turn) => [
    { role: 'user', content: `question ${turn}` },
    { role: 'assistant', content: `answer ${turn}` },
  ]).flat()
  expect(upstream.seen.at(-1)?.body['messages']).toEqual(expected.slice(0, -1))
})
