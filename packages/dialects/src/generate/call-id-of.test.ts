import { expect, it } from 'vitest'
import type { SseFrame } from '../dialect.js'
import { readAll } from '../reader.js'
import type { Event } from './canonical/event.js'
import { fold } from './canonical/fold.js'
import { chatCompletions } from './chat-completions/chat-completions.js'
import { converse } from './converse/converse.js'
import { generateContent } from './generate-content/generate-content.js'
import { messages } from './messages/messages.js'

const long = 'x'.repeat(65)
const most = 'x'.repeat(64)

const answers = (id: string) => [
  chatCompletions.response.decode({
    choices: [{ message: { tool_calls: [{ id, type: 'function', function: { name: 'f' } }] } }],
  }),
  messages.response.decode({ content: [{ type: 'tool_use', id, name: 'f', input: {} }], stop_reason: 'tool_use' }),
  generateContent.response.decode({ candidates: [{ content: { parts: [{ functionCall: { id, name: 'f' } }] } }] }),
  converse.response.decode({ output: { message: { content: [{ toolUse: { toolUseId: id, name: 'f', input: {} } }] } } }),
  fold(
    readAll<SseFrame, Event>(converse.stream.decode(), [
      {
        event: 'contentBlockStart',
        data: JSON.stringify({ contentBlockIndex: 0, start: { toolUse: { toolUseId: id, name: 'f' } } }),
      },
      { event: 'messageStop', data: '{"stopReason":"tool_use"}' },
    ]),
  ),
]

const idsOf = (id: string): string[] =>
  answers(id).flatMap(({ items }) => items.map((item) => (item.type === 'tool-call' ? item.callId : '')))

it('keeps an id of a call that a caller can send back', () => {
  expect(idsOf(most)).toEqual([most, most, most, most, most])
})

it.each(['', long])('gives another one to a call that has the id "%s"', (id) => {
  for (const given of idsOf(id)) {
    expect(given).not.toBe(id)
    expect(given).toMatch(/^\w{3,64}$/)
  }
})

it('leaves the ids of a request, by which its results name its calls', () => {
  const { items } = messages.request.decode({
    model: 'm',
    max_tokens: 9,
    messages: [
      { role: 'assistant', content: [{ type: 'tool_use', id: long, name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: long, content: 'ok' }] },
    ],
  })
  expect(items).toMatchObject([{ callId: long }, { callId: long }])
})
