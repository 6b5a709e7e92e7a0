import { GatewayError } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { MalformedAnswer } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import { chatCompletions } from './chat-completions.js'

const answer = (message: object, more: object = {}): unknown => ({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: null }],
  ...more,
})

describe('what is no chat completion', () => {
  it.each(['<html>Bad gateway</html>', null, 7, [], {}, { id: 'x', choices: 'none' }, { choices: ['a'] }, { choices: [] }])(
    'is malformed: %j',
    (wire) => {
      expect(() => chatCompletions.response.decode(wire)).toThrow(MalformedAnswer)
    },
  )

  it('has failed where it is an error with status 200', () => {
    const wire = { error: { message: 'No capacity', code: 503 } }
    expect(chatCompletions.response.decode(wire).outcome).toEqual({
      status: 'failed',
      failure: { kind: 'overloaded', message: 'No capacity', code: '503' },
    })
  })
})

describe('an answer', () => {
  it('has failed where its finish reason says so', () => {
    const wire = answer({ content: 'x' })
    Object.assign((wire as { choices: object[] }).choices[0] ?? {}, { finish_reason: 'error' })
    expect(chatCompletions.response.decode(wire).outcome).toMatchObject({ status: 'failed', failure: { kind: 'failed' } })
  })

  it.each([
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'thinking', thinking: 'Hm.' },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.', signature: 's' }] },
  ])('may have its reasoning among the parts of its content: %j', (thought) => {
    const wire = answer({ content: [thought, { type: 'text', text: 'Odd.' }] })
    expect(chatCompletions.response.decode(wire).items).toMatchObject([
      { type: 'reasoning', content: ['Hm.'] },
      { type: 'message', content: [{ type: 'text', text: 'Odd.' }] },
    ])
  })

  it('is complete where its finish reason is null', () => {
    expect(chatCompletions.response.decode(answer({ content: 'x' })).outcome).toEqual({ status: 'completed' })
  })

  it('gets an id for a call that has none', () => {
    const { items } = chatCompletions.response.decode(answer({ tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] }))
    expect(items).toMatchObject([{ name: 'f', arguments: '{"a":1}', callId: expect.stringMatching(/^call_/) }])
  })

  it.each([
    [{ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 12 } }, [0, 10, 5, 0]],
    [{ prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 9 } }, [10, 0, 0, 5]],
    [
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 24, completion_tokens_details: { reasoning_tokens: 9 } },
      [10, 0, 5, 9],
    ],
    [{ prompt_tokens: null, completion_tokens: -4, total_tokens: 3, prompt_tokens_details: null }, [0, 0, 3, 0]],
  ])('is counted in buckets that are never negative: %j', (usage, [input, cacheRead, output, reasoning]) => {
    expect(chatCompletions.response.decode(answer({}, { usage })).usage).toEqual({
      input,
      cacheRead,
      cacheWrite: 0,
      output,
      reasoning,
    })
  })
})

describe('an error of a server', () => {
  it.each([
    [400, { error: { message: 'bad', code: null, param: 'seed' } }, { kind: 'rejected', message: 'bad', param: 'seed' }],
    [400, { error: { message: 'long', code: 'context_length_exceeded' } }, { kind: 'context-length' }],
    [400, { object: 'error', message: "This model's maximum context length is 8 tokens." }, { kind: 'context-length' }],
    [401, { error: 'no key' }, { kind: 'unauthorized', message: 'no key' }],
    [403, null, { kind: 'unauthorized' }],
    [404, { detail: 'Not Found' }, { kind: 'not-found', message: 'Not Found' }],
    [408, '', { kind: 'timeout' }],
    [422, { detail: [{ loc: ['body', 'n'], msg: 'too many' }] }, { kind: 'rejected', message: 'too many' }],
    [429, { error: { message: 'slow', type: 'requests' } }, { kind: 'rate-limited' }],
    [400, [{ error: { code: 400, message: 'in a list' } }], { kind: 'rejected', message: 'in a list' }],
    [500, '<html>x</html>', { kind: 'failed', message: expect.not.stringContaining('<') }],
    [503, 'busy', { kind: 'overloaded', message: 'busy' }],
    [504, undefined, { kind: 'timeout' }],
    [529, {}, { kind: 'overloaded' }],
  ])('%i %j is understood', (status, body, failure) => {
    expect(chatCompletions.error.decode(status, body)).toMatchObject({ status, ...failure })
  })

  it('is not repeated at length', () => {
    expect(chatCompletions.error.decode(500, 'x'.repeat(5000)).message.length).toBeLessThanOrEqual(500)
  })
})

it('tells a caller of an error with all four keys', () => {
  expect(chatCompletions.error.encode(new GatewayError('not_found', { detail: 'secret' }))).toEqual({
    status: 404,
    body: { error: { message: 'There is nothing here.', type: 'invalid_request_error', param: null, code: 'not_found' } },
  })
})

it('gives a call another id where its own is too long to be sent back, streamed or not', () => {
  const id = `call_${'t'.repeat(60)}`
  const call = { index: 0, id, type: 'function', function: { name: 'f', arguments: '{}' } }
  const [whole] = chatCompletions.response.decode(answer({ tool_calls: [call] })).items
  expect(whole).toMatchObject({ type: 'tool-call', callId: expect.stringMatching(/^call_\w{1,59}$/) })

  const chunk = { id: 'x', choices: [{ index: 0, delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }] }
  const ids: unknown[] = []
  const reader = chatCompletions.stream.decode()
  for (const data of [JSON.stringify(chunk), '[DONE]'])
    reader.push({ data }, (event) => {
      if (event.type === 'item-start' && event.start.type === 'tool-call') ids.push(event.start.callId)
      if (event.type === 'item-end' && event.end.type === 'tool-call') ids.push(event.end.callId)
    })
  expect(ids).toEqual([expect.stringMatching(/^call_\w{1,59}$/), ids[0]])
})

it('takes no number of a choice for a place that can be none', () => {
  const choice = (index: number): object => ({ index, message: { content: `at ${index}` }, finish_reason: 'stop' })
  const { items, outcome } = chatCompletions.response.decode({ choices: [choice(2 ** 31), choice(1.5), choice(-1)] })
  expect(items.map((item) => item.choice ?? 0)).toEqual([0, 1, 2])
  expect(outcome).toMatchObject({ choices: [{ status: 'completed' }, { status: 'completed' }, { status: 'completed' }] })
})

it('takes of log probabilities what are objects', () => {
  const sure = { token: 'Hi', logprob: -0.1, bytes: null, top_logprobs: [] }
  const wire = { choices: [{ message: { content: 'Hi' }, logprobs: { content: [null, sure, 7] }, finish_reason: 'stop' }] }
  expect(chatCompletions.response.decode(wire).items).toMatchObject([{ content: [{ text: 'Hi', logprobs: [sure] }] }])
})

it.each([{ toString: 'x' }, null, 7])('says of an annotation of the type %j that its type is unknown', (type) => {
  const annotation = { type, url: 'https://tides.example' } as never
  const items: Item[] = [
    { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi', annotations: [annotation] }] },
  ]
  const asked = { model: 'm', items: [], sampling: {}, stream: false, state: {} }
  const answering = { asked, id: 'x', createdAt: 1, model: 'm', provider: 'p', stored: false }
  const { choices } = chatCompletions.response.encode({ items, outcome: { status: 'completed' } }, answering)
  expect(choices[0]?.message).toMatchObject({ annotations: [{ type: 'unknown', unknown: { url: 'https://tides.example' } }] })
})
