// How each dialect counts, streamed and not: the same tokens in the same buckets, and sums that a caller can trust.
import { describe, expect, it } from 'vitest'
import type { SseFrame } from '../dialect.js'
import { readAll } from '../reader.js'
import { fold } from './canonical/fold.js'
import { cacheWriteTokens, inputTokens, outputTokens, totalTokens, type Usage } from './canonical/usage.js'
import { chatCompletions } from './chat-completions/chat-completions.js'
import { encodeUsage as encodeChat } from './chat-completions/usage.js'
import { converse } from './converse/converse.js'
import { encodeUsage as encodeConverse } from './converse/usage.js'
import { generateContent } from './generate-content/generate-content.js'
import { encodeUsage as encodeGoogle } from './generate-content/usage.js'
import { messages } from './messages/messages.js'
import { encodeUsage as encodeMessages } from './messages/usage.js'
import { responses } from './responses/responses.js'
import { encodeUsage as encodeResponses } from './responses/usage.js'

const frame = (wire: object): SseFrame => ({ data: JSON.stringify(wire) })
const none = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

/** How an answer of each dialect brings its usage: whole, and in a stream. */
const brings = {
  'chat-completions': (usage: object) => {
    const choice = { index: 0, finish_reason: 'stop' }
    return {
      whole: chatCompletions.response.decode({ choices: [{ ...choice, message: { content: 'x' } }], usage }),
      streamed: fold(
        readAll(chatCompletions.stream.decode(), [
          frame({ id: 'x', choices: [{ ...choice, delta: { content: 'x' } }] }),
          frame({ id: 'x', choices: [], usage }),
          { data: '[DONE]' },
        ]),
      ),
    }
  },
  responses: (usage: object) => {
    const response = { object: 'response', status: 'completed', output: [], usage }
    return {
      whole: responses.response.decode(response),
      streamed: fold(readAll(responses.stream.decode(), [frame({ type: 'response.completed', response })])),
    }
  },
  messages: (usage: object) => {
    const {
      output_tokens: output,
      output_tokens_details: details,
      ...input
    } = { output_tokens: 0, output_tokens_details: null, ...usage }
    const delta = { stop_reason: 'end_turn', stop_sequence: null }
    return {
      whole: messages.response.decode({ content: [], stop_reason: 'end_turn', usage }),
      streamed: fold(
        readAll(messages.stream.decode(), [
          frame({ type: 'message_start', message: { content: [], usage: { ...input, output_tokens: 1 } } }),
          frame({ type: 'message_delta', delta, usage: { output_tokens: output, output_tokens_details: details } }),
          frame({ type: 'message_stop' }),
        ]),
      ),
    }
  },
  'generate-content': (usage: object) => {
    const chunk = { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }], usageMetadata: usage }
    return {
      whole: generateContent.response.decode(chunk),
      streamed: fold(readAll(generateContent.stream.decode(), [frame(chunk)])),
    }
  },
  converse: (usage: object) => ({
    whole: converse.response.decode({ output: { message: { role: 'assistant', content: [] } }, stopReason: 'end_turn', usage }),
    streamed: fold(
      readAll(converse.stream.decode(), [
        { event: 'messageStart', data: JSON.stringify({ role: 'assistant' }) },
        { event: 'messageStop', data: JSON.stringify({ stopReason: 'end_turn' }) },
        { event: 'metadata', data: JSON.stringify({ usage }) },
      ]),
    ),
  }),
} as const

const encoders = {
  'chat-completions': encodeChat,
  responses: encodeResponses,
  messages: encodeMessages,
  'generate-content': encodeGoogle,
  converse: encodeConverse,
}

type Row = [keyof typeof brings, wire: object, usage: Partial<Usage>, sums: [input: number, output: number]]

const table: Row[] = [
  ['chat-completions', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }, { input: 10, output: 5 }, [10, 5]],
  [
    'chat-completions',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 10, audio_tokens: 40, image_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 10, audio_tokens: 30 },
    },
    { input: 25, cacheRead: 20, cacheWrite: 10, audioInput: 40, imageInput: 5, output: 10, reasoning: 10, audioOutput: 30 },
    [100, 50],
  ],
  [
    'chat-completions',
    { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 8, audio_tokens: 8 } },
    { cacheRead: 8, audioInput: 2, output: 5 },
    [10, 5],
  ],
  [
    'chat-completions',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { audio_tokens: 0 },
      completion_tokens_details: { audio_tokens: 0 },
    },
    { input: 10, output: 5 },
    [10, 5],
  ],
  [
    'responses',
    {
      input_tokens: 100,
      output_tokens: 60,
      input_tokens_details: { cached_tokens: 30, cache_write_tokens: 10 },
      output_tokens_details: { reasoning_tokens: 20 },
    },
    { input: 60, cacheRead: 30, cacheWrite: 10, output: 40, reasoning: 20 },
    [100, 60],
  ],
  [
    'responses',
    {
      input_tokens: 100,
      output_tokens: 60,
      input_tokens_details: { cached_tokens: 0, image_tokens: 70, text_tokens: 30 },
      output_tokens_details: { reasoning_tokens: 0, image_tokens: 55 },
    },
    { input: 30, imageInput: 70, output: 5, imageOutput: 55 },
    [100, 60],
  ],
  ['messages', { input_tokens: 10, output_tokens: 5 }, { input: 10, output: 5 }, [10, 5]],
  [
    'messages',
    {
      input_tokens: 21,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 60,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 40 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 30 },
    },
    { input: 21, cacheRead: 100, cacheWrite: 20, cacheWriteHour: 40, output: 20, reasoning: 30 },
    [181, 50],
  ],
  // Older servers do not say how long a cache lasts, and newer ones may say that alone.
  [
    'messages',
    { input_tokens: 1, cache_creation_input_tokens: 60, output_tokens: 2 },
    { input: 1, cacheWrite: 60, output: 2 },
    [61, 2],
  ],
  [
    'messages',
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 }, output_tokens: 2 },
    { input: 1, cacheWrite: 2, cacheWriteHour: 3, output: 2 },
    [6, 2],
  ],
  ['messages', { input_tokens: null, output_tokens: 4, output_tokens_details: { thinking_tokens: 9 } }, { reasoning: 4 }, [0, 4]],
  [
    'generate-content',
    {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      candidatesTokenCount: 50,
      thoughtsTokenCount: 7,
      totalTokenCount: 157,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 40 },
        { modality: 'AUDIO', tokenCount: 45 },
        { modality: 'IMAGE', tokenCount: 15 },
      ],
      cacheTokensDetails: [
        { modality: 'TEXT', tokenCount: 30 },
        { modality: 'AUDIO', tokenCount: 30 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 20 }],
    },
    { input: 10, cacheRead: 60, audioInput: 15, imageInput: 15, output: 30, audioOutput: 20, reasoning: 7 },
    [100, 57],
  ],
  [
    'generate-content',
    { promptTokenCount: 4, candidatesTokenCount: 1290, candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }] },
    { input: 4, imageOutput: 1290 },
    [4, 1290],
  ],
  [
    'converse',
    {
      inputTokens: 5,
      outputTokens: 20,
      totalTokens: 2065,
      cacheReadInputTokens: 1800,
      cacheWriteInputTokens: 240,
      cacheDetails: [
        { ttl: '1h', inputTokens: 200 },
        { ttl: '5m', inputTokens: 40 },
      ],
    },
    { input: 5, cacheRead: 1800, cacheWrite: 40, cacheWriteHour: 200, output: 20 },
    [2045, 20],
  ],
  ['converse', { inputTokens: -1, outputTokens: 7 }, { output: 7 }, [0, 7]],
]

describe.each(table)('%s says %j', (dialect, wire, buckets, [input, output]) => {
  const { whole, streamed } = brings[dialect](wire)

  it('in disjoint buckets, streamed and whole', () => {
    expect(whole.usage).toEqual({ ...none, ...buckets })
    expect(streamed.usage).toEqual(whole.usage)
  })

  it('and the sums of the buckets are what was used, in whatever dialect they are told', () => {
    const usage = { ...none, ...buckets }
    expect([inputTokens(usage), outputTokens(usage), totalTokens(usage)]).toEqual([input, output, input + output])
    expect(encodeChat(usage)).toMatchObject({ prompt_tokens: input, completion_tokens: output, total_tokens: input + output })
    expect(encodeResponses(usage)).toMatchObject({ input_tokens: input, output_tokens: output, total_tokens: input + output })
    const told = encodeMessages(usage)
    expect(told.output_tokens).toBe(output)
    expect(told.input_tokens + (told.cache_read_input_tokens ?? 0) + (told.cache_creation_input_tokens ?? 0)).toBe(input)
    expect(told.cache_creation_input_tokens).toBe(cacheWriteTokens(usage))
    const google = encodeGoogle(usage)
    expect(google.promptTokenCount).toBe(input)
    expect((google.candidatesTokenCount ?? 0) + (google.thoughtsTokenCount ?? 0)).toBe(output)
    const {
      inputTokens: fresh,
      cacheReadInputTokens: read = 0,
      cacheWriteInputTokens: written = 0,
      ...rest
    } = encodeConverse(usage)
    expect([fresh + read + written, rest.outputTokens, rest.totalTokens]).toEqual([input, output, input + output])
  })

  it('and so says the answer that is written with them', () => {
    const usage = { ...none, ...buckets }
    const again = encoders[dialect](usage)
    expect(brings[dialect](again).whole.usage).toEqual(usage)
  })
})

/** Totals that are not what the buckets hold together. */
const disagreeing: [keyof typeof brings, wire: object, sum: number][] = [
  ['chat-completions', { prompt_tokens: 10, completion_tokens: 5, total_tokens: 99 }, 15],
  ['responses', { input_tokens: 10, output_tokens: 5, total_tokens: 99 }, 15],
  ['generate-content', { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 99 }, 15],
  ['converse', { inputTokens: 10, outputTokens: 5, totalTokens: 99 }, 15],
]

it.each(disagreeing)(
  '%s: a total that is not the sum is noted beside the buckets, and no caller is told it',
  (dialect, wire, sum) => {
    const { whole, streamed } = brings[dialect](wire)
    expect(whole.usage).toEqual({ ...none, input: 10, output: 5, providerTotal: 99 })
    expect(streamed.usage).toEqual(whole.usage)
    const told = encoders[dialect](whole.usage ?? none)
    expect(JSON.stringify(told)).not.toContain('99')
    expect(JSON.stringify(told)).toContain(String(sum))
  },
)

const countedFields = [
  ['prompt_tokens', 'completion_tokens', 'total_tokens', 'input_tokens', 'output_tokens', 'prompt_tokens_details'],
  ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount', 'promptTokensDetails'],
  ['inputTokens', 'outputTokens', 'totalTokens', 'cacheWriteInputTokens', 'cacheDetails'],
].flat()

it.each(['chat-completions', 'responses', 'generate-content', 'converse'] as const)(
  '%s: whatever is said of tokens is read',
  (dialect) => {
    for (const odd of [Infinity, -1, '7', null, {}, [], Number.NaN, 1e300]) {
      const fields = Object.fromEntries(countedFields.map((field) => [field, odd]))
      expect(brings[dialect](fields).whole.usage).toEqual(none)
    }
    const halves = brings[dialect]({ prompt_tokens: 1.5, input_tokens: 1.5, promptTokenCount: 1.5, inputTokens: 1.5 })
    expect(halves.whole.usage).toEqual({ ...none, input: 2 })
  },
)
