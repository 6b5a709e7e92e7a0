import { expect, expectTypeOf, test } from 'vitest'
import { firstIssue, messagesEventSchema, messagesRequestSchema, messagesResponseSchema, type messages } from '../src/index.js'
import {
  blockFields,
  eventFields,
  messagesComponents,
  requestFields,
  type responseFields,
  type usageFields,
} from '../src/inference/messages/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = messagesRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

const user = { role: 'user', content: 'x' }
const asking = { model: 'm', max_tokens: 8, messages: [user] }

const refused: [string, object, string][] = [
  ['a body without messages', { model: 'm', max_tokens: 8 }, 'messages'],
  ['a body without max_tokens', { model: 'm', messages: [user] }, 'max_tokens'],
  ['a message without a role', { ...asking, messages: [{ content: 'x' }] }, 'messages[0].role'],
  ['a role of another dialect', { ...asking, messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
  ['a message without content', { ...asking, messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
  [
    'a block without a type',
    { ...asking, messages: [{ role: 'user', content: [{ text: 'x' }] }] },
    'messages[0].content[0].type',
  ],
  [
    'an image without data',
    {
      ...asking,
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }] }],
    },
    'messages[0].content[0].source.data',
  ],
  [
    'a call whose input is text',
    { ...asking, messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: '{}' }] }] },
    'messages[0].content[0].input',
  ],
  [
    'a result without its call',
    { ...asking, messages: [{ role: 'user', content: [{ type: 'tool_result', content: 'x' }] }] },
    'messages[0].content[0].tool_use_id',
  ],
  ['a system prompt that is a number', { ...asking, system: 4 }, 'system'],
  ['a system block without text', { ...asking, system: [{ type: 'text' }] }, 'system[0].text'],
  ['a temperature above one', { ...asking, temperature: 1.5 }, 'temperature'],
  ['stop sequences that are text', { ...asking, stop_sequences: 'x' }, 'stop_sequences'],
  ['a tool without a schema', { ...asking, tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
  ['a choice of no tool', { ...asking, tool_choice: { type: 'tool' } }, 'tool_choice.name'],
  ['thinking without a budget', { ...asking, thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
]

test.each(refused)('refuses %s, and says where', (_, body, path) => {
  expect(issueOf(body)?.path).toBe(path)
})

test('lets what it does not know live on', () => {
  const body = {
    ...asking,
    messages: [
      { role: 'user', content: [{ type: 'hologram', depth: 3 }], mood: 'fine' },
      { role: 'system', content: 'From here on in verse.' },
    ],
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
    speed: 'fast',
  }
  expect(messagesRequestSchema.parse(body)).toBe(body)
})

test('takes null wherever it may be absent', () => {
  const nulls = Object.fromEntries(Object.keys(requestFields).map((field) => [field, null]))
  expect(issueOf({ ...nulls, ...asking })).toBeUndefined()
})

test('takes an answer and the events of its stream', () => {
  const answer = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'text', text: 'Hi' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }
  expect(messagesResponseSchema.safeParse(answer).success).toBe(true)
  expect(messagesResponseSchema.safeParse({ ...answer, content: 'Hi' }).success).toBe(false)
  expect(messagesEventSchema.safeParse({ type: 'message_start', message: answer }).success).toBe(true)
  expect(messagesEventSchema.safeParse({ type: 'content_block_stop' }).success).toBe(false)
})

test('every reference of its schemas leads to one of them', () => {
  const references = [...JSON.stringify(messagesComponents).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, id]) => id)
  expect(references.filter((id) => id === undefined || !(id in messagesComponents))).toEqual([])
})

type Typed<T, K> = Extract<T, { type: K }>

test('the rules and the wire types name the same fields', () => {
  expectTypeOf<keyof typeof requestFields>().toEqualTypeOf<keyof messages.MessagesRequest>()
  expectTypeOf<keyof typeof responseFields>().toEqualTypeOf<keyof messages.MessagesResponse>()
  expectTypeOf<keyof typeof usageFields>().toEqualTypeOf<keyof messages.MessagesUsage>()
  expectTypeOf<keyof typeof eventFields>().toEqualTypeOf<messages.MessagesEvent['type']>()
  expectTypeOf<'type' | keyof typeof blockFields.tool_result>().toEqualTypeOf<keyof messages.ToolResultBlock>()
  expectTypeOf<'type' | keyof typeof blockFields.document>().toEqualTypeOf<keyof messages.DocumentBlock>()
  expectTypeOf<'type' | keyof typeof blockFields.tool_use>().toEqualTypeOf<keyof Typed<messages.Block, 'tool_use'>>()
  expect(Object.keys(blockFields)).toEqual(
    expect.arrayContaining(['text', 'image', 'document', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result']),
  )
  expect(Object.keys(eventFields)).toContain('message_stop')
})

test('the rules take whatever the wire types allow', () => {
  expectTypeOf<messages.MessagesRequest>().toExtend<
    Pick<Known<typeof requestFields>, 'model' | 'max_tokens' | 'stop_sequences'>
  >()
  expectTypeOf<messages.MessagesResponse>().toExtend<Pick<Known<typeof responseFields>, 'id' | 'stop_reason' | 'provider'>>()
})
