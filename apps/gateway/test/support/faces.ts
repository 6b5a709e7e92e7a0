// The two wire languages, as an upstream answers in them and as a caller asks in them and reads them.
import { data, json } from './upstream.js'
import type { ServerResponse } from 'node:http'

export type Face = 'responses' | 'chat-completions'

export const faces: readonly Face[] = ['responses', 'chat-completions']

/** Every pair of a caller's language and an upstream's. */
export const pairs: readonly { readonly ingress: Face; readonly spoken: Face }[] = faces.flatMap((ingress) =>
  faces.map((spoken) => ({ ingress, spoken })),
)

export const pathOf = (face: Face): string => (face === 'responses' ? '/v1/responses' : '/v1/chat/completions')

/** A request for `up/model`, to be kept. */
export const question = (face: Face, fields: object = {}): object => ({
  model: 'up/model',
  store: true,
  ...(face === 'responses' ? { input: 'Speak.' } : { messages: [{ role: 'user', content: 'Speak.' }] }),
  ...fields,
})

/** An answer in the pieces in which an upstream sends it, each a whole number of events. */
export interface Speech {
  /** What comes before any content. */
  readonly opening: string
  /** One for each piece of text. */
  readonly deltas: readonly string[]
  /** What follows the text, the terminal event included. */
  readonly closing: string
  readonly whole: object
}

export function speech(face: Face, pieces: readonly string[]): Speech {
  return face === 'responses' ? responsesSpeech(pieces) : chatSpeech(pieces)
}

function responsesSpeech(pieces: readonly string[]): Speech {
  let number = 0
  const event = (type: string, fields: object): string =>
    `event: ${type}\n${data({ type, ...fields, sequence_number: number++ })}`
  const at = { item_id: 'msg_up', output_index: 0 }
  const text = pieces.join('')
  const part = { type: 'output_text', text, annotations: [] }
  const item = { id: 'msg_up', type: 'message', status: 'completed', role: 'assistant', content: [part] }
  const response = {
    id: 'resp_up',
    object: 'response',
    created_at: 1_750_000_000,
    model: 'model',
    error: null,
    incomplete_details: null,
    tools: [],
  }
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  const usage = {
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 8,
  }
  const whole = { ...response, status: 'completed', output: [item], usage }
  return {
    opening:
      event('response.created', { response: begun }) +
      event('response.in_progress', { response: begun }) +
      event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress', content: [] } }) +
      event('response.content_part.added', { ...at, content_index: 0, part: { ...part, text: '' } }),
    deltas: pieces.map((delta) => event('response.output_text.delta', { ...at, content_index: 0, delta })),
    closing:
      event('response.output_text.done', { ...at, content_index: 0, text }) +
      event('response.content_part.done', { ...at, content_index: 0, part }) +
      event('response.output_item.done', { output_index: 0, item }) +
      event('response.completed', { response: whole }),
    whole,
  }
}

function chatSpeech(pieces: readonly string[]): Speech {
  const head = { id: 'chatcmpl-up', created: 1_750_000_000, model: 'model' }
  const chunk = (delta: object, finish: string | null = null): string =>
    data({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })
  const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 }
  return {
    opening: chunk({ role: 'assistant', content: '' }),
    deltas: pieces.map((content) => chunk({ content })),
    closing: chunk({}, 'stop') + data({ ...head, object: 'chat.completion.chunk', choices: [], usage }) + data('[DONE]'),
    whole: {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: pieces.join('') }, finish_reason: 'stop' }],
      usage,
    },
  }
}

/** Answers a request as it was asked: whole, or as a stream. */
export function speak(response: ServerResponse, streams: boolean, { opening, deltas, closing, whole }: Speech): void {
  if (!streams) return json(response, whole)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(opening + deltas.join('') + closing)
}

/** What a caller read of a stream. */
export interface Told {
  /** The payload of each event but `[DONE]`, in order. */
  readonly events: readonly Wire[]
  /** The text of all deltas. */
  readonly text: string
  /** Whether the last event was `[DONE]`. */
  readonly done: boolean
  /** The comments. */
  readonly comments: readonly string[]
}

/** An event of either language, as far as tests look into it. */
export interface Wire {
  readonly type?: string
  readonly sequence_number?: number
  readonly delta?: string
  readonly code?: string
  readonly error?: { readonly code: string; readonly message: string; readonly type: string; readonly param: string | null }
  readonly response?: StoredWire
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[]
}

export interface StoredWire {
  readonly id: string
  readonly status: string
  readonly store: boolean
  readonly error: { readonly code: string; readonly message: string } | null
  readonly incomplete_details: { readonly reason: string } | null
  readonly output: readonly {
    readonly id: string
    readonly status?: string
    readonly content?: readonly { readonly text: string }[]
  }[]
}

/** Takes a stream's text apart. Throws for what is not a whole number of events. */
export function told(text: string): Told {
  const blocks = text.split('\n\n')
  if (blocks.pop() !== '') throw new Error(`The stream ends in the middle of an event: ${text.slice(-100)}`)
  const comments = blocks.filter((block) => block.startsWith(':'))
  const payloads = blocks
    .filter((block) => !block.startsWith(':'))
    .map(
      (block) =>
        block
          .split('\n')
          .find((line) => line.startsWith('data: '))
          ?.slice('data: '.length) ?? '',
    )
  const events = payloads.filter((payload) => payload !== '[DONE]').map((payload): Wire => JSON.parse(payload))
  return {
    events,
    text: events
      .map(({ type, delta, choices }) => (type === 'response.output_text.delta' ? delta : choices?.[0]?.delta.content) ?? '')
      .join(''),
    done: payloads.at(-1) === '[DONE]',
    comments,
  }
}

/** The text of a stored response. */
export const textOf = ({ output }: StoredWire): string =>
  output
    .flatMap(({ content }) => content ?? [])
    .map(({ text }) => text)
    .join('')
