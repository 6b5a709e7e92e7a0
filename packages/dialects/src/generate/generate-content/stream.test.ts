import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Answering, SseFrame } from '../../dialect.js'
import { decodeSse } from '../../framing/sse.js'
import { chain, readAll } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import { fold } from '../canonical/fold.js'
import type { Item } from '../canonical/item.js'
import { unfold } from '../canonical/unfold.js'
import { generateContent } from './generate-content.js'

const bytes = (file: string): Uint8Array => readFileSync(new URL(`fixtures/${file}`, import.meta.url))
const eventsOf = (file: string): Event[] => readAll(chain(decodeSse(), generateContent.stream.decode()), [bytes(file)])
const read = (...chunks: readonly object[]): Event[] =>
  readAll(
    generateContent.stream.decode(),
    chunks.map((chunk): SseFrame => ({ data: JSON.stringify(chunk) })),
  )
const chunk = (parts: readonly object[], more: object = {}, beside: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  responseId: 'r-1',
  modelVersion: 'gemini',
  ...beside,
})
const stop = { finishReason: 'STOP' }

const asked = { model: 'm', items: [], sampling: {}, stream: true, state: {} } as const
const answering: Answering = { asked, id: 'own', createdAt: 7, model: 'mine', provider: 'account', stored: false }
const write = (events: Iterable<Event>): Record<string, never>[] =>
  readAll(generateContent.stream.encode(answering), events).map(({ data }) => JSON.parse(data) as Record<string, never>)
const names = { modelVersion: 'mine', responseId: 'own' }
const said = (parts: readonly object[], more: object = {}) => ({ content: { parts, role: 'model' }, index: 0, ...more })

describe('a stream read', () => {
  it('begins and ends each item once, in order, and tells each item whole', () => {
    for (const name of ['parallel-calls', 'code-execution', 'image', 'two-candidates', 'thoughts-then-text']) {
      const open = new Set<number>()
      let began = 0
      const events = eventsOf(`${name}.stream.txt`)
      for (const event of events) {
        if (event.type === 'item-start') {
          expect(event.item).toBe(began++)
          open.add(event.item)
        } else if (event.type === 'item-end') expect(open.delete(event.item)).toBe(true)
        else if ('item' in event) expect(open.has(event.item)).toBe(true)
      }
      expect(open.size).toBe(0)
      expect(events.at(-1)?.type).toBe('turn-end')
    }
  })

  it('takes thoughts for a summary, and a signature for the token of the item before it', () => {
    const { items } = fold(eventsOf('thoughts-then-text.stream.txt'))
    expect(items).toEqual([
      { type: 'reasoning', summary: ['**Weighing**\n\nTwo options remain.\n\n'] },
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'text', text: 'Take the ferry.' }],
        replay: { dialect: 'generate-content', payload: 'EsIDCr8DAVSoXO4kR2pY' },
      },
    ])
  })

  it('begins another message behind a signed one', () => {
    const { items } = fold(read(chunk([{ text: 'a', thoughtSignature: 'c2ln' }]), chunk([{ text: 'b' }], stop)))
    expect(items).toMatchObject([{ content: [{ text: 'a' }], replay: { payload: 'c2ln' } }, { content: [{ text: 'b' }] }])
    expect(items[1]?.replay).toBeUndefined()
  })

  it('keeps a signature that stands alone as reasoning without a text', () => {
    const { items } = fold(read(chunk([{ functionCall: { name: 'f' } }, { text: '', thoughtSignature: 'c2ln' }], stop)))
    expect(items).toMatchObject([{ type: 'tool-call' }, { type: 'reasoning', summary: [], replay: { payload: 'c2ln' } }])
  })

  it('tells the arguments of a call at once, and signs the call that is signed', () => {
    const events = eventsOf('parallel-calls.stream.txt')
    expect(events.filter((event) => event.type === 'arguments-delta').map(({ text }) => text)).toEqual([
      '{"city":"Bergen"}',
      '{}',
      '{}',
    ])
    const calls = fold(events).items.filter((item) => item.type === 'tool-call')
    expect(calls.map(({ callId, replay }) => [callId, replay !== undefined])).toEqual([
      ['r7x2q9ab', true],
      ['r7x2q9ac', false],
      ['r7x2q9ad', false],
    ])
  })

  it('gives calls without ids some that differ within an answer and between answers', () => {
    const call = { functionCall: { name: 'f', args: {} } }
    const ids = (beside: object) =>
      fold(read(chunk([call, call], stop, beside))).items.map((item) => item.type === 'tool-call' && item.callId)
    expect(ids({})).toEqual(['gc_r-1_0_0', 'gc_r-1_0_1'])
    expect(new Set([...ids({ responseId: '' }), ...ids({ responseId: '' })]).size).toBe(4)
    expect(String(ids({ responseId: 'x'.repeat(200) })[0]).length).toBeLessThanOrEqual(64)
  })

  it('counts tokens in disjoint buckets, by the last word on each', () => {
    const usages = eventsOf('thoughts-then-text.stream.txt').filter((event) => event.type === 'usage')
    expect(usages).toEqual([{ type: 'usage', usage: { input: 24, cacheRead: 16, cacheWrite: 0, output: 9, reasoning: 31 } }])
    expect(fold(eventsOf('code-execution.stream.txt')).usage).toEqual({
      input: 65,
      cacheRead: 0,
      cacheWrite: 0,
      output: 30,
      reasoning: 0,
    })
    expect(fold(eventsOf('index-left-out.stream.txt')).usage).toMatchObject({ input: 3, output: 2 })
  })

  it('cites by characters where Google counts bytes', () => {
    const { items } = fold(eventsOf('grounded.stream.txt'))
    const [item] = items
    const part = item?.type === 'message' ? item.content[0] : undefined
    const cited = part?.type === 'text' ? (part.annotations ?? []) : []
    expect(
      cited.map(({ title, start_index, end_index }) => [
        title,
        part?.type === 'text' && part.text.slice(Number(start_index), Number(end_index)),
      ]),
    ).toEqual([
      ['yr.no', 'På lørdag blir det sol.'],
      ['yr.no', 'Det sier to kilder.'],
      ['met.no', 'Det sier to kilder.'],
    ])
  })

  it.each([
    ['cut-by-length', { status: 'incomplete', reason: 'max_output_tokens' }],
    ['held-back-for-safety', { status: 'incomplete', reason: 'content_filter' }],
    ['recitation', { status: 'incomplete', reason: 'content_filter' }],
    ['prohibited-content', { status: 'incomplete', reason: 'content_filter' }],
    ['blocked-prompt', { status: 'incomplete', reason: 'content_filter' }],
    ['other-reason', { status: 'incomplete', reason: 'other' }],
    ['reason-of-tomorrow', { status: 'incomplete', reason: 'quantum_decoherence' }],
    [
      'two-candidates',
      { status: 'completed', choices: [{ status: 'completed' }, { status: 'incomplete', reason: 'max_output_tokens' }] },
    ],
  ])('of %s ends as it says', (name, outcome) => {
    const answer = fold(eventsOf(`${name}.stream.txt`))
    expect(answer.outcome).toEqual(outcome)
    const last = answer.items.at(-1)
    if (last) expect(last.status).toBe('incomplete')
  })

  it('has failed where the model could not say its call, whose items end all the same', () => {
    const events = eventsOf('malformed-call.stream.txt')
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['item-end', 'usage', 'error'])
    expect(events.at(-1)).toMatchObject({
      failure: { kind: 'failed', code: 'MALFORMED_FUNCTION_CALL', message: expect.stringContaining('Malformed') },
    })
  })

  it.each([
    ['cut-in-text', 'cut'],
    ['broken-chunk', 'malformed'],
    ['error-in-stream', 'overloaded'],
    ['error-at-once', 'rate-limited'],
    ['no-candidates', 'malformed'],
    ['page-of-html', 'cut'],
    ['error-without-frames', 'cut'],
  ])('of %s ends with the error %s, once, and with nothing after it', (name, kind) => {
    const events = eventsOf(`${name}.fault.txt`)
    expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind } })
    expect(events.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
  })

  it('tells what the provider said of its failure', () => {
    expect(eventsOf('error-at-once.fault.txt')).toEqual([
      {
        type: 'error',
        failure: {
          kind: 'rate-limited',
          message: 'You exceeded your current quota.',
          code: 'RESOURCE_EXHAUSTED',
          retryAfter: 35,
        },
      },
    ])
  })

  it('is cut where one of two candidates has not ended', () => {
    expect(read(chunk([{ text: 'a' }], stop), chunk([{ text: 'b' }], { index: 1 })).at(-1)).toMatchObject({
      failure: { kind: 'cut' },
    })
  })

  it.each([-1, 0.5, 1e9, '1'])('takes a candidate with the index %j for the one in its place', (index) => {
    const [item] = fold(read(chunk([{ text: 'a' }], { ...stop, index }))).items
    expect(item).toMatchObject({ content: [{ text: 'a' }] })
    expect(item?.choice).toBeUndefined()
  })

  it('ignores what comes after an error, and the marker of servers that copy another wire', () => {
    const reader = generateContent.stream.decode()
    const frames = [{ data: JSON.stringify(chunk([{ text: 'a' }], stop)) }, { data: '[DONE]' }]
    expect(readAll(reader, frames).at(-1)).toMatchObject({ type: 'turn-end', outcome: { status: 'completed' } })
    expect(read({ error: { code: 500, message: 'x', status: 'INTERNAL' } }, chunk([{ text: 'a' }], stop))).toHaveLength(1)
  })
})

describe('a stream written', () => {
  const written = (items: readonly Item[], more: object = {}) =>
    write(
      unfold({
        items,
        outcome: { status: 'completed' },
        usage: { input: 3, cacheRead: 2, cacheWrite: 0, output: 4, reasoning: 1 },
        ...more,
      }),
    )
  const last = (more: object = {}) => ({
    candidates: [said([{ text: '' }], { finishReason: 'STOP', ...more })],
    usageMetadata: {
      promptTokenCount: 5,
      cachedContentTokenCount: 2,
      candidatesTokenCount: 4,
      thoughtsTokenCount: 1,
      totalTokenCount: 10,
    },
    ...names,
  })

  it('tells texts and thoughts as they come, calls whole, and at the end the reason and the usage', () => {
    const token = { dialect: 'generate-content', payload: 'c2ln' } as const
    expect(
      written([
        { type: 'reasoning', summary: ['hm', 'so'] },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'refusal', refusal: 'no' },
          ],
        },
        { type: 'tool-call', kind: 'function', name: 'f', callId: 'call_1', arguments: '{"x":1}', replay: token },
      ]),
    ).toEqual([
      { candidates: [said([{ text: 'hm', thought: true }])], ...names },
      { candidates: [said([{ text: '\n\nso', thought: true }])], ...names },
      { candidates: [said([{ text: 'a' }])], ...names },
      { candidates: [said([{ text: 'no' }])], ...names },
      { candidates: [said([{ functionCall: { id: 'call_1', name: 'f', args: { x: 1 } }, thoughtSignature: 'c2ln' }])], ...names },
      last(),
    ])
  })

  it('shows the summary or the reasoning, not both, and no token of another issuer', () => {
    const frames = written([
      { type: 'reasoning', summary: ['short'], content: ['long'], replay: { dialect: 'messages', payload: 'secret' } },
    ])
    expect(frames).toEqual([{ candidates: [said([{ text: 'short', thought: true }])], ...names }, last()])
  })

  it('grounds a text on what it cites, by bytes', () => {
    const annotations = [{ type: 'url_citation', url: 'https://example.com', title: 'E', start_index: 3, end_index: 6 }]
    const frames = written([{ type: 'message', role: 'assistant', content: [{ type: 'text', text: 'å, sol', annotations }] }])
    expect(frames.at(-1)).toMatchObject({
      candidates: [
        {
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://example.com', title: 'E' } }],
            groundingSupports: [{ segment: { startIndex: 4, endIndex: 7, text: 'sol' }, groundingChunkIndices: [0] }],
          },
        },
      ],
    })
  })

  it('says nothing of the ending before it, and nothing at all after an error', () => {
    const failure = { kind: 'rate-limited', message: 'Slow.' } as const
    expect(write([{ type: 'turn-start' }, { type: 'error', failure }])).toEqual([
      { error: { code: 429, message: 'Slow.', status: 'RESOURCE_EXHAUSTED' } },
    ])
    expect(
      write([
        { type: 'turn-start' },
        { type: 'usage', usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 } },
      ]),
    ).toEqual([])
  })

  it('does not tell a caller what a provider says of the credentials', () => {
    const failure = { kind: 'unauthorized', message: 'Incorrect key AIza123' } as const
    expect(JSON.stringify(write([{ type: 'error', failure }]))).not.toContain('AIza123')
  })

  it('ends each candidate', () => {
    const [end] = write(eventsOf('two-candidates.stream.txt')).slice(-1)
    expect(end).toMatchObject({
      candidates: [
        { index: 0, finishReason: 'STOP' },
        { index: 1, finishReason: 'MAX_TOKENS' },
      ],
    })
  })

  it('tells a blocked prompt, and a call that failed, as Google does', () => {
    expect(write(eventsOf('blocked-prompt.stream.txt'))).toMatchObject([
      { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, ...names },
    ])
    expect(write(eventsOf('malformed-call.stream.txt')).at(-1)).toMatchObject({
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: expect.stringContaining('Malformed') }],
    })
  })
})
