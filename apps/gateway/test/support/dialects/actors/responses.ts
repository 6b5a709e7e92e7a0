// OpenAI's Responses API, as its reference and its streams have it.
import { responseOf } from '../../scripted.js'
import { data, type Seen } from '../../upstream.js'
import {
  bytesOf,
  eachOf,
  inPieces,
  wire,
  wires,
  type Answer,
  type Asked,
  type Failing,
  type Piece,
  type Said,
  type Wire,
  type Word,
} from '../plain.js'
import { askedOf, complaints, patience, type Actor, type Cut, type Performance } from './actor.js'

const statuses: Readonly<Record<Failing, readonly [status: number, type: string, code: string | null]>> = {
  rejected: [400, 'invalid_request_error', 'invalid_value'],
  unauthorized: [401, 'invalid_request_error', 'invalid_api_key'],
  'not found': [404, 'invalid_request_error', 'model_not_found'],
  'too large': [413, 'invalid_request_error', null],
  'rate limited': [429, 'requests', 'rate_limit_exceeded'],
  failed: [500, 'server_error', null],
  overloaded: [503, 'server_error', null],
  'too long': [400, 'invalid_request_error', 'context_length_exceeded'],
}

/** An error of OpenAI's, which both of its dialects share. */
export const openAiRefusal: Actor['refuses'] = (failing) => {
  const [status, type, code] = statuses[failing]
  return {
    status,
    ...(failing === 'rate limited' && { headers: { 'retry-after': String(patience) } }),
    body: { error: { message: complaints[failing], type, param: null, code } },
  }
}

function itemOf(said: Said, place: number): Wire {
  switch (said.type) {
    case 'reasoning':
      return {
        id: `rs_${place}`,
        type: 'reasoning',
        summary: said.redacted ? [] : [{ type: 'summary_text', text: said.text }],
        ...(said.token !== undefined && { encrypted_content: said.token }),
      }
    case 'call': {
      const { id, name } = said
      return { id: `fc_${place}`, type: 'function_call', status: 'completed', arguments: said.arguments, call_id: id, name }
    }
    default: {
      const part =
        said.type === 'refusal'
          ? { type: 'refusal', refusal: said.text }
          : { type: 'output_text', annotations: [], logprobs: [], text: said.text }
      return { id: `msg_${place}`, type: 'message', status: 'completed', content: [part], role: 'assistant' }
    }
  }
}

function whole({ said, stop, spent }: Answer): Wire {
  const items = said.map(itemOf)
  const cut = stop === 'length' || stop === 'filter'
  const last = items.at(-1)
  return wire(
    responseOf(cut && last ? [...items.slice(0, -1), { ...last, status: 'incomplete' }] : items, {
      ...(cut && {
        status: 'incomplete',
        incomplete_details: { reason: stop === 'length' ? 'max_output_tokens' : 'content_filter' },
      }),
      usage: {
        input_tokens: spent.input,
        input_tokens_details: { cached_tokens: spent.cached },
        output_tokens: spent.output,
        output_tokens_details: { reasoning_tokens: spent.reasoning },
        total_tokens: spent.input + spent.output,
      },
    }),
  )
}

function streams(answer: Answer, cut: Cut = inPieces): Performance {
  let number = 0
  const event = (type: string, fields: object): string =>
    `event: ${type}\n${data({ type, sequence_number: number++, ...fields })}`
  const response = whole(answer)
  const begun = { ...response, status: 'in_progress', incomplete_details: null, output: [], usage: null }
  return {
    opening: [event('response.created', { response: begun }), event('response.in_progress', { response: begun })],
    content: wires(response['output']).flatMap((item, place) => itemEvents(item, place, answer.said[place], cut, event)),
    closing: [event(`response.${String(response['status'])}`, { response })],
  }
}

function itemEvents(
  item: Wire,
  place: number,
  said: Said | undefined,
  cut: Cut,
  event: (type: string, fields: object) => string,
): string[] {
  const at = { item_id: item['id'], output_index: place }
  const added = (fields: object): string =>
    event('response.output_item.added', { output_index: place, item: { ...item, ...fields } })
  const done = (): string => event('response.output_item.done', { output_index: place, item })
  if (said?.type === 'call') {
    return [
      added({ status: 'in_progress', arguments: '' }),
      ...cut(said.arguments).map((delta) => event('response.function_call_arguments.delta', { ...at, delta })),
      event('response.function_call_arguments.done', { ...at, arguments: said.arguments }),
      done(),
    ]
  }
  const text = said?.text ?? ''
  if (said?.type === 'reasoning' && said.redacted) return [added({ encrypted_content: '' }), done()]
  if (said?.type === 'reasoning') {
    const inside = { ...at, summary_index: 0 }
    return [
      added({ summary: [], ...(said.token !== undefined && { encrypted_content: '' }) }),
      event('response.reasoning_summary_part.added', { ...inside, part: { type: 'summary_text', text: '' } }),
      ...cut(text).map((delta) => event('response.reasoning_summary_text.delta', { ...inside, delta })),
      event('response.reasoning_summary_text.done', { ...inside, text }),
      event('response.reasoning_summary_part.done', { ...inside, part: { type: 'summary_text', text } }),
      done(),
    ]
  }
  const inside = { ...at, content_index: 0 }
  const [part] = wires(item['content'])
  const kind = said?.type === 'refusal' ? 'refusal' : 'output_text'
  const more = kind === 'refusal' ? {} : { logprobs: [] }
  return [
    added({ status: 'in_progress', content: [] }),
    event('response.content_part.added', { ...inside, part: { ...part, [kind === 'refusal' ? kind : 'text']: '' } }),
    ...cut(text).map((delta) => event(`response.${kind}.delta`, { ...inside, delta, ...more })),
    event(`response.${kind}.done`, { ...inside, [kind === 'refusal' ? kind : 'text']: text, ...more }),
    event('response.content_part.done', { ...inside, part }),
    done(),
  ]
}

function asked({ body }: Seen): Asked {
  const items = wires(body['input']).map((item) => (item['type'] === undefined ? { type: 'message', ...item } : item))
  const isSystem = (item: Wire): boolean => item['role'] === 'system' || item['role'] === 'developer'
  const names = new Map(items.flatMap((item) => (item['type'] === 'function_call' ? [[item['call_id'], item['name']]] : [])))
  const system = [body['instructions'], ...items.filter(isSystem).map((item) => textOf(item['content']))]
  const format = wire(wire(body['text'])['format'])
  const effort = wire(body['reasoning'])['effort']
  return askedOf({
    model: String(body['model']),
    stream: body['stream'] === true,
    system: system.filter((text) => typeof text === 'string').join('\n') || undefined,
    words: items.filter((item) => !isSystem(item)).flatMap((item) => wordsOf(item, names)),
    tools: eachOf(body['tools'], ({ name, description, parameters }) => ({ name, description, parameters })),
    choice: choiceOf(body['tool_choice']),
    serial: body['parallel_tool_calls'] === false ? true : undefined,
    schema: format['type'] === 'json_schema' && format['name'] === 'answer' ? format['schema'] : undefined,
    effort: effort ?? undefined,
    limit: body['max_output_tokens'] ?? undefined,
    temperature: body['temperature'],
  })
}

function choiceOf(choice: unknown): unknown {
  const { type, name } = wire(choice)
  return type === 'function' ? { name } : (choice ?? undefined)
}

function wordsOf(item: Wire, names: ReadonlyMap<unknown, unknown>): Word[] {
  switch (item['type']) {
    case 'message':
      if (item['role'] !== 'assistant') return [{ type: 'user', pieces: piecesOf(item['content']) }]
      return typeof item['content'] === 'string'
        ? [{ type: 'text', text: item['content'] }]
        : wires(item['content']).map((part) =>
            part['type'] === 'refusal'
              ? { type: 'refusal', text: String(part['refusal']) }
              : { type: 'text', text: String(part['text']) },
          )
    case 'reasoning': {
      const { summary, content, encrypted_content: token } = item
      const text = [...wires(summary), ...wires(content)].map((part) => String(part['text'])).join('')
      return [{ type: 'reasoning', text, ...(typeof token === 'string' && { token }) }]
    }
    case 'function_call': {
      const { call_id: id, name } = item
      return [{ type: 'call', id: String(id), name: String(name), arguments: String(item['arguments']) }]
    }
    case 'function_call_output': {
      const { call_id: id, output } = item
      return [{ type: 'result', id: String(id), name: String(names.get(id)), pieces: piecesOf(output) }]
    }
    default:
      throw new Error(`The Responses API knows no such item: ${JSON.stringify(item)}`)
  }
}

const textOf = (content: unknown): string =>
  piecesOf(content)
    .map((piece) => (piece.type === 'text' ? piece.text : ''))
    .join('')

function piecesOf(content: unknown): Piece[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return wires(content).map((part): Piece => {
    switch (part['type']) {
      case 'input_text':
        return { type: 'text', text: String(part['text']) }
      case 'input_image':
        return { type: 'image', data: bytesOf(part['image_url']) }
      case 'input_file': {
        const { filename, file_data: bytes } = part
        return { type: 'file', data: bytesOf(bytes), ...(typeof filename === 'string' && { name: filename }) }
      }
      default:
        throw new Error(`The Responses API knows no such part: ${JSON.stringify(part)}`)
    }
  })
}

export const responsesActor: Actor = {
  streamType: 'text/event-stream',
  whole,
  streams,
  refuses: openAiRefusal,
  breaks: `event: error\n${data({ type: 'error', code: 'server_is_overloaded', message: complaints.overloaded, param: null, sequence_number: 9 })}`,
  asked,
}
