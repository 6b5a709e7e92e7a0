// What no upstream sends today and one may send tomorrow: kinds of events, items, parts and reasons that are newer than the code. All
// of them are called `hologram`.
import { data } from '../upstream.js'
import type { Bytes, Performance } from './actors/actor.js'
import { converseEvent } from './actors/converse.js'
import { messagesEvent } from './actors/messages.js'
import { wire, wires, type IngressName, type Stop, type Wire, type SpokenName } from './plain.js'

export interface Oddity {
  readonly what: string
  /** A whole answer with it. Absent: only streams have it. */
  readonly whole?: (answer: Wire) => Wire
  /** The stream of an answer with it. */
  readonly stream?: (performance: Performance) => readonly Bytes[]
  /** Its callers of other dialects miss it, and so the record has it. */
  readonly declared?: true
  /** How the answer ends then, to callers of other dialects, where that is not by itself. Those of the same one are told the word. */
  readonly stop?: Readonly<Partial<Record<IngressName, Stop | 'strange'>>>
}

const amid =
  (...bytes: readonly Bytes[]): NonNullable<Oddity['stream']> =>
  ({ opening, content, closing }) => [...opening, ...content, ...bytes, ...closing]

/** Each event that holds `from` with `to` in its place. */
const instead =
  (from: string, to: string): NonNullable<Oddity['stream']> =>
  ({ opening, content, closing }) =>
    [...opening, ...content, ...closing].map((bytes) => {
      if (typeof bytes !== 'string') throw new Error('Only a text has words to replace.')
      return bytes.replaceAll(from, to)
    })

const hologram = { type: 'hologram', id: 'h_1', depth: 3 }

const event = (type: string, fields: object): string => `event: ${type}\n${data({ type, sequence_number: 50, ...fields })}`

/** To callers of other dialects a reason that nobody knows is that of an answer which is not whole. */
const unfinished = {
  'chat-completions': 'length',
  messages: 'length',
  responses: 'strange',
  'generate-content': 'strange',
} as const

const responsesOddities: readonly Oddity[] = [
  {
    what: 'an event',
    declared: true,
    stream: amid(event('response.hologram.delta', { item_id: 'h_1', output_index: 7, delta: 'z' })),
  },
  {
    what: 'an item',
    declared: true,
    whole: (answer) => ({ ...answer, output: [...wires(answer['output']), hologram] }),
    stream: ({ opening, content, closing }) => [
      ...opening,
      ...content,
      event('response.output_item.added', { output_index: 1, item: hologram }),
      event('response.output_item.done', { output_index: 1, item: hologram }),
      ...closing.map((bytes) =>
        String(bytes).replace(/\}\],"parallel_tool_calls"/, `},${JSON.stringify(hologram)}],"parallel_tool_calls"`),
      ),
    ],
  },
  {
    what: 'a part of a message',
    declared: true,
    whole: (answer) => ({
      ...answer,
      output: wires(answer['output']).map((item) => ({ ...item, content: [...wires(item['content']), hologram] })),
    }),
  },
  {
    what: 'a reason',
    whole: (answer) => ({ ...answer, status: 'incomplete', incomplete_details: { reason: 'hologram' } }),
    stream: ({ opening, content, closing }) => [
      ...opening,
      ...content,
      ...closing.map((bytes) =>
        String(bytes)
          .replaceAll('response.completed', 'response.incomplete')
          .replace('"status":"completed","error"', '"status":"incomplete","error"')
          .replace('"incomplete_details":null', '"incomplete_details":{"reason":"hologram"}'),
      ),
    ],
    stop: unfinished,
  },
]

const choiceOf = (answer: Wire): Wire => wire(wires(answer['choices'])[0])

const chatOddities: readonly Oddity[] = [
  {
    what: 'a field of a delta',
    whole: (answer) => {
      const choice = choiceOf(answer)
      return { ...answer, choices: [{ ...choice, message: { ...wire(choice['message']), hologram } }] }
    },
    stream: amid(
      data({
        id: 'chatcmpl-up',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'model',
        choices: [{ index: 0, delta: { hologram }, finish_reason: null }],
      }),
    ),
  },
  {
    what: 'a finish reason',
    whole: (answer) => ({ ...answer, choices: [{ ...choiceOf(answer), finish_reason: 'hologram' }] }),
    stream: instead('"finish_reason":"stop"', '"finish_reason":"hologram"'),
    stop: { 'chat-completions': 'strange' },
  },
]

const messagesOddities: readonly Oddity[] = [
  { what: 'an event', declared: true, stream: amid(messagesEvent('hologram', hologram)) },
  {
    what: 'a block',
    declared: true,
    whole: (answer) => ({ ...answer, content: [...wires(answer['content']), hologram] }),
    stream: amid(
      messagesEvent('content_block_start', { index: 1, content_block: hologram }),
      messagesEvent('content_block_delta', { index: 1, delta: { type: 'hologram_delta', depth: 4 } }),
      messagesEvent('content_block_stop', { index: 1 }),
    ),
  },
  {
    what: 'a delta',
    declared: true,
    stream: ({ opening, content, closing }) => [
      ...opening,
      ...content.slice(0, -2),
      messagesEvent('content_block_delta', { index: 0, delta: { type: 'hologram_delta', depth: 4 } }),
      ...content.slice(-2),
      ...closing,
    ],
  },
  {
    what: 'a stop reason',
    whole: (answer) => ({ ...answer, stop_reason: 'hologram' }),
    stream: instead('"stop_reason":"end_turn"', '"stop_reason":"hologram"'),
    stop: { messages: 'strange' },
  },
]

const googleChunk = (body: object): string => `data: ${JSON.stringify(body)}\r\n\r\n`

const googleOddities: readonly Oddity[] = [
  {
    what: 'a part',
    declared: true,
    whole: (answer) => {
      const [candidate = {}] = wires(answer['candidates'])
      const { parts } = wire(candidate['content'])
      return { ...answer, candidates: [{ ...candidate, content: { role: 'model', parts: [...wires(parts), { hologram }] } }] }
    },
    stream: amid(googleChunk({ candidates: [{ content: { role: 'model', parts: [{ hologram }] }, index: 0 }] })),
  },
  {
    what: 'a finish reason',
    whole: (answer) => ({ ...answer, candidates: [{ ...wires(answer['candidates'])[0], finishReason: 'HOLOGRAM' }] }),
    stream: instead('"finishReason":"STOP"', '"finishReason":"HOLOGRAM"'),
    stop: unfinished,
  },
  {
    what: 'a field',
    whole: (answer) => ({ ...answer, hologram }),
    stream: amid(googleChunk({ hologram })),
  },
]

const converseOddities: readonly Oddity[] = [
  { what: 'an event', declared: true, stream: amid(converseEvent('hologram', { depth: 3 })) },
  {
    what: 'a block',
    declared: true,
    whole: (answer) => {
      const { content } = wire(wire(answer['output'])['message'])
      return { ...answer, output: { message: { role: 'assistant', content: [...wires(content), { hologram: { depth: 3 } }] } } }
    },
    stream: amid(
      converseEvent('contentBlockStart', { contentBlockIndex: 1, start: { hologram: { depth: 3 } } }),
      converseEvent('contentBlockDelta', { contentBlockIndex: 1, delta: { hologram: { depth: 4 } } }),
      converseEvent('contentBlockStop', { contentBlockIndex: 1 }),
    ),
  },
  {
    what: 'a stop reason',
    whole: (answer) => ({ ...answer, stopReason: 'hologram' }),
    stream: ({ opening, content, closing }) => [
      ...opening,
      ...content,
      converseEvent('messageStop', { stopReason: 'hologram' }),
      ...closing.slice(1),
    ],
  },
]

/** By the dialect of the upstream. */
export const oddities: Readonly<Record<SpokenName, readonly Oddity[]>> = {
  responses: responsesOddities,
  'chat-completions': chatOddities,
  messages: messagesOddities,
  'generate-content': googleOddities,
  converse: converseOddities,
}
