// Plain answers of scripted upstreams, in the shape in which real ones send them.
import type { ServerResponse } from 'node:http'
import { data, json, stream, type Script, type Seen } from './upstream.js'

const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }

const chatChunk = { id: 'chatcmpl-upstream', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'upstream-model' }

/** A chat completion with this message. */
export const completion = (message: object, finishReason = 'stop'): object => ({
  id: 'chatcmpl-upstream',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'upstream-model',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, logprobs: null, finish_reason: finishReason }],
  usage,
})

/** A response with these output items. */
export const responseOf = (output: readonly object[], more: object = {}): object => ({
  id: 'resp_upstream',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  instructions: null,
  max_output_tokens: null,
  model: 'upstream-model',
  output,
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
  truncation: 'disabled',
  usage: {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7,
  },
  user: null,
  metadata: {},
  ...more,
})

export const messageItem = (text: string, id = 'msg_upstream'): object => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})

/** Answers either dialect with this text, streamed where it is asked to. */
export const says =
  (text: string): Script =>
  (request, response) =>
    request.path.endsWith('/responses') ? saysInResponses(text, request, response) : saysInChat(text, request, response)

function saysInChat(text: string, { body }: Seen, response: ServerResponse): void {
  if (body['stream'] !== true) return json(response, completion({ content: text }))
  const chunk = (fields: object): string => data({ ...chatChunk, ...fields })
  const choice = (delta: object, finish: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null })
  stream(response)
  response.write(choice({ role: 'assistant', content: '' }))
  for (const word of text.split(/(?<= )/)) response.write(choice({ content: word }))
  response.write(choice({}, 'stop'))
  const { include_usage: includesUsage } = (body['stream_options'] ?? {}) as { include_usage?: boolean }
  if (includesUsage) response.write(chunk({ choices: [], usage }))
  response.end(data('[DONE]'))
}

function saysInResponses(text: string, { body }: Seen, response: ServerResponse): void {
  const whole = responseOf([messageItem(text)])
  if (body['stream'] !== true) return json(response, whole)
  const begun = { ...whole, status: 'in_progress', output: [], usage: null }
  const open = { id: 'msg_upstream', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  const place = { item_id: 'msg_upstream', output_index: 0, content_index: 0 }
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] }
  const events: readonly { readonly type: string; readonly [field: string]: unknown }[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: open },
    { type: 'response.content_part.added', ...place, part },
    ...text.split(/(?<= )/).map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...place, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: { ...part, text } },
    { type: 'response.output_item.done', output_index: 0, item: messageItem(text) },
    { type: 'response.completed', response: whole },
  ]
  stream(response)
  for (const [number, event] of events.entries())
    response.write(`event: ${event.type}\n${data({ ...event, sequence_number: number })}`)
  response.end()
}

/** A call id, a name and arguments. */
export type Call = readonly [callId: string, name: string, text: string]

/** Calls these functions in either dialect, in pieces where it streams. */
export const callsTools =
  (...calls: readonly Call[]): Script =>
  (request, response) =>
    request.path.endsWith('/responses') ? callsInResponses(calls, request, response) : callsInChat(calls, request, response)

const pieces = (text: string): readonly string[] => text.match(/.{1,5}/gs) ?? []

function callsInChat(calls: readonly Call[], { body }: Seen, response: ServerResponse): void {
  const whole = calls.map(([id, name, text]) => ({ id, type: 'function', function: { name, arguments: text } }))
  if (body['stream'] !== true) return json(response, completion({ tool_calls: whole }, 'tool_calls'))
  const chunk = (delta: object, finish: string | null = null): string =>
    data({ ...chatChunk, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
  stream(response)
  response.write(chunk({ role: 'assistant', content: null }))
  for (const [index, call] of whole.entries()) {
    response.write(chunk({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] }))
    for (const piece of pieces(call.function.arguments))
      response.write(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
  }
  response.end(chunk({}, 'tool_calls') + data('[DONE]'))
}

function callsInResponses(calls: readonly Call[], { body }: Seen, response: ServerResponse): void {
  const output = calls.map(([callId, name, text], index) => ({
    id: calls.findIndex(([id]) => id === callId) === index ? `fc_${callId}` : `fc_${callId}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: callId,
    name,
    arguments: text,
  }))
  if (body['stream'] !== true) return json(response, responseOf(output))
  const begun = responseOf([], { status: 'in_progress', usage: null })
  const events = output.flatMap((item, index) => {
    const place = { item_id: item.id, output_index: index }
    return [
      { type: 'response.output_item.added', output_index: index, item: { ...item, status: 'in_progress', arguments: '' } },
      ...pieces(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
      { type: 'response.function_call_arguments.done', ...place, arguments: item.arguments },
      { type: 'response.output_item.done', output_index: index, item },
    ]
  })
  const all = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...events,
    { type: 'response.completed', response: responseOf(output) },
  ]
  stream(response)
  for (const [number, event] of all.entries())
    response.write(`event: ${event.type}\n${data({ ...event, sequence_number: number })}`)
  response.end()
}
