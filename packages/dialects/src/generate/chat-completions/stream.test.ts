import { describe, expect, it } from 'vitest'
import type { Answering, SseFrame } from '../../dialect.js'
import { readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import { chatCompletions } from './chat-completions.js'

const chunk = (delta: object | null, finish: string | null = null, more: object = {}): SseFrame => ({
  data: JSON.stringify({ id: 'x', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }], ...more }),
})
const call = (index: number | undefined, name: string | undefined, text: string | undefined, id?: string) => ({
  tool_calls: [{ index, id, function: { name, arguments: text } }],
})
const end: SseFrame = { data: '[DONE]' }
const read = (...frames: SseFrame[]): Event[] => readAll(chatCompletions.stream.decode(), frames)

const answering = (includeUsage: boolean): Answering => ({
  asked: {
    model: 'm',
    items: [],
    sampling: {},
    stream: true,
    state: {},
    ...(includeUsage && { streamOptions: { includeUsage } }),
  },
  id: 'chatcmpl-own',
  createdAt: 7,
  model: 'own',
  provider: 'account',
  stored: false,
})
const write = (events: Event[], includeUsage = false) =>
  readAll(chatCompletions.stream.encode(answering(includeUsage)), events).map(({ data }) =>
    data === '[DONE]' ? data : JSON.parse(data),
  )

describe('a stream read', () => {
  it('passes each delta on as it comes', () => {
    const reader = chatCompletions.stream.decode()
    const events: Event[] = []
    const emit = (event: Event): void => void events.push(event)
    reader.push(chunk({ role: 'assistant' }), emit)
    reader.push(chunk({ content: 'a' }), emit)
    expect(events.map((event) => event.type)).toEqual(['turn-start', 'item-start', 'text-delta'])
  })

  it('brings usage before the end, wherever the server put it, the last one told', () => {
    const told = { prompt_tokens: 1, completion_tokens: 1 }
    const events = read(
      chunk({ content: 'a' }, null, { usage: told }),
      chunk({}, 'stop', { usage: { ...told, completion_tokens: 2 } }),
      end,
    )
    expect(events.slice(-2)).toMatchObject([{ type: 'usage', usage: { output: 2 } }, { type: 'turn-end' }])
  })

  it('ends reasoning before text begins', () => {
    const events = read(chunk({ reasoning: 'hm' }), chunk({ content: 'a' }), chunk(null, 'stop'))
    expect(events.map((event) => event.type).slice(1, 5)).toEqual(['item-start', 'reasoning-delta', 'item-end', 'item-start'])
  })

  it('takes text between calls for a message of its own', () => {
    const { items } = fold(
      read(chunk({ content: 'a' }), chunk(call(0, 'f', '{', 'c1')), chunk({ content: 'b' }), chunk(call(0, undefined, '}')), end),
    )
    expect(items).toMatchObject([{ content: [{ text: 'a' }] }, { callId: 'c1', arguments: '{}' }, { content: [{ text: 'b' }] }])
  })

  it.each([
    ['repeats id and name', [call(0, 'f', '{', 'c1'), call(0, 'f', '}', 'c1')], ['c1 f {}']],
    ['numbers every call 0', [call(0, 'f', '{}', 'c1'), call(0, 'g', '[]', 'c2')], ['c1 f {}', 'c2 g []']],
    [
      'numbers no call',
      [call(undefined, 'f', '{}', 'c1'), call(undefined, 'g', '[', 'c2'), call(undefined, undefined, ']')],
      ['c1 f {}', 'c2 g []'],
    ],
    ['names a call late', [call(0, undefined, '{', 'c1'), call(0, 'f', '}')], ['c1 f {}']],
    ['gives no arguments', [call(0, 'f', undefined, 'c1')], ['c1 f ']],
  ])('understands a server that %s', (_, deltas, calls) => {
    const { items } = fold(read(...deltas.map((delta) => chunk(delta)), chunk({}, 'tool_calls')))
    expect(items.map((item) => item.type === 'tool-call' && `${item.callId} ${item.name} ${item.arguments}`)).toEqual(calls)
  })

  it('gives a call without an id one', () => {
    expect(fold(read(chunk(call(0, 'f', '{}')), end)).items).toMatchObject([
      { callId: expect.stringMatching(/^call_[0-9a-f]{32}$/) },
    ])
  })

  it('marks the item on which the answer was cut off', () => {
    const { items, outcome } = fold(read(chunk({ content: 'a' }), chunk(call(0, 'f', '{"a', 'c1')), chunk({}, 'length'), end))
    expect(outcome).toEqual({ status: 'incomplete', reason: 'max_output_tokens' })
    expect(items.map((item) => item.status)).toEqual(['completed', 'incomplete'])
  })

  it('is cut where one of two choices has not ended', () => {
    const second = { data: JSON.stringify({ id: 'x', choices: [{ index: 1, delta: { content: 'b' } }] }) }
    expect(read(chunk({ content: 'a' }, 'stop'), second).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'cut' } })
  })

  it('is no answer without a choice', () => {
    const usage: SseFrame = { data: '{"id":"x","choices":[],"usage":{"prompt_tokens":1}}' }
    expect(read(usage, end).map((event) => event.type)).toEqual(['turn-start', 'usage', 'error'])
    expect(read(end).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'malformed' } })
  })

  it('has failed where its finish reason says so', () => {
    expect(read(chunk({ content: 'a' }, 'error'), end).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'failed' } })
  })

  it('takes an empty finish reason for none', () => {
    expect(read(chunk({ content: 'a' }, '')).at(-1)).toMatchObject({ failure: { kind: 'cut' } })
  })

  it('ignores what comes after its end', () => {
    expect(read(chunk({ content: 'a' }, 'stop'), end, chunk({ content: 'b' }), end).at(-1)?.type).toBe('turn-end')
  })
})

describe('a stream written', () => {
  const said = read(chunk({ content: 'a' }), chunk({}, 'stop', { usage: { prompt_tokens: 1, completion_tokens: 1 } }), end)

  it('begins with the role and ends with the reason and [DONE]', () => {
    const head = { id: 'chatcmpl-own', object: 'chat.completion.chunk', created: 7, model: 'own', provider: 'account' }
    const choice = (delta: object, finish: string | null) => ({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    })
    expect(write(said)).toEqual([
      choice({ role: 'assistant', content: '' }, null),
      choice({ content: 'a' }, null),
      choice({}, 'stop'),
      '[DONE]',
    ])
  })

  it('tells usage in a chunk of its own, only where asked', () => {
    expect(write(said, true).at(-2)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    })
    expect(write(said).some((each) => 'usage' in Object(each))).toBe(false)
  })

  it('says nothing of the ending before it', () => {
    expect(write(said.slice(0, -1)).at(-1)).toMatchObject({ choices: [{ finish_reason: null }] })
  })

  it('ends with the reason tool_calls where tools were called', () => {
    const frames = write(read(chunk(call(0, 'f', '{}', 'c1')), chunk({}, 'stop'), end))
    expect(frames.at(-2)).toMatchObject({ choices: [{ finish_reason: 'tool_calls' }] })
  })

  it('shows the summary or the reasoning, not both', () => {
    const delta = (kind: 'summary' | 'content', part: number, text: string): Event => ({
      type: 'reasoning-delta',
      item: 0,
      part,
      kind,
      text,
    })
    const start: Event[] = [{ type: 'turn-start' }, { type: 'item-start', item: 0, start: { type: 'reasoning', summary: [] } }]
    const frames = write([...start, delta('summary', 0, 'a'), delta('summary', 1, 'b'), delta('content', 0, 'raw')])
    expect(frames.slice(1).map((frame) => frame.choices[0].delta.reasoning_content)).toEqual(['a', '\n\nb'])
  })

  it('does not tell a caller what a provider says of the credentials', () => {
    const failure = { kind: 'unauthorized', message: 'Incorrect key sk-123' } as const
    expect(JSON.stringify(write([{ type: 'error', failure }]))).not.toContain('sk-123')
  })
})

it('takes no number of a choice for a place that can be none', () => {
  const far = { index: 2 ** 31, delta: { content: 'a' }, finish_reason: 'stop' }
  expect(fold(read({ data: JSON.stringify({ id: 'x', choices: [far] }) }, end))).toMatchObject({
    items: [{ type: 'message', content: [{ text: 'a' }] }],
    outcome: { status: 'completed' },
  })
})
