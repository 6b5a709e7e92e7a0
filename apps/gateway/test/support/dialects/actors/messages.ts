// Anthropic's Messages API: blocks, and streams of named events with a ping among them.
import { data, type Seen } from '../../upstream.js'
import {
  eachOf,
  inPieces,
  wire,
  wires,
  type Answer,
  type Asked,
  type Failing,
  type Piece,
  type Said,
  type Spent,
  type Wire,
  type Word,
} from '../plain.js'
import { askedOf, complaints, patience, type Actor, type Bytes, type Cut, type Performance } from './actor.js'

const stops = { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', filter: 'refusal' } as const

const usageOf = ({ input, cached, output, reasoning }: Spent): object => ({
  input_tokens: input - cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: cached,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: output,
  ...(reasoning > 0 && { output_tokens_details: { thinking_tokens: reasoning } }),
  service_tier: 'standard',
})

const head = { id: 'msg_01XFDUDYJgAACzvnptvVoYEL', type: 'message', role: 'assistant', model: 'model' }

function blockOf(said: Said): Wire {
  switch (said.type) {
    case 'reasoning':
      if (said.redacted) return { type: 'redacted_thinking', data: said.token }
      return { type: 'thinking', thinking: said.text, signature: said.token ?? '' }
    case 'call':
      return { type: 'tool_use', id: said.id, name: said.name, input: JSON.parse(said.arguments) as unknown }
    default:
      return { type: 'text', text: said.text }
  }
}

const whole = ({ said, stop, spent }: Answer): object => ({
  ...head,
  content: said.map(blockOf),
  stop_reason: stops[stop],
  stop_sequence: null,
  usage: usageOf(spent),
})

/** An event of such a stream, under its name. */
export const messagesEvent = (type: string, fields: object = {}): string => `event: ${type}\n${data({ type, ...fields })}`

function streams({ said, stop, spent }: Answer, cut: Cut = inPieces): Performance {
  const begun = { ...head, content: [], stop_reason: null, stop_sequence: null }
  const usage = { ...usageOf(spent), output_tokens: 1 }
  return {
    opening: [messagesEvent('message_start', { message: { ...begun, usage } })],
    content: said.flatMap((each, index) => [...blockEvents(each, index, cut), ...(index === 0 ? [messagesEvent('ping')] : [])]),
    closing: [
      messagesEvent('message_delta', { delta: { stop_reason: stops[stop], stop_sequence: null }, usage: usageOf(spent) }),
      messagesEvent('message_stop'),
    ],
  }
}

function blockEvents(said: Said, index: number, cut: Cut): Bytes[] {
  const delta = (fields: object): string => messagesEvent('content_block_delta', { index, delta: fields })
  const between = (content_block: object, deltas: readonly string[]): string[] => [
    messagesEvent('content_block_start', { index, content_block }),
    ...deltas,
    messagesEvent('content_block_stop', { index }),
  ]
  const block = blockOf(said)
  switch (said.type) {
    case 'reasoning':
      if (said.redacted) return between(block, [])
      return between({ ...block, thinking: '', signature: '' }, [
        ...cut(said.text).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: said.token ?? '' }),
      ])
    case 'call':
      // The first piece is always empty; a call without arguments has no other.
      return between({ ...block, input: {} }, [
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...(said.arguments === '{}' ? [] : cut(said.arguments)).map((partial_json) =>
          delta({ type: 'input_json_delta', partial_json }),
        ),
      ])
    default:
      return between(
        { ...block, text: '' },
        cut(said.text).map((text) => delta({ type: 'text_delta', text })),
      )
  }
}

const statuses: Readonly<Record<Failing, readonly [status: number, type: string]>> = {
  rejected: [400, 'invalid_request_error'],
  unauthorized: [401, 'authentication_error'],
  'not found': [404, 'not_found_error'],
  'too large': [413, 'request_too_large'],
  'rate limited': [429, 'rate_limit_error'],
  failed: [500, 'api_error'],
  overloaded: [529, 'overloaded_error'],
  'too long': [400, 'invalid_request_error'],
}

const refuses: Actor['refuses'] = (failing) => {
  const [status, type] = statuses[failing]
  return {
    status,
    headers: {
      'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy',
      ...(failing === 'rate limited' && { 'retry-after': String(patience) }),
    },
    body: { type: 'error', error: { type, message: complaints[failing] }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
  }
}

function asked({ body }: Seen): Asked {
  const messages = wires(body['messages'])
  for (const [index, { role }] of messages.entries())
    if (role !== 'user' && role !== 'assistant') throw new Error(`Anthropic knows no role ${String(role)} (message ${index}).`)
  if (typeof body['max_tokens'] !== 'number') throw new Error('Anthropic wants max_tokens.')
  const names = new Map(
    messages.flatMap(({ content }) =>
      wires(content).flatMap((block) => (block['type'] === 'tool_use' ? [[block['id'], block['name']]] : [])),
    ),
  )
  const { type, name, disable_parallel_tool_use: alone } = wire(body['tool_choice'])
  const { format, effort } = wire(body['output_config'])
  return askedOf({
    model: String(body['model']),
    stream: body['stream'] === true,
    system:
      typeof body['system'] === 'string'
        ? body['system']
        : wires(body['system'])
            .map(({ text }) => String(text))
            .join('\n') || undefined,
    words: messages.flatMap(({ role, content }) => (role === 'user' ? userWords(content, names) : modelWords(content))),
    tools: eachOf(body['tools'], ({ name, description, input_schema: parameters }) => ({ name, description, parameters })),
    choice: type === 'tool' ? { name } : type === 'any' ? 'required' : type,
    serial: alone === true ? true : undefined,
    schema: wire(format)['type'] === 'json_schema' ? wire(format)['schema'] : undefined,
    effort,
    limit: body['max_tokens'],
    temperature: body['temperature'],
  })
}

function userWords(content: unknown, names: ReadonlyMap<unknown, unknown>): Word[] {
  const blocks = blocksOf(content)
  const results = blocks.filter(({ type }) => type === 'tool_result')
  if (blocks.findLastIndex(({ type }) => type === 'tool_result') >= results.length)
    throw new Error('Anthropic wants the results before anything else that the user says.')
  const said = blocks.slice(results.length)
  return [
    ...results.map(({ tool_use_id: id, content }): Word => {
      if (!names.has(id)) throw new Error(`Nothing was called by the id ${String(id)}.`)
      return { type: 'result', id: String(id), name: String(names.get(id)), pieces: blocksOf(content).map(pieceOf) }
    }),
    ...(said.length > 0 ? [{ type: 'user', pieces: said.map(pieceOf) } as const] : []),
  ]
}

const modelWords = (content: unknown): Word[] =>
  blocksOf(content).map((block): Word => {
    switch (block['type']) {
      case 'text':
        return { type: 'text', text: String(block['text']) }
      case 'thinking':
        return { type: 'reasoning', text: String(block['thinking']), token: String(block['signature']) }
      case 'redacted_thinking':
        return { type: 'reasoning', text: '', token: String(block['data']), redacted: true }
      case 'tool_use':
        return { type: 'call', id: String(block['id']), name: String(block['name']), arguments: JSON.stringify(block['input']) }
      default:
        throw new Error(`Anthropic knows no such block: ${JSON.stringify(block)}`)
    }
  })

const blocksOf = (content: unknown): readonly Wire[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : wires(content)

function pieceOf(block: Wire): Piece {
  const { data: bytes, media_type: mediaType } = wire(block['source'])
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: String(block['text']) }
    case 'image':
      if (mediaType === 'image/png') return { type: 'image', data: String(bytes) }
      break
    case 'document':
      if (mediaType === 'application/pdf')
        return { type: 'file', data: String(bytes), ...(typeof block['title'] === 'string' && { name: block['title'] }) }
      break
    default:
      break
  }
  throw new Error(`Anthropic knows no such block: ${JSON.stringify(block)}`)
}

export const messagesActor: Actor = {
  streamType: 'text/event-stream; charset=utf-8',
  whole,
  streams,
  refuses,
  breaks: messagesEvent('error', { error: { type: 'overloaded_error', message: complaints.overloaded } }),
  asked,
}
