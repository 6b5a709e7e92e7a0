import { messagesEventSchema } from '@weir/contracts'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answering, SseFrame } from '../../dialect.js'
import { decodeSse } from '../../framing/sse.js'
import { chain, readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import type { Item } from '../canonical/item.js'
import { messages } from './messages.js'

const folder = new URL('fixtures/', import.meta.url)
const events = (file: string): Event[] =>
  readAll(chain(decodeSse(), messages.stream.decode()), [readFileSync(new URL(file, folder))])

const frame = (wire: object): SseFrame => ({ event: String(wire['type' as never]), data: JSON.stringify(wire) })
const start = frame({
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
})
const begin = (index: number, block: object): SseFrame => frame({ type: 'content_block_start', index, content_block: block })
const delta = (index: number, wire: object): SseFrame => frame({ type: 'content_block_delta', index, delta: wire })
const stop = (index: number): SseFrame => frame({ type: 'content_block_stop', index })
const ending = (reason: string): SseFrame[] => [
  frame({ type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 9 } }),
  frame({ type: 'message_stop' }),
]
const read = (...frames: SseFrame[]): Event[] => readAll(messages.stream.decode(), frames)

const answering: Answering = {
  asked: { model: 'm', items: [], sampling: {}, stream: true, state: {} },
  id: 'msg_own',
  createdAt: 7,
  model: 'own',
  provider: 'account',
  stored: false,
}
const write = (given: readonly Event[]): SseFrame[] => readAll(messages.stream.encode(answering), given)
const wires = (frames: readonly SseFrame[]) => frames.map(({ data }) => JSON.parse(data) as Record<string, never>)

describe('a stream read', () => {
  it('passes each delta on as it comes', () => {
    const reader = messages.stream.decode()
    const seen: Event[] = []
    const emit = (event: Event): void => void seen.push(event)
    reader.push(start, emit)
    reader.push(begin(0, { type: 'text', text: '' }), emit)
    reader.push(delta(0, { type: 'text_delta', text: 'a' }), emit)
    expect(seen.map(({ type }) => type)).toEqual(['turn-start', 'item-start', 'text-delta'])
  })

  it('keeps the text of an input as it was written', () => {
    expect(fold(events('arguments-with-spaces.stream.txt')).items).toMatchObject([
      { type: 'tool-call', arguments: '{"port": "Husum", "days": [1, 2]}' },
    ])
  })

  it('begins and ends each item once, in order', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.stream.txt'))) {
      const open = new Set<number>()
      let began = 0
      for (const event of events(file)) {
        if (event.type === 'item-start') {
          expect(event.item).toBe(began++)
          open.add(event.item)
        } else if (event.type === 'item-end') expect(open.delete(event.item)).toBe(true)
        else if ('item' in event) expect(open.has(event.item)).toBe(true)
      }
      expect(open.size).toBe(0)
      expect(events(file).at(-1)?.type).toBe('turn-end')
    }
  })

  it('is whole where it has said why it stops, though message_stop is missing', () => {
    const [reason] = ending('max_tokens')
    const whole = fold(read(start, begin(0, { type: 'text', text: 'a' }), ...(reason ? [reason] : [])))
    expect(whole).toMatchObject({
      outcome: { status: 'incomplete', reason: 'max_output_tokens' },
      items: [{ status: 'incomplete', content: [{ text: 'a' }] }],
      usage: { input: 3, output: 9 },
    })
  })

  it('understands a server that begins no block', () => {
    const { items } = fold(read(start, delta(0, { type: 'text_delta', text: 'a' }), ...ending('end_turn')))
    expect(items).toMatchObject([{ content: [{ text: 'a' }] }])
  })

  it('understands a server that ends no block, and one whose blocks overlap', () => {
    const two = [
      begin(0, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      begin(1, { type: 'tool_use', id: 'b', name: 'g', input: {} }),
    ]
    const piece = (index: number, text: string): SseFrame => delta(index, { type: 'input_json_delta', partial_json: text })
    const pieces = [piece(1, '{"b":'), piece(0, '{"a":1}'), piece(1, '2}')]
    for (const stops of [[], [stop(0), stop(1)], [stop(1), stop(0)]]) {
      const all = read(start, begin(7, { type: 'text', text: 'x' }), ...two, ...pieces, ...stops, ...ending('tool_use'))
      expect(fold(all).items).toMatchObject([
        { status: 'completed', content: [{ text: 'x' }] },
        { callId: 'a', arguments: '{"a":1}' },
        { callId: 'b', arguments: '{"b":2}' },
      ])
      expect(all.filter(({ type }) => type === 'item-end')).toHaveLength(3)
    }
  })

  it('passes on what is newer than the code', () => {
    const all = read(
      start,
      begin(0, { type: 'text', text: '' }),
      delta(0, { type: 'tune_delta', note: 'c' }),
      stop(0),
      ...ending('x'),
    )
    expect(all).toContainEqual({
      type: 'foreign',
      dialect: 'messages',
      wire: { type: 'content_block_delta', index: 0, delta: { type: 'tune_delta', note: 'c' } },
    })
  })
})

describe('a stream that breaks', () => {
  it.each([
    ['overloaded-at-once', 'overloaded', 'Overloaded'],
    ['overloaded-before-the-first-token', 'overloaded', 'Overloaded'],
    ['overloaded-in-text', 'overloaded', 'Overloaded'],
    ['broken-off-by-the-server', 'failed', 'Internal server error'],
    ['cut-in-text', 'cut', expect.any(String)],
    ['cut-in-a-frame', 'cut', expect.any(String)],
    ['cut-in-arguments', 'cut', expect.any(String)],
    ['broken-event', 'malformed', expect.any(String)],
    ['page-of-html', 'cut', expect.any(String)],
  ] as const)('%s ends with the error %s, once, and with nothing after it', (name, kind, message) => {
    const all = events(`${name}.fault.txt`)
    expect(all.at(-1)).toMatchObject({ type: 'error', failure: { kind, message } })
    expect(all.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
  })

  it('gives no content before an error that comes before the first token', () => {
    expect(events('overloaded-before-the-first-token.fault.txt').map(({ type }) => type)).toEqual([
      'turn-start',
      'usage',
      'error',
    ])
  })

  it('is written with an error and without an end', () => {
    const frames = write(events('overloaded-in-text.fault.txt'))
    expect(frames.at(-1)).toEqual({
      event: 'error',
      data: '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
    })
    expect(frames.map(({ event }) => event)).not.toContain('message_stop')
  })

  it('is told to a caller though the events just stop', () => {
    expect(write([{ type: 'turn-start' }]).map(({ event }) => event)).toEqual(['message_start', 'error'])
  })
})

describe('a stream written', () => {
  it('has the order of the API', () => {
    expect(
      write(events('thinking-then-text.stream.txt')).map(({ event, data }) =>
        event === 'content_block_delta' ? JSON.parse(data).delta.type : event,
      ),
    ).toEqual([
      'message_start',
      'content_block_start',
      ...Array.from({ length: 11 }, () => 'thinking_delta'),
      'signature_delta',
      'content_block_stop',
      'content_block_start',
      'text_delta',
      'text_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  it('is what the schema of its events takes, for every fixture', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.stream.txt')))
      for (const wire of wires(write(events(file)))) expect(messagesEventSchema.safeParse(wire).success, file).toBe(true)
  })

  it('numbers its blocks from 0, one after the other, and ends each before the next begins', () => {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.stream.txt'))) {
      let next = 0
      let open: number | undefined
      for (const wire of wires(write(events(file)))) {
        const { type, index } = wire as { type?: string; index?: number }
        if (type === 'content_block_start') {
          expect([index, open]).toEqual([next++, undefined])
          open = index
        } else if (type?.startsWith('content_block')) expect(index).toBe(open)
        if (type === 'content_block_stop') open = undefined
      }
      expect(open).toBeUndefined()
    }
  })

  const call = (callId: string, text: string, more: object = {}): Item => ({
    type: 'tool-call',
    kind: 'function',
    name: 'f',
    callId,
    arguments: text,
    ...more,
  })
  const interleaved: Event[] = [
    { type: 'turn-start' },
    { type: 'item-start', item: 0, start: call('a', '') },
    { type: 'item-start', item: 1, start: call('b', '') },
    { type: 'arguments-delta', item: 1, text: '{"b":' },
    { type: 'arguments-delta', item: 0, text: '{"a":' },
    { type: 'arguments-delta', item: 1, text: '2}' },
    { type: 'item-end', item: 1, end: call('b', '{"b":2}') },
    { type: 'arguments-delta', item: 0, text: '1}' },
    { type: 'item-end', item: 0, end: call('a', '{"a":1}') },
    { type: 'turn-end', outcome: { status: 'completed' } },
  ]

  it('brings items that interleave one after the other, the first of them at once', () => {
    const frames = wires(write(interleaved))
    const pieces = frames.flatMap(({ index, delta }) => (delta?.['partial_json'] ? [[index, delta['partial_json']]] : []))
    expect(pieces).toEqual([
      [0, '{"a":'],
      [0, '1}'],
      [1, '{"b":'],
      [1, '2}'],
    ])
    expect(frames.at(-2)).toMatchObject({ type: 'message_delta', delta: { stop_reason: 'tool_use' } })
    expect(fold(readAll(messages.stream.decode(), write(interleaved))).items).toMatchObject([{ callId: 'a' }, { callId: 'b' }])
  })

  it('ends blocks whose items never ended', () => {
    const frames = write(interleaved.filter(({ type }) => type !== 'item-end'))
    expect(frames.filter(({ event }) => event === 'content_block_stop')).toHaveLength(2)
    expect(frames.at(-1)?.event).toBe('message_stop')
  })

  it.each([
    ['[1]', '{"input":"[1]"}', {}],
    ['no JSON', '{"input":"no JSON"}', {}],
    ['*** patch', '{"input":"*** patch"}', { kind: 'custom' }],
    ['  {"a": 1}', '  {"a": 1}', {}],
    ['', '', {}],
  ])('makes an input of the arguments %j', (given, input, more) => {
    const start = call('a', '', more)
    const frames = wires(
      write([
        { type: 'turn-start' },
        { type: 'item-start', item: 0, start },
        ...given.split(/(?<=^.)/).map((text): Event => ({ type: 'arguments-delta', item: 0, text })),
        { type: 'item-end', item: 0, end: { ...start, arguments: given } as Item },
        { type: 'turn-end', outcome: { status: 'completed' } },
      ]),
    )
    expect(frames.map(({ delta }) => delta?.['partial_json'] ?? '').join('')).toBe(input)
  })

  it('tells what it took in the last event but one', () => {
    expect(wires(write(events('cached-prompt.stream.txt'))).at(-2)).toMatchObject({
      type: 'message_delta',
      usage: {
        input_tokens: 21,
        output_tokens: 393,
        cache_read_input_tokens: 188_086,
        cache_creation_input_tokens: 3556,
        cache_creation: { ephemeral_5m_input_tokens: 456, ephemeral_1h_input_tokens: 3100 },
      },
    })
  })
})

describe('text blocks', () => {
  it('stay in one open message while one of them goes on beside another kind of block', () => {
    const events = read(
      start,
      begin(0, { type: 'text', text: '' }),
      begin(1, { type: 'hologram', depth: 3 }),
      begin(2, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'a' }),
      stop(0),
      stop(1),
      delta(2, { type: 'text_delta', text: 'b' }),
      stop(2),
      ...ending('end_turn'),
    )
    const ends = events.findIndex((event) => event.type === 'item-end' && event.end.type === 'message')
    expect(events.findLastIndex(({ type }) => type === 'text-delta')).toBeLessThan(ends)
    expect(fold(events).items).toMatchObject([{ content: [{ text: 'a' }, { text: 'b' }] }, { type: 'foreign' }])
  })

  it('are numbered without those in which nothing is said', () => {
    const events = read(
      start,
      begin(0, { type: 'text', text: '' }),
      stop(0),
      begin(1, { type: 'text', text: '' }),
      delta(1, { type: 'text_delta', text: 'b' }),
      stop(1),
      ...ending('end_turn'),
    )
    expect(events.filter(({ type }) => type === 'text-delta')).toMatchObject([{ part: 0, text: 'b' }])
    expect(fold(events).items).toMatchObject([{ content: [{ text: 'b' }] }])
  })
})
