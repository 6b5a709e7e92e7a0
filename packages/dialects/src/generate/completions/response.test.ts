// The answers of every dialect as completions: whole, and in chunks that say the same.
import { readdirSync, readFileSync } from 'node:fs'
import type { completions as wire, LogProb } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import type { Answering } from '../../dialect.js'
import { readAll } from '../../reader.js'
import type { Item } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import type { Generated, Outcome } from '../canonical/response.js'
import { unfold } from '../canonical/unfold.js'
import { chatCompletions } from '../chat-completions/chat-completions.js'
import { messages } from '../messages/messages.js'
import { responses } from '../responses/responses.js'
import { completions } from './completions.js'

const answering = (fields: object = {}): Answering => ({
  asked: completions.request.decode({ model: 'm', prompt: 'Grüß 👋 ', stream_options: { include_usage: true }, ...fields }),
  id: 'cmpl-1',
  createdAt: 1_750_000_000,
  model: 'm',
  provider: 'test',
  stored: false,
})

const said = (...content: Part[]): Item => ({ type: 'message', role: 'assistant', status: 'completed', content })
const text = (of: string, logprobs?: readonly LogProb[]): Part => ({ type: 'text', text: of, ...(logprobs && { logprobs }) })
const completed: Outcome = { status: 'completed' }
const usage = { input: 3, cacheRead: 1, cacheWrite: 0, output: 4, reasoning: 2 }

const whole = (generated: Generated, fields?: object): wire.Completion =>
  completions.response.encode(generated, answering(fields))

function payloads(generated: Generated, fields?: object): string[] {
  return readAll(completions.stream.encode(answering(fields)), unfold(generated)).map(({ data }) => data)
}

// What the encoder wrote just now.
const chunksOf = (data: readonly string[]): wire.Completion[] =>
  data.filter((each) => each !== '[DONE]').map((each) => JSON.parse(each) as wire.Completion)

/** The chunks put together, as a client does. */
function gathered(chunks: readonly wire.Completion[]): { choices: wire.CompletionChoice[]; usage: unknown } {
  const choices: wire.CompletionChoice[] = []
  for (const { index, text: piece, logprobs, finish_reason: finish } of chunks.flatMap((chunk) => chunk.choices)) {
    const before = choices[index] ?? { text: '', index, logprobs: null, finish_reason: null }
    expect(before.finish_reason).toBeNull()
    choices[index] = {
      text: before.text + piece,
      index,
      logprobs: logprobs && before.logprobs ? joined(before.logprobs, logprobs) : (logprobs ?? before.logprobs),
      finish_reason: finish,
    }
  }
  return { choices, usage: chunks.at(-1)?.usage }
}

const joined = (first: wire.CompletionLogProbs, second: wire.CompletionLogProbs): wire.CompletionLogProbs => ({
  tokens: [...first.tokens, ...second.tokens],
  token_logprobs: [...first.token_logprobs, ...second.token_logprobs],
  top_logprobs: first.top_logprobs && second.top_logprobs && [...first.top_logprobs, ...second.top_logprobs],
  text_offset: [...first.text_offset, ...second.text_offset],
})

describe('an answer', () => {
  it('is a text with its end and its usage, and nothing of how it came about', () => {
    const items: Item[] = [
      { type: 'reasoning', summary: ['Hm.'], content: ['Hmm.'] },
      said(text('Hello '), { type: 'refusal', refusal: 'but no.' }),
      { type: 'tool-call', kind: 'function', name: 'f', callId: 'c', arguments: '{}' },
    ]
    expect(whole({ items, outcome: completed, usage })).toEqual({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 1_750_000_000,
      model: 'm',
      provider: 'test',
      choices: [{ text: 'Hello but no.', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 4,
        completion_tokens: 6,
        total_tokens: 10,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    })
  })

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['a reason newer than the code', 'length'],
  ])('that ends early by %s ends by %s', (reason, finish) => {
    const answer: Generated = { items: [said(text('Half'))], outcome: { status: 'incomplete', reason } }
    expect(whole(answer).choices[0]?.finish_reason).toBe(finish)
    expect(gathered(chunksOf(payloads(answer))).choices[0]?.finish_reason).toBe(finish)
  })

  it('begins each choice with the prompt where an echo is asked for, also one that says nothing', () => {
    const outcome: Outcome = { ...completed, choices: [completed, completed, { status: 'incomplete', reason: 'content_filter' }] }
    const answer: Generated = { items: [said(text('one')), { ...said(text('two')), choice: 1 }], outcome }
    const choices = [
      { text: 'Grüß 👋 one', index: 0, logprobs: null, finish_reason: 'stop' },
      { text: 'Grüß 👋 two', index: 1, logprobs: null, finish_reason: 'stop' },
      { text: 'Grüß 👋 ', index: 2, logprobs: null, finish_reason: 'content_filter' },
    ]
    expect(whole(answer, { echo: true }).choices).toEqual(choices)
    expect(gathered(chunksOf(payloads(answer, { echo: true }))).choices).toEqual(choices)
    expect(whole(answer).choices.map((choice) => choice.text)).toEqual(['one', 'two', ''])
  })

  const probable = [
    { token: 'é👋', logprob: -0.5, bytes: null, top_logprobs: [{ token: 'e', logprob: -1, bytes: null }] },
    { token: '!', logprob: -0.25, bytes: null, top_logprobs: [{ token: '!', logprob: -0.25, bytes: null }] },
  ] as const satisfies readonly LogProb[]

  it('tells probabilities in lists, with offsets in characters from the beginning of the prompt', () => {
    const answer: Generated = { items: [said(text('é👋!', probable))], outcome: completed }
    expect(whole(answer, { logprobs: 1 }).choices[0]?.logprobs).toEqual({
      tokens: ['é👋', '!'],
      token_logprobs: [-0.5, -0.25],
      top_logprobs: [{ e: -1, 'é👋': -0.5 }, { '!': -0.25 }],
      text_offset: [7, 9],
    })
    expect(whole(answer, { logprobs: 0 }).choices[0]?.logprobs?.top_logprobs).toBeNull()
  })

  it('goes on counting from chunk to chunk', () => {
    const encoder = completions.stream.encode(answering({ logprobs: 1 }))
    const delta = (piece: string, logprobs: readonly LogProb[]) =>
      ({ type: 'text-delta', item: 0, part: 0, kind: 'text', text: piece, logprobs }) as const
    const frames = readAll(encoder, [
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: { ...said(), status: 'in_progress' } },
      delta('é👋', probable.slice(0, 1)),
      delta('!', probable.slice(1)),
      { type: 'turn-end', outcome: completed },
    ])
    const answer: Generated = { items: [said(text('é👋!', probable))], outcome: completed }
    expect(gathered(chunksOf(frames.map(({ data }) => data))).choices).toEqual(whole(answer, { logprobs: 1 }).choices)
  })

  it('bears whatever stands among probabilities', () => {
    // As an upstream may send them.
    const odd = [null, {}, { token: '__proto__', logprob: -1, top_logprobs: [7, { token: 'x' }] }] as unknown as LogProb[]
    expect(whole({ items: [said(text('?', odd))], outcome: completed }, { logprobs: 2 }).choices[0]?.logprobs).toEqual({
      tokens: ['', '', '__proto__'],
      token_logprobs: [null, null, -1],
      top_logprobs: [{}, {}, Object.fromEntries([['__proto__', -1]])],
      text_offset: [7, 7, 7],
    })
  })
})

describe('a stream', () => {
  const answer: Generated = { items: [said(text('Hi'))], outcome: completed, usage }

  it('is chunks, its usage and [DONE]', () => {
    const head = { id: 'cmpl-1', object: 'text_completion', created: 1_750_000_000, model: 'm', provider: 'test' }
    const data = payloads(answer)
    expect(chunksOf(data)).toEqual([
      { ...head, choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: null }], usage: null },
      { ...head, choices: [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }], usage: null },
      { ...head, choices: [], usage: whole(answer).usage },
    ])
    expect(data.at(-1)).toBe('[DONE]')
  })

  it('says nothing of usage to whoever did not ask', () => {
    expect(JSON.stringify(payloads(answer, { stream_options: null }))).not.toContain('usage')
  })

  it('that fails tells so, and has no [DONE]', () => {
    const failed: Generated = {
      items: [said(text('Hi'))],
      outcome: { status: 'failed', failure: { kind: 'cut', message: 'Cut.' } },
    }
    const data = payloads(failed)
    expect(JSON.parse(data.at(-1) ?? '')).toEqual({
      error: { message: 'Cut.', type: 'server_error', param: null, code: 'upstream_error' },
    })
    expect(data).not.toContain('[DONE]')
  })
})

const folder = (name: string): URL => new URL(`../${name}/fixtures/`, import.meta.url)
const fixtures = [chatCompletions, responses, messages].flatMap((dialect) =>
  readdirSync(folder(dialect.name))
    .filter((file) => file.endsWith('.response.json'))
    .map((file) => ({ dialect, file })),
)

describe.each(fixtures)('$dialect.name: $file', ({ dialect, file }) => {
  const answer = dialect.response.decode(JSON.parse(readFileSync(new URL(file, folder(dialect.name)), 'utf8')))

  it('says the same in chunks as whole', () => {
    if (answer.outcome.status === 'failed') return expect(payloads(answer)).not.toContain('[DONE]')
    const { choices, usage: spent = null } = whole(answer, { logprobs: 1, echo: false })
    const streamed = gathered(chunksOf(payloads(answer, { logprobs: 1, echo: false })))
    expect(streamed).toEqual({ choices, usage: spent })
  })
})
