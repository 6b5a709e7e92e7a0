// One answer in the bytes of each of the two wires, as providers send it: whole, and in pieces.
import type { ServerResponse } from 'node:http'
import { responseOf } from './scripted.js'
import { data, json, type Script } from './upstream.js'

/** What a scripted upstream says, in both languages. */
export interface Answer {
  /** Of chat: the message, and what stands beside it in its choice and in the completion. */
  readonly chat: {
    readonly message: object
    readonly choice?: object
    readonly completion?: object
    /** The deltas that bring the message; each may name what stands beside it in its choice. */
    readonly deltas: readonly (readonly [delta: object, choice?: object])[]
  }
  /** Of Responses: the items, and what else the response says at its end. */
  readonly responses: {
    readonly output: readonly object[]
    readonly response?: object
    /** The frames between `response.in_progress` and the last one. */
    readonly events: readonly { readonly type: string; readonly [field: string]: unknown }[]
  }
}

const usage = { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 }

/** Gives this answer in the language and the form in which it is asked for. */
export const answers =
  ({ chat, responses }: Answer): Script =>
  ({ path, body }, response) => {
    const streams = body['stream'] === true
    if (path.endsWith('/responses')) inResponses(responses, streams, response)
    else inChat(chat, streams, response)
  }

function inChat({ message, choice = {}, completion = {}, deltas }: Answer['chat'], streams: boolean, to: ServerResponse): void {
  const head = { id: 'chatcmpl-up', created: 1_750_000_000, model: 'model', ...completion }
  if (!streams) {
    const only = { index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: 'stop', ...choice }
    return json(to, { object: 'chat.completion', usage, ...head, choices: [only] })
  }
  const chunk = (delta: object, more: object = {}): string =>
    data({ object: 'chat.completion.chunk', ...head, usage: null, choices: [{ index: 0, delta, finish_reason: null, ...more }] })
  to.writeHead(200, { 'content-type': 'text/event-stream' })
  to.write(chunk({ role: 'assistant', content: '' }))
  for (const [delta, more] of deltas) to.write(chunk(delta, more))
  const { logprobs: _, ...ending } = choice as { logprobs?: unknown }
  to.write(chunk({}, { finish_reason: 'stop', ...ending }))
  to.end(data({ object: 'chat.completion.chunk', usage, ...head, choices: [] }) + data('[DONE]'))
}

function inResponses({ output, response = {}, events }: Answer['responses'], streams: boolean, to: ServerResponse): void {
  const whole = responseOf(output, { service_tier: 'default', ...response })
  if (!streams) return json(to, whole)
  const begun = { ...whole, status: 'in_progress', incomplete_details: null, output: [], usage: null }
  const { status = 'completed' } = response as { status?: string }
  const all = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...events,
    { type: `response.${status}`, response: whole },
  ]
  to.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const [number, event] of all.entries()) to.write(`event: ${event.type}\n${data({ ...event, sequence_number: number })}`)
  to.end()
}

const at = { item_id: 'msg_up', output_index: 0, content_index: 0 }

/** A message of one part, and the frames that bring it: `said` between the beginning of the part and its end. */
export function message(
  part: { readonly type: string; readonly [field: string]: unknown },
  said: readonly { readonly type: string; readonly [field: string]: unknown }[],
  more: object = {},
): Pick<Answer['responses'], 'output' | 'events'> {
  const item = { id: 'msg_up', type: 'message', status: 'completed', role: 'assistant', content: [part], ...more }
  const empty = part.type === 'refusal' ? { ...part, refusal: '' } : { ...part, text: '', annotations: [], logprobs: [] }
  return {
    output: [item],
    events: [
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
      { type: 'response.content_part.added', ...at, part: empty },
      ...said.map((event) => ({ ...at, ...event })),
      { type: 'response.content_part.done', ...at, part },
      { type: 'response.output_item.done', output_index: 0, item },
    ],
  }
}

/** A text in two pieces, in both languages. */
export function text(first: string, second: string, more: { readonly responses?: object; readonly chat?: object } = {}): Answer {
  const whole = first + second
  const delta = (piece: string) => ({ type: 'response.output_text.delta', delta: piece, logprobs: [] })
  const part = { type: 'output_text', text: whole, annotations: [], logprobs: [] }
  const said = [delta(first), delta(second), { type: 'response.output_text.done', text: whole, logprobs: [] }]
  return {
    chat: { message: { content: whole }, deltas: [[{ content: first }], [{ content: second }]], ...more.chat },
    responses: { ...message(part, said), ...more.responses },
  }
}
