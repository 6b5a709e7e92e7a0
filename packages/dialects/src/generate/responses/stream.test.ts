import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MalformedAnswer, type Answering, type SseFrame } from '../../dialect.js'
import { decodeSse } from '../../framing/sse.js'
import { chain, readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import type { Item } from '../canonical/item.js'
import { isRecord, type Loose } from '../narrow.js'
import { responses } from './responses.js'

const folder = new URL('fixtures/', import.meta.url)
const read = (file: string): Event[] =>
  readAll(chain(decodeSse(), responses.stream.decode()), [readFileSync(new URL(file, folder))])
const streams = readdirSync(folder).filter((file) => file.endsWith('.stream.txt'))

const answering = (): Answering => ({
  asked: responses.request.decode({ model: 'a/b', input: 'Hello' }),
  id: 'resp_ours',
  createdAt: 1,
  model: 'a/b',
  provider: 'a',
  stored: true,
})

function parsed(frames: readonly SseFrame[]): Loose[] {
  return frames.filter(({ data }) => data !== '[DONE]').map(({ data }) => ({ ...(JSON.parse(data) as object) }))
}
const write = (events: readonly Event[]): Loose[] => parsed(readAll(responses.stream.encode(answering()), events))
const types = (frames: readonly Loose[]): unknown[] => frames.map(({ type }) => type)
const outputOf = (frame: Loose | undefined): unknown => (isRecord(frame?.response) ? frame.response.output : undefined)

const open: Item = { type: 'message', id: 'msg_1', role: 'assistant', content: [], status: 'in_progress' }
const message: Item = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'Hi 🌊' }] }
const call = (id: string): Item => ({
  type: 'tool-call',
  kind: 'function',
  id,
  name: 'f',
  callId: `call_${id}`,
  arguments: '{"a":1}',
})
const calling = (id: string): Item => ({ ...call(id), arguments: '', status: 'in_progress' }) as Item
const end: Event = { type: 'turn-end', outcome: { status: 'completed' } }

describe('a stream to the caller', () => {
  it('tells a text in the order of OpenAI', () => {
    const frames = readAll(responses.stream.encode(answering()), [
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: open },
      { type: 'text-delta', item: 0, part: 0, kind: 'text', text: 'Hi' },
      { type: 'text-delta', item: 0, part: 0, kind: 'text', text: ' 🌊' },
      { type: 'item-end', item: 0, end: message },
      end,
    ])
    expect(frames.map(({ event, data }) => event ?? data)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
      '[DONE]',
    ])
    expect(parsed(frames)[5]).toEqual({
      type: 'response.output_text.delta',
      sequence_number: 5,
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: ' 🌊',
      logprobs: [],
    })
  })

  it('tells reasoning, summary and text, part by part', () => {
    const reasoning: Item = { type: 'reasoning', id: 'rs_1', summary: ['One', 'Two'], content: ['All'] }
    const delta = (part: number, kind: 'summary' | 'content', text: string): Event => ({
      type: 'reasoning-delta',
      item: 0,
      part,
      kind,
      text,
    })
    const frames = write([
      { type: 'item-start', item: 0, start: { type: 'reasoning', id: 'rs_1', summary: [] } },
      delta(0, 'summary', 'One'),
      delta(1, 'summary', 'Two'),
      delta(0, 'content', 'All'),
      { type: 'item-end', item: 0, end: { ...reasoning, replay: { dialect: 'responses', payload: 'tagged' } } },
      end,
    ])
    const part = ['part.added', 'text.delta', 'text.done', 'part.done'].map((name) => `response.reasoning_summary_${name}`)
    expect(types(frames).slice(3, -2)).toEqual([
      ...part,
      ...part,
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.content_part.done',
    ])
    expect(frames.at(-2)).toMatchObject({ item: { encrypted_content: 'tagged', summary: [{ text: 'One' }, { text: 'Two' }] } })
  })

  it('lets two calls interleave and lists them in the order in which they began', () => {
    const frames = write([
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: calling('a') },
      { type: 'item-start', item: 1, start: calling('b') },
      { type: 'arguments-delta', item: 1, text: '{"a"' },
      { type: 'arguments-delta', item: 0, text: '{"a":1}' },
      { type: 'arguments-delta', item: 1, text: ':1}' },
      { type: 'item-end', item: 1, end: call('b') },
      { type: 'item-end', item: 0, end: call('a') },
      end,
    ])
    const deltas = frames.filter(({ type }) => type === 'response.function_call_arguments.delta')
    expect(deltas.map(({ output_index: index, delta }) => [index, delta])).toEqual([
      [1, '{"a"'],
      [0, '{"a":1}'],
      [1, ':1}'],
    ])
    expect(outputOf(frames.at(-1))).toMatchObject([{ id: 'a' }, { id: 'b' }])
  })

  it('gives what came without deltas one delta', () => {
    const frames = write([
      { type: 'item-start', item: 0, start: open },
      { type: 'item-end', item: 0, end: message },
      { type: 'item-start', item: 1, start: calling('a') },
      { type: 'item-end', item: 1, end: call('a') },
      end,
    ])
    expect(frames.filter(({ delta }) => delta !== undefined).map(({ delta }) => delta)).toEqual(['Hi 🌊', '{"a":1}'])
  })

  it('gives a call without arguments a delta as well', () => {
    const frames = write([
      { type: 'item-start', item: 0, start: calling('a') },
      { type: 'item-end', item: 0, end: calling('a') },
      end,
    ])
    expect(frames.filter(({ type }) => type === 'response.function_call_arguments.delta').map(({ delta }) => delta)).toEqual([''])
    expect(outputOf(frames.at(-1))).toMatchObject([{ status: 'completed' }])
  })

  it('leaves out other alternatives and what has no form here, without a gap', () => {
    const frames = write([
      { type: 'item-start', item: 0, start: { type: 'hosted-tool-call', dialect: 'messages', tool: 'x', wire: {} } },
      { type: 'item-start', item: 1, start: { ...open, choice: 1 } },
      { type: 'text-delta', item: 1, part: 0, kind: 'text', text: 'no' },
      { type: 'item-start', item: 2, start: open },
      { type: 'item-end', item: 2, end: message },
      end,
    ])
    expect(frames.flatMap(({ output_index: index }) => (index === undefined ? [] : [index]))).toEqual([0, 0, 0, 0, 0, 0])
    expect(outputOf(frames.at(-1))).toMatchObject([{ id: 'msg_1' }])
  })

  it('reads whether the response is stored when it ends', () => {
    const facts = answering()
    const encoder = responses.stream.encode(facts)
    const frames: SseFrame[] = []
    const emit = (frame: SseFrame): void => void frames.push(frame)
    encoder.push({ type: 'turn-start' }, emit)
    facts.stored = false
    encoder.push(end, emit)
    expect(parsed(frames).map(({ response }) => isRecord(response) && response.store)).toEqual([true, true, false])
  })

  it('tells of a failure twice, and keeps what had come', () => {
    const frames = readAll(responses.stream.encode(answering()), [
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: open },
      { type: 'text-delta', item: 0, part: 0, kind: 'text', text: 'Half' },
      { type: 'error', failure: { kind: 'overloaded', message: 'Busy.', code: 'overloaded_error' } },
      end,
    ])
    expect(frames.at(-1)).toEqual({ data: '[DONE]' })
    const detail = { code: 'server_error', message: 'Busy.', param: null }
    expect(parsed(frames).at(-2)).toEqual({
      type: 'error',
      sequence_number: 5,
      ...detail,
      error: { type: 'server_error', ...detail },
    })
    expect(parsed(frames).at(-1)).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error' },
        output: [{ status: 'incomplete', content: [{ text: 'Half' }] }],
      },
    })
  })

  it('never ends as a success when the events break off', () => {
    expect(types(write([{ type: 'turn-start' }])).slice(-2)).toEqual(['error', 'response.failed'])
  })

  it.each(streams)('is numbered without gaps and repeats its items at the end: %s', (file) => {
    const frames = write(read(file))
    expect(frames.map(({ sequence_number: number }) => number)).toEqual(frames.map((_, index) => index))
    const ended = frames.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
    expect(outputOf(frames.at(-1))).toEqual(ended)
    const whole = responses.response.encode(fold(read(file)), answering())
    expect(whole.output).toEqual(ended)
  })

  it.each(streams)('names each event as its body does: %s', (file) => {
    const frames = readAll(responses.stream.encode(answering()), read(file))
    expect(frames.slice(0, -1).map(({ event }) => event)).toEqual(types(parsed(frames)))
  })
})

describe('a stream of an upstream', () => {
  it.each([
    ['cut.fault.txt', { kind: 'cut' }],
    ['done-without-terminal.fault.txt', { kind: 'cut' }],
    ['empty.fault.txt', { kind: 'cut' }],
    ['malformed.fault.txt', { kind: 'malformed' }],
    ['html.fault.txt', { kind: 'malformed' }],
    ['nested-error.fault.txt', { kind: 'failed', code: 'server_error' }],
    ['flat-error.fault.txt', { kind: 'context-length', code: 'context_length_exceeded', param: 'input' }],
    ['untyped-error.fault.txt', { kind: 'failed', code: '500' }],
  ])('that breaks ends with one error: %s', (file, failure) => {
    const events = read(file)
    expect(events.filter(({ type }) => type === 'error' || type === 'turn-end')).toMatchObject([{ type: 'error', failure }])
    expect(events.at(-1)?.type).toBe('error')
  })

  it.each(streams)('gives whole items and every text in deltas: %s', (file) => {
    const events = read(file)
    const ends = events.filter((event) => event.type === 'item-end')
    const starts = events.filter((event) => event.type === 'item-start')
    expect(ends.length).toBe(starts.length)
    const told = events.flatMap((event) => ('text' in event && event.type !== 'reasoning-delta' ? [event.text] : [])).join('')
    const said = ends.flatMap(({ end: item }) => {
      if (item.type === 'tool-call') return [item.arguments]
      if (item.type !== 'message') return []
      return item.content.map((part) => (part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : ''))
    })
    expect(told).toBe(said.join(''))
  })

  it('passes on what is newer than the code', () => {
    expect(read('web-search.stream.txt').filter(({ type }) => type === 'foreign')).toMatchObject(
      ['in_progress', 'searching', 'completed'].map((state) => ({ wire: { type: `response.web_search_call.${state}` } })),
    )
  })

  it('keeps the token of the end of reasoning, not of its beginning', () => {
    const token = read('reasoning.stream.txt').find((event) => event.type === 'replay-token')
    const starts = read('reasoning.stream.txt').filter((event) => event.type === 'item-start')
    expect(starts.filter(({ start }) => start.replay)).toEqual([])
    expect(token).toMatchObject({ token: { dialect: 'responses', payload: 'gAAAAABpLxyzQm9ndXMgY2lwaGVydGV4dCBmb3IgdGVzdHM=' } })
  })

  it('brings annotations that stand in the ended item alone', () => {
    const annotation = { type: 'url_citation', url: 'https://a.example' }
    const item = {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'See.', annotations: [annotation] }],
    }
    const frame = { data: JSON.stringify({ type: 'response.output_item.done', output_index: 0, item }) }
    const events = readAll(responses.stream.decode(), [frame])
    expect(events.filter(({ type }) => type === 'annotation')).toEqual([{ type: 'annotation', item: 0, part: 0, annotation }])
  })
})

describe('a stream of a server that numbers strangely', () => {
  const frame = (type: string, fields: object): SseFrame => ({ event: type, data: JSON.stringify({ type, ...fields }) })
  const readFrames = (...frames: SseFrame[]): Event[] =>
    readAll(responses.stream.decode(), [
      ...frames,
      frame('response.completed', { response: { status: 'completed', output: [] } }),
    ])

  it.each([2 ** 31, 1.5, -1])('cannot be read where a part is the %d-th', (index) => {
    const place = { output_index: 0, item_id: 'rs_1', delta: 'a' }
    for (const event of [
      frame('response.reasoning_summary_text.delta', { ...place, summary_index: index }),
      frame('response.output_text.delta', { ...place, content_index: index }),
    ])
      expect(() => readFrames(event)).toThrow(MalformedAnswer)
  })

  it('is told apart by types and ids where all its items stand at one place', () => {
    const calling = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '' }
    const answer = fold(
      readFrames(
        frame('response.output_item.added', {
          output_index: 0,
          item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
        }),
        frame('response.output_text.delta', { output_index: 0, item_id: 'msg_1', content_index: 0, delta: 'Wait.' }),
        frame('response.output_item.added', { output_index: 0, item: calling }),
        frame('response.function_call_arguments.delta', { output_index: 0, item_id: 'fc_1', delta: '{"a":1}' }),
        frame('response.output_text.delta', { output_index: 0, item_id: 'msg_1', content_index: 0, delta: ' So.' }),
      ),
    )
    expect(answer.items).toMatchObject([
      { type: 'message', content: [{ text: 'Wait. So.' }] },
      { type: 'tool-call', name: 'f', arguments: '{"a":1}' },
    ])
  })

  it('says what is newer than the code at its end alone', () => {
    const strange = { type: 'of_tomorrow', id: 'new_1' }
    const events = readFrames(
      frame('response.output_item.added', { output_index: 0, item: strange }),
      frame('response.output_text.delta', { output_index: 0, item_id: 'new_1', content_index: 0, delta: 'a' }),
      frame('response.output_item.done', { output_index: 0, item: { ...strange, text: 'a' } }),
    )
    expect(events.map(({ type }) => type)).toEqual(['turn-start', 'item-start', 'item-end', 'turn-end'])
    expect(fold(events).items).toMatchObject([{ type: 'foreign', wire: { text: 'a' } }])
  })

  it('begins a call that is named at its end then', () => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', arguments: '' }
    const events = readFrames(
      frame('response.output_item.added', { output_index: 0, item }),
      frame('response.function_call_arguments.delta', { output_index: 0, item_id: 'fc_1', delta: '{}' }),
      frame('response.output_item.done', { output_index: 0, item: { ...item, name: 'f', arguments: '{}' } }),
    )
    expect(events.find(({ type }) => type === 'item-start')).toMatchObject({ start: { name: 'f', arguments: '' } })
    expect(fold(events).items).toMatchObject([{ name: 'f', arguments: '{}' }])
  })
})
