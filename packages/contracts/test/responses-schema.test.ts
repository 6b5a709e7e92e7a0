import { describe, expect, expectTypeOf, test } from 'vitest'
import { firstIssue, responsesRequestSchema, type responses } from '../src/index.js'
import type { itemFields } from '../src/inference/responses/items.js'
import { requestFields } from '../src/inference/responses/request.js'
import type { eventFields, responseFields } from '../src/inference/responses/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = responsesRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

const refused: [string, object, string][] = [
  ['an empty model', { model: '' }, 'model'],
  ['a temperature out of range', { model: 'm', temperature: 2.1 }, 'temperature'],
  ['a temperature of the wrong type', { model: 'm', temperature: '1' }, 'temperature'],
  ['top_p out of range', { model: 'm', top_p: -0.1 }, 'top_p'],
  ['too many logprobs', { model: 'm', top_logprobs: 21 }, 'top_logprobs'],
  ['no output tokens', { model: 'm', max_output_tokens: 0 }, 'max_output_tokens'],
  ['half a token', { model: 'm', max_output_tokens: 1.5 }, 'max_output_tokens'],
  ['no choices', { model: 'm', n: 0 }, 'n'],
  ['an unknown truncation', { model: 'm', truncation: 'some' }, 'truncation'],
  ['an unknown tool choice', { model: 'm', tool_choice: 'perhaps' }, 'tool_choice'],
  ['an input that is a number', { model: 'm', input: 7 }, 'input'],
  ['an item that is a string', { model: 'm', input: ['hello'] }, 'input[0]'],
  ['a message without a role', { model: 'm', input: [{ content: 'x' }] }, 'input[0].role'],
  ['a message with an unknown role', { model: 'm', input: [{ role: 'king', content: 'x' }] }, 'input[0].role'],
  ['a message whose content is a number', { model: 'm', input: [{ role: 'user', content: 7 }] }, 'input[0].content'],
  [
    'a text part without text',
    { model: 'm', input: [{ role: 'user', content: [{ type: 'input_text' }] }] },
    'input[0].content[0].text',
  ],
  ['a part without a type', { model: 'm', input: [{ role: 'user', content: [{ text: 'x' }] }] }, 'input[0].content[0].type'],
  ['a type that is no string', { model: 'm', input: [{ type: 1 }] }, 'input[0].type'],
  ['a call without arguments', { model: 'm', input: [{ type: 'function_call', call_id: 'c', name: 'f' }] }, 'input[0].arguments'],
  [
    'arguments that are an object',
    { model: 'm', input: [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }] },
    'input[0].arguments',
  ],
  ['an output without a call', { model: 'm', input: [{ type: 'function_call_output', output: 'x' }] }, 'input[0].call_id'],
  [
    'an output that is a number',
    { model: 'm', input: [{ type: 'function_call_output', call_id: 'c', output: 1 }] },
    'input[0].output',
  ],
  ['a function without a name', { model: 'm', tools: [{ type: 'function' }] }, 'tools[0].name'],
  [
    'a chat-shaped function without a name',
    { model: 'm', tools: [{ type: 'function', function: {} }] },
    'tools[0].function.name',
  ],
  ['a chat message without content', { model: 'm', messages: [{ role: 'user' }] }, 'messages[0].content'],
  ['metadata that is not text', { model: 'm', metadata: { a: 1 } }, 'metadata.a'],
  ['a metadata value of 513', { model: 'm', metadata: { a: 'x'.repeat(513) } }, 'metadata.a'],
  ['a metadata key of 65', { model: 'm', metadata: { ['k'.repeat(65)]: 'x' } }, 'metadata'],
  [
    '17 pairs of metadata',
    { model: 'm', metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'x'])) },
    'metadata',
  ],
  [
    'a schema that is a string',
    { model: 'm', text: { format: { type: 'json_schema', name: 'n', schema: '{}' } } },
    'text.format.schema',
  ],
]

test.each(refused)('refuses %s, and says where', (_, body, path) => {
  expect(issueOf(body)?.path).toBe(path)
})

test('says of an absent field that it is missing, and of a wrong one that it is not', () => {
  expect(issueOf({})).toMatchObject({ path: 'model', missing: true })
  expect(issueOf({ model: 4 })).toMatchObject({ path: 'model', missing: false })
})

test('never repeats a long value in its message', () => {
  expect(issueOf({ model: 'm', truncation: 's'.repeat(500) })?.message.length).toBeLessThan(100)
})

test('a body that is no object is refused as a whole', () => {
  expect(issueOf([])).toMatchObject({ path: '', missing: false })
  expect(issueOf(null)).toMatchObject({ path: '' })
})

test('lets what it does not know live on, in the very same order', () => {
  const body = {
    zebra: { of: ['the', 'future'] },
    model: 'm',
    input: [
      { novel: true, type: 'hologram_call', role: 9 },
      { content: [{ type: 'input_smell', smell: 'rain' }], role: 'user', aura: 'blue' },
    ],
    tools: [{ type: 'time_travel', year: 1985 }],
    tool_choice: { type: 'time_travel' },
  }
  expect(JSON.stringify(responsesRequestSchema.parse(body))).toBe(JSON.stringify(body))
})

test('takes null wherever the API does', () => {
  const nullable = Object.fromEntries(Object.keys(requestFields).map((field) => [field, null]))
  delete nullable['input']
  expect(issueOf({ ...nullable, model: 'm' })).toBeUndefined()
})

describe('the bodies that a widely used gateway documents pass', () => {
  test('the chat-shaped one', () => {
    const body = {
      model: 'openai-main/gpt-4o',
      messages: [{ role: 'system', content: 'Be brief.' }],
      tools: [{ type: 'function', function: { name: 'clock', description: 'Tells the time', parameters: {} } }],
      tool_choice: 'none',
      temperature: 0.7,
      top_p: 0.9,
      n: 1,
      stream: true,
      logprobs: 3,
      stop: 'END',
      max_tokens: 123,
      presence_penalty: 0.5,
      frequency_penalty: -0.5,
      logit_bias: { '50256': -100 },
      user: 'ada',
    }
    expect(issueOf(body)).toBeUndefined()
    expect(issueOf({ ...body, logprobs: true, tool_choice: { type: 'function', function: { name: 'clock' } } })).toBeUndefined()
  })

  test('the one of Responses itself', () => {
    const body = {
      model: 'openai-main/gpt-4o',
      input: 'Hello',
      background: false,
      include: ['reasoning.encrypted_content'],
      instructions: 'Be brief.',
      max_output_tokens: 123,
      metadata: {},
      parallel_tool_calls: true,
      previous_response_id: 'resp_1',
      reasoning: { effort: 'low' },
      service_tier: 'auto',
      store: true,
      stream: true,
      temperature: 1,
      text: { format: { type: 'text' } },
      tool_choice: 'none',
      tools: [],
      top_p: 1,
      truncation: 'auto',
      user: 'ada',
    }
    expect(issueOf(body)).toBeUndefined()
  })
})

test('the rules and the wire types name the same fields', () => {
  expectTypeOf<keyof typeof requestFields>().toEqualTypeOf<keyof responses.ResponsesRequest>()
  expectTypeOf<keyof typeof responseFields>().toEqualTypeOf<keyof responses.ResponseObject>()

  type Named<T> = T extends `${string}:${string}` ? never : T
  type EventType = Named<responses.ResponsesEvent['type']>
  expectTypeOf<keyof typeof eventFields>().toEqualTypeOf<EventType>()

  type Message = keyof responses.InputMessage
  expectTypeOf<'type' | keyof typeof itemFields.message>().toEqualTypeOf<Message>()
  expectTypeOf<'type' | keyof typeof itemFields.function_call>().toEqualTypeOf<keyof responses.FunctionCall>()
  expectTypeOf<'type' | keyof typeof itemFields.function_call_output>().toEqualTypeOf<keyof responses.FunctionCallOutput>()
  expectTypeOf<'type' | keyof typeof itemFields.custom_tool_call>().toEqualTypeOf<keyof responses.CustomToolCall>()
  expectTypeOf<'type' | keyof typeof itemFields.custom_tool_call_output>().toEqualTypeOf<keyof responses.CustomToolCallOutput>()
  expectTypeOf<'type' | keyof typeof itemFields.reasoning>().toEqualTypeOf<keyof responses.ReasoningItem>()
  expectTypeOf<'type' | keyof typeof itemFields.item_reference>().toEqualTypeOf<keyof responses.ItemReference>()
})

test('the rules take whatever the wire types allow', () => {
  expectTypeOf<responses.ResponsesRequest>().toExtend<Known<typeof requestFields>>()
  expectTypeOf<responses.ResponseObject>().toExtend<Known<typeof responseFields>>()
  expectTypeOf<responses.InputMessage>().toExtend<Known<typeof itemFields.message>>()
  expectTypeOf<responses.FunctionCall>().toExtend<Known<typeof itemFields.function_call>>()
  expectTypeOf<responses.FunctionCallOutput>().toExtend<Known<typeof itemFields.function_call_output>>()
  expectTypeOf<responses.CustomToolCall>().toExtend<Known<typeof itemFields.custom_tool_call>>()
  expectTypeOf<responses.CustomToolCallOutput>().toExtend<Known<typeof itemFields.custom_tool_call_output>>()
  expectTypeOf<responses.ReasoningItem>().toExtend<Known<typeof itemFields.reasoning>>()
})

test('compares the labels of servers, whatever they are, by their text alone', () => {
  const label = { toString: 'x' }
  const body = { model: 'm', input: 'x', tools: [{ type: 'mcp', server_label: 'docs' }] }
  const chosen = (server_label: unknown) =>
    responsesRequestSchema.safeParse({ ...body, tool_choice: { type: 'mcp', server_label } })
  expect(chosen('docs').success).toBe(true)
  expect(chosen(label).success).toBe(false)
})
