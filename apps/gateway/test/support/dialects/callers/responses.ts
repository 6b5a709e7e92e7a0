import { isDeepStrictEqual } from 'node:util'
import {
  eventsOf,
  given,
  messagesOf,
  wire,
  wires,
  type Piece,
  type Question,
  type Said,
  type Stop,
  type Told,
  type Wire,
} from '../plain.js'
import { must, spentOf, type Caller } from './caller.js'
import { openAi } from './openai.js'

const partOf = (piece: Piece): object => {
  switch (piece.type) {
    case 'text':
      return { type: 'input_text', text: piece.text }
    case 'image':
      return { type: 'input_image', image_url: `data:image/png;base64,${piece.data}` }
    default:
      return given({ type: 'input_file', filename: piece.name, file_data: `data:application/pdf;base64,${piece.data}` })
  }
}

/** A text alone goes as a string. */
const contentOf = (pieces: readonly Piece[]): unknown =>
  pieces.length === 1 && pieces[0]?.type === 'text' ? pieces[0].text : pieces.map(partOf)

function inputOf({ words }: Question): object[] {
  return messagesOf(words).flatMap((message): object[] =>
    message.by === 'model'
      ? message.said.map(saidItem)
      : message.words.map((word) =>
          word.type === 'user'
            ? { role: 'user', content: contentOf(word.pieces) }
            : { type: 'function_call_output', call_id: word.id, output: contentOf(word.pieces) },
        ),
  )
}

function saidItem(said: Said): object {
  switch (said.type) {
    case 'reasoning':
      return given({
        type: 'reasoning',
        id: 'rs_1',
        summary: said.text === '' ? [] : [{ type: 'summary_text', text: said.text }],
        encrypted_content: said.token,
      })
    case 'call':
      return { type: 'function_call', call_id: said.id, name: said.name, arguments: said.arguments }
    case 'refusal':
      return { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: said.text }] }
    default:
      return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said.text, annotations: [] }] }
  }
}

const asks: Caller['asks'] = (model, question, stream) => {
  const { system, tools, choice, serial, schema, effort, limit, temperature } = question
  const body = given({
    model,
    stream: stream || undefined,
    store: false,
    include: effort === undefined ? undefined : ['reasoning.encrypted_content'],
    instructions: system,
    input: inputOf(question),
    tools: tools?.map((tool) => ({ type: 'function', ...tool, strict: false })),
    tool_choice: typeof choice === 'object' ? { type: 'function', ...choice } : choice,
    parallel_tool_calls: serial && false,
    text: schema && { format: { type: 'json_schema', name: 'answer', schema, strict: true } },
    reasoning: effort === undefined ? undefined : { effort },
    max_output_tokens: limit,
    temperature,
  })
  return { path: '/v1/responses', body }
}

const reasons: Readonly<Record<string, Stop>> = { max_output_tokens: 'length', content_filter: 'filter' }
const kinds = new Set<unknown>(['message', 'reasoning', 'function_call', 'output_text', 'refusal', 'reasoning_text'])

function reads(response: Wire): Told {
  const items = wires(response['output'])
  const said = items.flatMap(saidOf)
  const strange = [...items, ...items.flatMap(({ content }) => wires(content))].flatMap(({ type }) =>
    kinds.has(type) ? [] : [String(type)],
  )
  const { error, status, incomplete_details: details } = response
  if (status === 'failed') {
    const { code, message } = wire(error)
    return { said, error: { name: String(code), message: String(message) } }
  }
  must(status === 'completed' || status === 'incomplete', `the status is ${String(status)}`)
  const { input_tokens: input, output_tokens: output, ...more } = wire(response['usage'])
  const { reason } = wire(details)
  must(status === 'completed' ? reason === undefined : typeof reason === 'string', 'what is incomplete has a reason')
  const cut = reasons[String(reason)] ?? 'strange'
  return {
    said,
    stop: status === 'incomplete' ? cut : said.some(({ type }) => type === 'call') ? 'calls' : 'end',
    spent: spentOf(
      input,
      wire(more['input_tokens_details'])['cached_tokens'],
      output,
      wire(more['output_tokens_details'])['reasoning_tokens'],
    ),
    ...(strange.length > 0 && { strange }),
  }
}

function saidOf(item: Wire): Said[] {
  switch (item['type']) {
    case 'message':
      return wires(item['content']).flatMap((part): Said[] => {
        if (part['type'] === 'refusal') return [{ type: 'refusal', text: String(part['refusal']) }]
        return part['type'] === 'output_text' ? [{ type: 'text', text: String(part['text']) }] : []
      })
    case 'reasoning': {
      const { summary, content, encrypted_content: token } = item
      const text = [...wires(summary), ...wires(content)].map((part) => String(part['text'])).join('')
      return [{ type: 'reasoning', text, ...(typeof token === 'string' && { token }) }]
    }
    case 'function_call': {
      const { call_id: id, name } = item
      return [{ type: 'call', id: String(id), name: String(name), arguments: String(item['arguments']) }]
    }
    default:
      return []
  }
}

/** What deltas have said so far, by item and part. */
function deltasOf(events: readonly Wire[]): Map<unknown, string> {
  const deltas = new Map<unknown, string>()
  for (const { type, delta, output_index: item, content_index: part, summary_index: paragraph } of events)
    if (typeof delta === 'string' && String(type).endsWith('.delta')) {
      const place = `${String(item)}.${String(part ?? paragraph ?? 0)}`
      deltas.set(place, (deltas.get(place) ?? '') + delta)
    }
  return deltas
}

function hears(stream: string): Told {
  const frames = eventsOf(stream)
  must(frames.at(-1)?.data === '[DONE]', 'the last event is [DONE]')
  const events = frames.slice(0, -1).map(({ event, data }): Wire => {
    const body = wire(JSON.parse(data))
    must(body['type'] === event, 'an event is named as its type')
    return body
  })
  must(
    isDeepStrictEqual(
      events.map((event) => event['sequence_number']),
      events.map((_, place) => place),
    ),
    'numbers have no gaps',
  )
  const last = events.at(-1)
  const response = wire(last?.['response'])
  must(last?.['type'] === `response.${String(response['status'])}`, 'the last event says how the response ended')
  const whole = wires(response['output'])
  const done: unknown[] = []
  for (const { type, item, output_index: place } of events) if (type === 'response.output_item.done') done[Number(place)] = item
  // What was being said when a response failed may have no end of its own.
  for (const [place, item] of whole.entries())
    must(
      isDeepStrictEqual(done[place], item) ||
        (response['status'] === 'failed' && item['status'] === 'incomplete' && !done[place]),
      `item ${place} was streamed, and as it is`,
    )
  must(done.length <= whole.length, 'nothing was streamed that is no item of the response')
  const deltas = deltasOf(events)
  for (const [place, item] of whole.entries()) {
    const parts = [...wires(item['content']), ...wires(item['summary'])]
    const texts = item['type'] === 'function_call' ? [item['arguments']] : parts.map((part) => part['text'] ?? part['refusal'])
    for (const [part, text] of texts.entries())
      must((deltas.get(`${place}.${part}`) ?? '') === text, `the deltas of item ${place} make its text`)
  }
  const told = reads(response)
  if (told.error) must(events.at(-2)?.['type'] === 'error', 'a failure is told by an error event')
  return told
}

export const responsesCaller: Caller = {
  asks,
  reads,
  hears,
  ...openAi,
  // A failed response has few codes of its own; what the provider says in this very dialect stays.
  brokenOff: (spoken) => (spoken === 'responses' ? 'server_is_overloaded' : 'server_error'),
}
