import { describe, expect, it } from 'vitest'
import { assemble } from './assembly.js'
import type { Event } from './event.js'
import { fold, folding } from './fold.js'
import type { Item } from './item.js'
import type { Generated } from './response.js'
import { unfold } from './unfold.js'

const message: Item = { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'Ebb.' }] }
const call: Item = { type: 'tool-call', kind: 'function', id: 'fc_1', name: 'tide', callId: 'call_1', arguments: '{"a":1}' }
const reasoning: Item = {
  type: 'reasoning',
  id: 'rs_1',
  summary: ['One.', 'Two.'],
  content: ['All of it.'],
  replay: { dialect: 'messages', payload: 'sealed' },
}

const answer: Generated = {
  id: 'resp_1',
  model: 'm',
  createdAt: 7,
  items: [
    reasoning,
    {
      type: 'message',
      role: 'assistant',
      content: [
        {
          type: 'text',
          text: 'See.',
          annotations: [{ type: 'url_citation', url: 'https://a.example' }],
          logprobs: [{ token: 'See', logprob: -1 }],
        },
        { type: 'refusal', refusal: 'No more.' },
      ],
    },
    call,
    { type: 'hosted-tool-call', dialect: 'responses', tool: 'web_search', wire: { type: 'web_search_call' } },
  ],
  outcome: { status: 'incomplete', reason: 'content_filter' },
  usage: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5 },
  serviceTier: 'flex',
  extras: { responses: { tool_usage: {} } },
}

const started = (number: number, start: Item): Event => ({ type: 'item-start', item: number, start })
const text = (number: number, part: number, said: string): Event => ({
  type: 'text-delta',
  item: number,
  part,
  kind: 'text',
  text: said,
})
const empty: Item = { type: 'message', role: 'assistant', content: [], status: 'in_progress' }

describe('folding', () => {
  it('gives back the answer that was unfolded', () => {
    expect(fold(unfold(answer))).toEqual(answer)
  })

  it('gives back a failed answer with its failure', () => {
    const failed: Generated = {
      id: 'resp_2',
      items: [],
      outcome: { status: 'failed', failure: { kind: 'overloaded', message: 'Busy.' } },
    }
    expect(fold(unfold(failed))).toEqual(failed)
  })

  it('keeps items in the order in which they began, however they end', () => {
    const events: Event[] = [
      started(0, empty),
      started(1, call),
      { type: 'item-end', item: 1, end: call },
      { type: 'item-end', item: 0, end: message },
    ]
    expect(fold(events).items).toEqual([message, call])
  })

  it('takes the end of an item for the truth about it', () => {
    expect(fold([started(0, empty), text(0, 0, 'draft'), { type: 'item-end', item: 0, end: message }]).items).toEqual([message])
  })

  it('marks what was still open as incomplete, and a stream without an end as cut', () => {
    const broken = fold([{ type: 'turn-start', id: 'resp_3' }, started(0, empty), text(0, 0, 'Half a')])
    expect(broken).toMatchObject({
      id: 'resp_3',
      items: [{ status: 'incomplete', content: [{ type: 'text', text: 'Half a' }] }],
      outcome: { status: 'failed', failure: { kind: 'cut' } },
    })
  })

  it('can be asked on the way and go on', () => {
    const live = folding()
    live.add(started(0, empty))
    live.add(text(0, 0, 'a'))
    expect(live.result().items).toMatchObject([{ content: [{ text: 'a' }] }])
    live.add(text(0, 0, 'b'))
    expect(live.result().items).toMatchObject([{ content: [{ text: 'ab' }] }])
  })

  it('joins the extras of the beginning and of the end, dialect by dialect', () => {
    const events: Event[] = [
      { type: 'turn-start', extras: { responses: { a: 1 } } },
      { type: 'turn-end', outcome: { status: 'completed' }, extras: { responses: { b: 2 }, messages: { c: 3 } } },
    ]
    expect(fold(events).extras).toEqual({ responses: { a: 1, b: 2 }, messages: { c: 3 } })
  })
})

describe('unfolding', () => {
  it('begins items without what their deltas bring', () => {
    const starts = unfold(answer).flatMap((event) => (event.type === 'item-start' ? [event.start] : []))
    expect(starts).toMatchObject([
      { summary: [] },
      { content: [], status: 'in_progress' },
      { arguments: '' },
      { tool: 'web_search' },
    ])
    expect(starts[0]).not.toHaveProperty('replay')
    expect(starts[0]).not.toHaveProperty('content')
  })

  it('brings every text of an item in deltas that assemble to it', () => {
    const events = unfold({ ...answer, items: [reasoning] })
    const start = events.find((event) => event.type === 'item-start')
    const assembly = assemble(start?.type === 'item-start' ? start.start : empty)
    for (const event of events) assembly.add(event)
    expect(assembly.item()).toEqual(reasoning)
  })
})

describe('assembling', () => {
  it('leaves no hole where a provider skips the number of a part', () => {
    const message = assemble(empty)
    message.add(text(0, 2, 'only'))
    expect(message.item('completed')).toEqual({ ...empty, status: 'completed', content: [{ type: 'text', text: 'only' }] })
    const thought = assemble({ type: 'reasoning', summary: [] })
    thought.add({ type: 'reasoning-delta', item: 0, part: 1, kind: 'summary', text: 'b' })
    expect(thought.item()).toEqual({ type: 'reasoning', summary: ['', 'b'] })
  })

  it('joins deltas, annotations and log probabilities of one part', () => {
    const assembly = assemble(empty)
    assembly.add({ type: 'text-delta', item: 0, part: 0, kind: 'text', text: 'a', logprobs: [{ token: 'a', logprob: -1 }] })
    assembly.add({ type: 'annotation', item: 0, part: 0, annotation: { type: 'file_path' } })
    assembly.add({ type: 'text-delta', item: 0, part: 0, kind: 'text', text: 'b', logprobs: [{ token: 'b', logprob: -2 }] })
    expect(assembly.item()).toMatchObject({
      content: [
        {
          text: 'ab',
          annotations: [{ type: 'file_path' }],
          logprobs: [
            { token: 'a', logprob: -1 },
            { token: 'b', logprob: -2 },
          ],
        },
      ],
    })
  })

  it('keeps the last token that it is given', () => {
    const assembly = assemble({ type: 'reasoning', summary: [] })
    assembly.add({ type: 'replay-token', item: 0, token: { dialect: 'responses', payload: 'first' } })
    assembly.add({ type: 'replay-token', item: 0, token: { dialect: 'responses', payload: 'last' } })
    expect(assembly.item().replay).toEqual({ dialect: 'responses', payload: 'last' })
  })
})
