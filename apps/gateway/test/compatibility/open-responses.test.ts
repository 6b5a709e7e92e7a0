// What the HTTP tests of the Open Responses compliance suite ask, field by field, and the traps that they hold.
import { responsesEventSchema, type responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf } from '../support/scripted.js'
import { differences } from './documented-shape.js'
import { json, startUpstream } from '../support/upstream.js'
import { talkers } from '../support/talkers.js'

/** There, and of this type. */
const present: Readonly<Record<string, string>> = {
  id: 'string',
  object: 'string',
  created_at: 'number',
  status: 'string',
  model: 'string',
  output: 'array',
  tools: 'array',
  tool_choice: 'string|object',
  truncation: 'string',
  parallel_tool_calls: 'boolean',
  text: 'object',
  top_p: 'number',
  presence_penalty: 'number',
  frequency_penalty: 'number',
  top_logprobs: 'number',
  temperature: 'number',
  store: 'boolean',
  background: 'boolean',
  service_tier: 'string',
  metadata: 'object',
}

/** There, and null or of this type. */
const nullable: Readonly<Record<string, string>> = {
  completed_at: 'number',
  incomplete_details: 'object',
  previous_response_id: 'string',
  instructions: 'string',
  error: 'object',
  reasoning: 'object',
  usage: 'object',
  max_output_tokens: 'number',
  max_tool_calls: 'number',
  safety_identifier: 'string',
  prompt_cache_key: 'string',
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
const isOf = (types: string, value: unknown): boolean => types.split('|').includes(typeOf(value))

/** What keeps a value from being a response resource. */
function faults(value: unknown): string[] {
  const fields: Readonly<Record<string, unknown>> = { ...(value as object) }
  const found: string[] = []
  for (const [field, types] of Object.entries(present))
    if (!isOf(types, fields[field])) found.push(`${field} is ${typeOf(fields[field])}`)
  for (const [field, types] of Object.entries(nullable))
    if (!isOf(`null|${types}`, fields[field])) found.push(`${field} is ${typeOf(fields[field])}`)
  // These are left out where they have nothing to say.
  for (const path of nullsAt(value, ['encrypted_content', 'phase', 'verbosity'])) found.push(`${path} is null`)
  const { output, tools } = value as responses.ResponseObject
  for (const item of output) if (typeof item.id !== 'string') found.push(`${item.type} has no id`)
  for (const item of output) if (item.type === 'message' && typeof item.status !== 'string') found.push('a message has no status')
  for (const tool of tools) {
    if (tool.type !== 'function') found.push(`a tool is ${tool.type}`)
    for (const key of ['name', 'description', 'parameters', 'strict']) if (!(key in tool)) found.push(`a tool has no ${key}`)
  }
  return found
}

function nullsAt(value: unknown, keys: readonly string[], path = ''): string[] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) =>
    entry === null && keys.includes(key) ? [`${path}${key}`] : nullsAt(entry, keys, `${path}${key}.`),
  )
}

async function answered(gateway: TestGateway, body: object): Promise<responses.ResponseObject> {
  const answer = await gateway.call('/v1/responses', { body })
  expect(answer.status).toBe(200)
  const response = await read(answer)
  expect(faults(response)).toEqual([])
  expect(response).toMatchObject({ object: 'response', status: 'completed', error: null, incomplete_details: null })
  expect(response.output.length).toBeGreaterThan(0)
  expect(response.completed_at).toBeGreaterThanOrEqual(response.created_at)
  const { usage } = response
  expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0))
  return response
}

const getWeather = {
  type: 'function',
  name: 'get_weather',
  description: 'Get the current weather for a location',
  parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
}

// A red square.
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

for (const model of talkers) {
  test(`${model}: basic-response`, async () => {
    await using gateway = await startGateway()
    const response = await answered(gateway, {
      model,
      input: [{ type: 'message', role: 'user', content: 'Say hello in exactly 3 words.' }],
    })
    expect(response).toMatchObject({
      background: false,
      store: true,
      tools: [],
      tool_choice: 'auto',
      text: { format: { type: 'text' } },
    })
  })

  test(`${model}: streaming-response`, async () => {
    await using gateway = await startGateway()
    const input = [{ type: 'message', role: 'user', content: 'Count from 1 to 5.' }]
    const text = await (await gateway.call('/v1/responses', { body: { model, input, stream: true } })).text()
    // A frame is its event and its data, LF alone, and the stream ends with the marker.
    expect(text).not.toContain('\r')
    const frames = text.split('\n\n').slice(0, -1)
    expect(frames.pop()).toBe('data: [DONE]')
    const events = framesOf(text)
    expect(events).toHaveLength(frames.length)
    for (const [place, event] of events.entries()) {
      expect(frames[place]?.startsWith(`event: ${String(event['type'])}\ndata: {`)).toBe(true)
      expect(responsesEventSchema.parse(event)).toEqual(event)
      expect(event['sequence_number']).toBe(place)
      expect(nullsAt(event, ['encrypted_content', 'phase', 'verbosity'])).toEqual([])
      if ('response' in event) expect(faults(event['response'])).toEqual([])
    }
    const types = events.map(({ type }) => type)
    expect(types.slice(0, 4)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
    ])
    expect(types.slice(-4)).toEqual([
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(new Set(types.slice(4, -4))).toEqual(new Set(['response.output_text.delta']))
    expect(events[0]).toMatchObject({ response: { status: 'in_progress', output: [], usage: null, completed_at: null } })
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', output: [events.at(-2)?.['item']] } })
  })

  test(`${model}: system-prompt`, async () => {
    await using gateway = await startGateway()
    const input = [
      { type: 'message', role: 'system', content: 'You are a pirate. Always respond in pirate speak.' },
      { type: 'message', role: 'user', content: 'Say hello.' },
    ]
    const response = await answered(gateway, { model, input })
    expect(response.instructions).toBeNull()
  })

  test(`${model}: tool-calling`, async () => {
    await using gateway = await startGateway()
    const input = [{ type: 'message', role: 'user', content: "What's the weather like in San Francisco?" }]
    const response = await answered(gateway, { model, input, tools: [getWeather] })
    expect(response.output).toEqual([
      {
        id: expect.stringMatching(/^fc_/),
        type: 'function_call',
        call_id: expect.stringMatching(/^call_/),
        name: 'get_weather',
        arguments: expect.stringMatching(/^\{"location":".*"\}$/),
        status: 'completed',
      },
    ])
    expect(response.tools).toEqual([
      { ...getWeather, strict: expect.toSatisfy((value) => value === null || typeof value === 'boolean') },
    ])
  })

  test(`${model}: image-input`, async () => {
    await using gateway = await startGateway()
    const content = [
      { type: 'input_text', text: 'What do you see in this image?' },
      { type: 'input_image', image_url: png },
    ]
    const response = await answered(gateway, { model, input: [{ type: 'message', role: 'user', content }] })
    expect(JSON.stringify(response.output)).toContain('1 image')
  })

  test(`${model}: multi-turn`, async () => {
    await using gateway = await startGateway()
    const input = [
      { type: 'message', role: 'user', content: 'My name is Alice.' },
      { type: 'message', role: 'assistant', content: 'Hello Alice! Nice to meet you. How can I help you today?' },
      { type: 'message', role: 'user', content: 'What is my name?' },
    ]
    const response = await answered(gateway, { model, input })
    expect(JSON.stringify(response.output)).toContain('What is my name?')
  })

  test(`${model}: assistant-phase`, async () => {
    await using gateway = await startGateway()
    const input = [
      { type: 'message', role: 'user', content: 'Think about it first.' },
      { type: 'message', role: 'assistant', phase: 'commentary', content: 'I am looking into it.' },
      { type: 'message', role: 'assistant', phase: 'final_answer', content: 'It is done.' },
      { type: 'message', role: 'user', content: 'Thank you.' },
    ]
    const response = await answered(gateway, { model, input })
    const kept = await (await gateway.call(`/v1/responses/${response.id}/input_items?order=asc`)).json()
    expect(kept).toMatchObject({ data: [{}, { phase: 'commentary' }, { phase: 'final_answer' }, {}] })
  })
}

test('response-output-phase-schema: a phase is kept where there is one, and absent where there is none', async () => {
  const output = [{ ...messageItem('Looking.', 'msg_1'), phase: 'commentary' }, messageItem('Done.', 'msg_2')]
  await using upstream = await startUpstream((_, response) => json(response, responseOf(output)))
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const response = await read(await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'Hi' } }))
  expect(response.output).toEqual(output)
  await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'Go on', previous_response_id: response.id } })
  const replayed = upstream.seen[1]?.body['input']
  expect(replayed).toMatchObject([{}, { phase: 'commentary' }, {}, {}])
  expect(replayed).toSatisfy((items: readonly object[]) => items.filter((item) => 'phase' in item).length === 1)
})

for (const model of talkers) {
  test(`${model}: a compacted conversation has the shape of its resource, and begins a new chain as it is`, async () => {
    await using gateway = await startGateway()
    const input = [
      { type: 'message', role: 'user', content: 'My ship is the Argo.' },
      { type: 'message', role: 'assistant', content: 'A fine ship.' },
      { type: 'message', role: 'user', content: 'Where does she lie?' },
    ]
    const answer = await gateway.call('/v1/responses/compact', { body: { model, input } })
    expect(answer.status).toBe(200)
    const compacted = await read<Record<'output' | 'usage', unknown>>(answer)
    expect(
      differences(
        {
          id: '<string>',
          object: 'response.compaction',
          created_at: 123,
          usage: {
            input_tokens: 123,
            input_tokens_details: { cached_tokens: 123 },
            output_tokens: 123,
            output_tokens_details: { reasoning_tokens: 123 },
            total_tokens: 123,
          },
          output: [{ id: '<string>', type: '<string>' }],
        },
        compacted,
      ),
    ).toEqual([])
    const output = compacted.output as Record<string, unknown>[]
    expect(output.map(({ type, role, status }) => [type, role, status])).toEqual([
      ['message', 'user', 'completed'],
      ['message', 'user', 'completed'],
      ['compaction', undefined, undefined],
    ])
    expect(typeof output.at(-1)?.['encrypted_content']).toBe('string')
    const next = await gateway.call('/v1/responses', {
      body: { model, input: [...output, { type: 'message', role: 'user', content: 'And now?' }] },
    })
    expect(next.status).toBe(200)
    expect(faults(await next.json())).toEqual([])
  })

  test(`${model}: compaction without a model is refused`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call('/v1/responses/compact', { body: { input: 'Hello!' } })
    expect(answer.status).toBe(400)
  })
}
