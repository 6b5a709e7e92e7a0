// An upstream that plays a part: it gives the answers that a test has put down for it, in either of OpenAI's dialects, and the
// history that it was given can be read back in one plain form.
import type { ServerResponse } from 'node:http'
import { completion, messageItem, responseOf } from './scripted.js'
import { data, json, stream, type Script, type Seen } from './upstream.js'

/** What an upstream answers with. */
export interface Line {
  /** The text of its reasoning, and the token with which an issuer of tokens wants it back. */
  readonly reasoning?: { readonly id: string; readonly text: string; readonly token?: string }
  readonly text?: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
}

/** One thing of a history: who said it, and what. */
export type Heard = readonly ['user' | 'said' | 'reasoned' | 'token' | 'called' | 'output', ...string[]]

/** Speaks the line that `next` gives, in the dialect and form in which it is asked. */
export const plays =
  (next: () => Line): Script =>
  (request, response) =>
    request.path.endsWith('/responses') ? inResponses(next(), request, response) : inChat(next(), request, response)

function inResponses(line: Line, { body }: Seen, response: ServerResponse): void {
  const items: Readonly<Record<string, unknown>>[] = []
  const { reasoning } = line
  if (reasoning)
    items.push({
      id: reasoning.id,
      type: 'reasoning',
      summary: reasoning.token === undefined ? [] : [{ type: 'summary_text', text: reasoning.text }],
      ...(reasoning.token === undefined
        ? { content: [{ type: 'reasoning_text', text: reasoning.text }] }
        : { encrypted_content: reasoning.token }),
    })
  if (line.text !== undefined) items.push(messageItem(line.text, `msg_${items.length}_${line.text}`) as Record<string, unknown>)
  for (const call of line.calls)
    items.push({
      type: 'function_call',
      id: `fc_${call.id}`,
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
      status: 'completed',
    })
  const whole = responseOf(items)
  if (body['stream'] !== true) return json(response, whole)
  const events: Readonly<Record<string, unknown>>[] = [
    { type: 'response.created', response: { ...whole, status: 'in_progress', output: [], usage: null } },
  ]
  for (const [place, item] of items.entries()) {
    const at = { output_index: place, item_id: item['id'] }
    const open = { ...item, ...(item['type'] === 'function_call' ? { arguments: '' } : {}) }
    const begun = item['type'] === 'message' ? { ...open, content: [], status: 'in_progress' } : open
    events.push({ type: 'response.output_item.added', output_index: place, item: begun })
    if (item['type'] === 'message')
      events.push({ type: 'response.output_text.delta', ...at, content_index: 0, delta: line.text, logprobs: [] })
    if (item['type'] === 'function_call')
      events.push({ type: 'response.function_call_arguments.delta', ...at, delta: item['arguments'] })
    events.push({ type: 'response.output_item.done', output_index: place, item })
  }
  events.push({ type: 'response.completed', response: whole })
  stream(response)
  for (const [number, event] of events.entries())
    response.write(`event: ${String(event['type'])}\n${data({ ...event, sequence_number: number })}`)
  response.end()
}

function inChat(line: Line, { body }: Seen, response: ServerResponse): void {
  const calls = line.calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
  const finish = calls.length > 0 ? 'tool_calls' : 'stop'
  const reasoning = line.reasoning && { reasoning_content: line.reasoning.text }
  if (body['stream'] !== true)
    return json(
      response,
      completion({ content: line.text ?? null, ...reasoning, ...(calls.length > 0 && { tool_calls: calls }) }, finish),
    )
  const chunk = (delta: object, reason: string | null = null): string =>
    data({
      id: 'chatcmpl-upstream',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'upstream-model',
      choices: [{ index: 0, delta, finish_reason: reason }],
    })
  stream(response)
  response.write(chunk({ role: 'assistant', ...reasoning }))
  if (line.text !== undefined) response.write(chunk({ content: line.text }))
  for (const [index, call] of calls.entries()) response.write(chunk({ tool_calls: [{ index, ...call }] }))
  response.write(chunk({}, finish))
  response.end(data('[DONE]'))
}

type Wire = Readonly<Record<string, unknown>>

/** The history in a request, whichever dialect it came in. */
export function heard({ path, body }: Seen): Heard[] {
  return path.endsWith('/responses')
    ? (body['input'] as Wire[]).flatMap(heardItem)
    : (body['messages'] as Wire[]).flatMap(heardMessage)
}

function heardItem(item: Wire): Heard[] {
  switch (item['type'] ?? 'message') {
    case 'message':
      return [[item['role'] === 'assistant' ? 'said' : 'user', textOf(item['content'])]]
    case 'reasoning':
      return item['encrypted_content'] === undefined
        ? [['reasoned', textOf(item['content'])]]
        : [['token', String(item['id']), String(item['encrypted_content'])]]
    case 'function_call':
      return [['called', String(item['call_id']), String(item['name']), String(item['arguments'])]]
    case 'function_call_output':
      return [['output', String(item['call_id']), textOf(item['output'])]]
    default:
      throw new Error(`An upstream was given an item that no one sent: ${JSON.stringify(item)}`)
  }
}

function heardMessage(message: Wire): Heard[] {
  switch (message['role']) {
    case 'user':
      return [['user', textOf(message['content'])]]
    case 'tool':
      return [['output', String(message['tool_call_id']), textOf(message['content'])]]
    case 'assistant': {
      const calls = (message['tool_calls'] ?? []) as { id: string; function: { name: string; arguments: string } }[]
      return [
        ...(message['reasoning_content'] === undefined ? [] : [['reasoned', String(message['reasoning_content'])] as const]),
        ...(message['content'] === null ? [] : [['said', textOf(message['content'])] as const]),
        ...calls.map((call) => ['called', call.id, call.function.name, call.function.arguments] as const),
      ]
    }
    default:
      throw new Error(`An upstream was given a message that no one sent: ${JSON.stringify(message)}`)
  }
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (content as { text: string }[]).map(({ text }) => text).join('')
}
