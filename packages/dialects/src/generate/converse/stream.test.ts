import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answering, SseFrame } from '../../dialect.js'
import { decodeSse } from '../../framing/sse.js'
import { readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import type { Item } from '../canonical/item.js'
import { unfold } from '../canonical/unfold.js'
import { converse } from './converse.js'

const folder = new URL('fixtures/', import.meta.url)
const framesOf = (file: string): SseFrame[] => readAll(decodeSse(), [readFileSync(new URL(file, folder))])
const frame = (event: string, wire: object): SseFrame => ({ event, data: JSON.stringify(wire) })
const start = frame('messageStart', { role: 'assistant' })
const delta = (contentBlockIndex: number, delta: object): SseFrame => frame('contentBlockDelta', { contentBlockIndex, delta })
const begin = (contentBlockIndex: number, start: object): SseFrame => frame('contentBlockStart', { contentBlockIndex, start })
const stop = (contentBlockIndex: number): SseFrame => frame('contentBlockStop', { contentBlockIndex })
const end = (stopReason: string): SseFrame => frame('messageStop', { stopReason })
const cost = frame('metadata', { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 4 } })

const read = (...frames: SseFrame[]): Event[] => readAll(converse.stream.decode(), frames)
const types = (events: readonly Event[]): string[] => events.map(({ type }) => type)

const answering = (tools: Answering['asked']['tools'] = []): Answering => ({
  asked: { model: 'm', items: [], sampling: {}, stream: true, state: {}, tools },
  id: 'id',
  createdAt: 1,
  model: 'm',
  provider: 'p',
  stored: false,
})
const write = (events: readonly Event[], tools?: Answering['asked']['tools']): [string | undefined, unknown][] =>
  readAll(converse.stream.encode(answering(tools)), events).map(({ event, data }) => [event, JSON.parse(data)])

describe('a stream read', () => {
  it('passes each delta on as it comes', () => {
    const reader = converse.stream.decode()
    const events: Event[] = []
    const emit = (event: Event): void => void events.push(event)
    reader.push(start, emit)
    reader.push(delta(0, { text: 'a' }), emit)
    expect(types(events)).toEqual(['turn-start', 'item-start', 'text-delta'])
  })

  it('ends with what it has cost, or without it where that never comes', () => {
    expect(types(read(start, delta(0, { text: 'a' }), stop(0), end('end_turn'), cost)).slice(-3)).toEqual([
      'item-end',
      'usage',
      'turn-end',
    ])
    expect(types(read(start, delta(0, { text: 'a' }), stop(0), end('end_turn'))).at(-1)).toBe('turn-end')
    expect(read(start, delta(0, { text: 'a' }), stop(0)).at(-1)).toMatchObject({ type: 'error', failure: { kind: 'cut' } })
  })

  it('takes whatever follows its end for nothing', () => {
    const events = read(start, end('end_turn'), cost, delta(0, { text: 'a' }), cost, frame('throttlingException', {}))
    expect(types(events)).toEqual(['turn-start', 'usage', 'turn-end'])
  })

  it('ends each item where the next one begins', () => {
    const thought = { reasoningContent: { text: 'hm' } }
    const events = read(start, delta(0, thought), stop(0), delta(1, { text: 'a' }), stop(1), end('end_turn'), cost)
    expect(types(events).join(' ')).toBe(
      'turn-start item-start reasoning-delta item-end item-start text-delta item-end usage turn-end',
    )
  })

  it('makes neighbouring texts the parts of one message', () => {
    const { items } = fold(read(start, delta(0, { text: 'a' }), stop(0), delta(1, { text: 'b' }), stop(1), end('end_turn')))
    expect(items).toMatchObject([{ content: [{ text: 'a' }, { text: 'b' }] }])
  })

  it('marks the last item where the answer is not whole, though its block has stopped', () => {
    const call = begin(1, { toolUse: { toolUseId: 'c', name: 'look' } })
    const { items, outcome } = fold(read(start, delta(0, { text: 'a' }), stop(0), call, stop(1), end('max_tokens'), cost))
    expect(items).toMatchObject([
      { type: 'message', status: 'completed' },
      { type: 'tool-call', status: 'incomplete' },
    ])
    expect(outcome).toEqual({ status: 'incomplete', reason: 'max_output_tokens' })
  })

  it('keeps blocks apart that come interleaved', () => {
    const input = (index: number, input: string): SseFrame => delta(index, { toolUse: { input } })
    const called = (index: number, name: string): SseFrame => begin(index, { toolUse: { toolUseId: name, name } })
    const { items } = fold(
      read(
        start,
        called(0, 'a'),
        called(1, 'b'),
        input(0, '{"x"'),
        input(1, '{"y"'),
        input(0, ':1}'),
        input(1, ':2}'),
        stop(1),
        stop(0),
        end('tool_use'),
      ),
    )
    expect(items).toMatchObject([
      { name: 'a', arguments: '{"x":1}', status: 'completed' },
      { name: 'b', arguments: '{"y":2}', status: 'completed' },
    ])
  })

  it('gives a call without arguments the empty ones', () => {
    const events = read(start, begin(0, { toolUse: { toolUseId: 'c', name: 'now' } }), stop(0), end('tool_use'))
    expect(events).toContainEqual({ type: 'arguments-delta', item: 0, text: '{}' })
  })

  it('puts a signature and redacted bytes together that come in pieces', () => {
    const piece = (index: number, reasoningContent: object): SseFrame => delta(index, { reasoningContent })
    const { items } = fold(
      read(
        start,
        piece(0, { text: 'hm' }),
        piece(0, { signature: 's1' }),
        piece(0, { signature: 's2' }),
        stop(0),
        piece(1, { redactedContent: 'AQ==' }),
        piece(1, { redactedContent: 'Ag==' }),
        stop(1),
        end('end_turn'),
      ),
    )
    expect(items.map((item: Item) => item.replay?.payload)).toEqual([
      '{"reasoningText":{"text":"hm","signature":"s1s2"}}',
      '{"redactedContent":"AQI="}',
    ])
  })

  it('passes events that are newer than the code on as foreign', () => {
    expect(read(start, frame('heartbeat', { at: 1 }), end('end_turn'))).toContainEqual({
      type: 'foreign',
      dialect: 'converse',
      wire: { heartbeat: { at: 1 } },
    })
  })

  it('ends blocks that never stopped', () => {
    expect(fold(read(start, delta(0, { text: 'a' }), end('end_turn'), cost)).items).toMatchObject([{ status: 'completed' }])
  })
})

describe.each(readdirSync(folder).filter((file) => file.endsWith('.stream.txt')))('the stream %s', (file) => {
  it('begins and ends each item once, in order, and tells each item whole', () => {
    const open = new Set<number>()
    let began = 0
    for (const event of read(...framesOf(file))) {
      if (event.type === 'item-start') {
        expect(event.item).toBe(began++)
        open.add(event.item)
      } else if (event.type === 'item-end') expect(open.delete(event.item)).toBe(true)
      else if ('item' in event) expect(open.has(event.item)).toBe(true)
    }
    expect(open.size).toBe(0)
  })

  it('is written in blocks that begin and stop once', () => {
    const whole = fold(read(...framesOf(file)))
    const running = new Set<unknown>()
    let began = 0
    for (const [event, wire] of write(unfold(whole))) {
      const { contentBlockIndex: index } = wire as { contentBlockIndex?: number }
      if (event === 'contentBlockStop') expect(running.delete(index)).toBe(true)
      else if (index !== undefined && !running.has(index)) {
        expect(index).toBe(began++)
        running.add(index)
      }
    }
    expect(running.size).toBe(0)
  })
})

describe('a stream that breaks', () => {
  it.each([
    ['throttled-in-stream', 'rate-limited', 'throttlingException'],
    ['model-stream-error', 'failed', 'modelStreamErrorException'],
    ['too-long-at-once', 'context-length', 'validationException'],
    ['unavailable-in-call', 'overloaded', 'serviceUnavailableException'],
    ['broken-in-second-block', 'failed', 'internalServerException'],
    ['error-without-exception', 'failed', 'InternalFailure'],
    ['cut-in-text', 'cut', undefined],
    ['cut-in-input', 'cut', undefined],
    ['broken-payload', 'malformed', undefined],
    ['empty', 'cut', undefined],
  ] as const)('%s ends with the error %s, once, and with nothing after it', (name, kind, code) => {
    const all = read(...framesOf(`${name}.fault.txt`))
    expect(all.at(-1)).toMatchObject({ type: 'error', failure: { kind, ...(code && { code }) } })
    expect(all.filter((event) => event.type === 'error' || event.type === 'turn-end')).toHaveLength(1)
  })

  it('ends an item whose block has stopped, and no other', () => {
    const { items } = fold(read(...framesOf('unavailable-in-call.fault.txt')))
    expect(items).toMatchObject([{ type: 'tool-call', status: 'incomplete', arguments: '{"city"' }])
    const thought = delta(0, { reasoningContent: { text: 'hm' } })
    const failed = fold(read(start, thought, stop(0), delta(1, { text: 'a' }), frame('internalServerException', {})))
    expect(failed.items.map(({ status }) => status)).toEqual([undefined, 'incomplete'])
  })

  it('tells what it has cost where the model wrote what cannot be read', () => {
    const events = read(start, delta(0, { text: 'a' }), stop(0), end('malformed_tool_use'), cost)
    expect(events.slice(-2)).toMatchObject([{ type: 'usage', usage: { output: 2 } }, { type: 'error' }])
  })
})

describe('a stream written', () => {
  it('is what Bedrock sends: text without a start, the stop, the reason, the cost', () => {
    expect(write(read(...framesOf('tool-call.stream.txt')))).toEqual([
      ['messageStart', { role: 'assistant' }],
      ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'I look it up.' } }],
      ['contentBlockStop', { contentBlockIndex: 0 }],
      [
        'contentBlockStart',
        { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'tooluse_Zk3Yh1oXQ7mVd2', name: 'weather' } } },
      ],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":"Pa' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: 'ris","days":3}' } } }],
      ['contentBlockStop', { contentBlockIndex: 1 }],
      ['messageStop', { stopReason: 'tool_use' }],
      ['metadata', { usage: { inputTokens: 388, outputTokens: 70, totalTokens: 458 }, metrics: { latencyMs: 551 } }],
    ])
  })

  it('has free text in the wrapping of a function, while it comes', () => {
    const call = { type: 'tool-call', kind: 'custom', name: 'sql', callId: 'c', arguments: '' } as const
    const events: Event[] = [
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: call },
      { type: 'arguments-delta', item: 0, text: 'say "' },
      { type: 'arguments-delta', item: 0, text: '\n🌊' },
      { type: 'item-end', item: 0, end: { ...call, arguments: 'say "\n🌊' } },
      { type: 'turn-end', outcome: { status: 'completed' } },
    ]
    const frames = readAll(converse.stream.encode(answering([{ type: 'custom', name: 'sql' }])), events)
    expect(fold(read(...frames)).items).toMatchObject([{ kind: 'function', name: 'sql', arguments: '{"input":"say \\"\\n🌊"}' }])
  })

  it('is one block of reasoning, whatever its paragraphs', () => {
    const item: Item = { type: 'reasoning', summary: ['One.', 'Two.'], content: ['All.'] }
    const frames = readAll(converse.stream.encode(answering()), unfold({ items: [item], outcome: { status: 'completed' } }))
    expect(fold(read(...frames)).items).toEqual([{ type: 'reasoning', summary: [], content: ['One.\n\nTwo.'] }])
  })

  it.each([
    ['rate-limited', 'throttlingException'],
    ['overloaded', 'serviceUnavailableException'],
    ['context-length', 'validationException'],
    ['timeout', 'modelStreamErrorException'],
    ['unauthorized', 'modelStreamErrorException'],
  ] as const)('ends with an exception where it failed: %s', (kind, exception) => {
    const frames = write([{ type: 'turn-start' }, { type: 'error', failure: { kind, message: 'So.' } }])
    expect(frames.at(-1)?.[0]).toBe(exception)
    expect(frames.some(([event]) => event === 'messageStop')).toBe(false)
    // What is said of the gateway's own credentials is not for a caller to read.
    if (kind === 'unauthorized') expect(JSON.stringify(frames)).not.toContain('So.')
  })
})
