import { expect, expectTypeOf, test } from 'vitest'
import { chatCompletionsRequestSchema, firstIssue, type chat } from '../src/index.js'
import {
  requestFields,
  type chunkFields,
  type completionFields,
  type messageFields,
} from '../src/inference/chat-completions/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = chatCompletionsRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

const user = { role: 'user', content: 'x' }

const refused: [string, object, string][] = [
  ['a body without messages', { model: 'm' }, 'messages'],
  ['messages that are a string', { model: 'm', messages: 'x' }, 'messages'],
  ['a message without a role', { model: 'm', messages: [{ content: 'x' }] }, 'messages[0].role'],
  ['a user without content', { model: 'm', messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
  ['a tool result without its call', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  [
    'an image without a URL',
    { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    'messages[0].content[0].image_url.url',
  ],
  [
    'a call whose arguments are an object',
    {
      model: 'm',
      messages: [{ role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: {} } }] }],
    },
    'messages[0].tool_calls[0].function.arguments',
  ],
  ['no completion tokens', { model: 'm', messages: [user], max_completion_tokens: 0 }, 'max_completion_tokens'],
  ['a stop that is a number', { model: 'm', messages: [user], stop: 4 }, 'stop'],
  [
    'a function without a name',
    { model: 'm', messages: [user], tools: [{ type: 'function', function: {} }] },
    'tools[0].function.name',
  ],
  [
    'include_usage that is text',
    { model: 'm', messages: [user], stream_options: { include_usage: 'yes' } },
    'stream_options.include_usage',
  ],
]

test.each(refused)('refuses %s, and says where', (_, body, path) => {
  expect(issueOf(body)?.path).toBe(path)
})

test('lets what it does not know live on', () => {
  const body = {
    model: 'm',
    messages: [
      { role: 'oracle', vision: 1 },
      { ...user, mood: 'fine' },
    ],
    tools: [{ type: 'x', y: 1 }],
    top_k: 40,
  }
  expect(chatCompletionsRequestSchema.parse(body)).toBe(body)
})

test('takes null wherever the API does', () => {
  const nullable = Object.fromEntries(Object.keys(requestFields).map((field) => [field, null]))
  expect(issueOf({ ...nullable, model: 'm', messages: [{ role: 'assistant', content: null, tool_calls: null }] })).toBeUndefined()
})

test('the rules and the wire types name the same fields', () => {
  expectTypeOf<keyof typeof requestFields>().toEqualTypeOf<keyof chat.ChatCompletionsRequest>()
  expectTypeOf<keyof typeof completionFields>().toEqualTypeOf<keyof chat.ChatCompletion>()
  expectTypeOf<keyof typeof chunkFields>().toEqualTypeOf<keyof chat.ChatCompletionChunk>()
  expectTypeOf<keyof typeof messageFields>().toEqualTypeOf<chat.ChatMessage['role']>()
  expectTypeOf<'role' | keyof typeof messageFields.assistant>().toEqualTypeOf<keyof chat.AssistantMessage>()
})

test('the rules take whatever the wire types allow', () => {
  expectTypeOf<chat.ChatCompletionsRequest>().toExtend<Known<typeof requestFields>>()
  expectTypeOf<chat.AssistantMessage>().toExtend<Known<typeof messageFields.assistant>>()
})
