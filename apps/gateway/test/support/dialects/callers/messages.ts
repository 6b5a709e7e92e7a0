import {
  append,
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

function blockOf(piece: Piece): object {
  switch (piece.type) {
    case 'text':
      return piece
    case 'image':
      return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: piece.data } }
    default: {
      const source = { type: 'base64', media_type: 'application/pdf', data: piece.data }
      return given({ type: 'document', source, title: piece.name })
    }
  }
}

const contentOf = (pieces: readonly Piece[]): unknown =>
  pieces.length === 1 && pieces[0]?.type === 'text' ? pieces[0].text : pieces.map(blockOf)

function saidBlock(said: Said): object {
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

function messageList({ words }: Question): object[] {
  return messagesOf(words).map((message) => {
    if (message.by === 'model') return { role: 'assistant', content: message.said.map(saidBlock) }
    const [first] = message.words
    if (message.words.length === 1 && first?.type === 'user') return { role: 'user', content: contentOf(first.pieces) }
    const blocks = message.words.flatMap((word) =>
      word.type === 'user'
        ? word.pieces.map(blockOf)
        : [{ type: 'tool_result', tool_use_id: word.id, content: contentOf(word.pieces) }],
    )
    return { role: 'user', content: blocks }
  })
}

const asks: Caller['asks'] = (model, question, stream) => {
  const { system, tools, choice, serial, schema, effort, limit, temperature } = question
  const type = choice === 'required' ? 'any' : choice
  const chosen = typeof choice === 'object' ? { type: 'tool', ...choice } : type && { type }
  const output = given({ effort, format: schema && { type: 'json_schema', schema } })
  const body = given({
    model,
    stream: stream || undefined,
    max_tokens: limit ?? 4096,
    temperature,
    system,
    messages: messageList(question),
    tools: tools?.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
    tool_choice: serial ? { ...(chosen ?? { type: 'auto' }), disable_parallel_tool_use: true } : chosen,
    thinking: effort === undefined ? undefined : { type: 'adaptive' },
    output_config: Object.keys(output).length > 0 ? output : undefined,
  })
  return { path: '/v1/messages', body }
}

const stops: Readonly<Record<string, Stop>> = { end_turn: 'end', tool_use: 'calls', max_tokens: 'length', refusal: 'filter' }

function saidOf(block: Wire): Said | undefined {
  switch (block['type']) {
    case 'text':
      return { type: 'text', text: String(block['text']) }
    case 'thinking': {
      const { thinking, signature } = block
      const token = typeof signature === 'string' && signature !== '' ? { token: signature } : {}
      return { type: 'reasoning', text: String(thinking), ...token }
    }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', token: String(block['data']), redacted: true }
    case 'tool_use':
      return { type: 'call', id: String(block['id']), name: String(block['name']), arguments: JSON.stringify(block['input']) }
    default:
      return undefined
  }
}

function joined(blocks: readonly Wire[]): Said[] {
  const said: Said[] = []
  for (const each of blocks.flatMap((block) => saidOf(block) ?? [])) {
    if (each.type === 'text') append(said, each)
    else said.push(each)
  }
  return said
}

const reads: Caller['reads'] = (message) => {
  must(message['type'] === 'message' && message['role'] === 'assistant', 'an answer is a message')
  must(typeof message['stop_reason'] === 'string', 'an answer says why it stopped')
  const strange = wires(message['content']).flatMap((block) => (saidOf(block) ? [] : [String(block['type'])]))
  const { input_tokens: fresh, cache_read_input_tokens: cached, output_tokens: output, ...more } = wire(message['usage'])
  const { thinking_tokens: thinking } = wire(more['output_tokens_details'])
  return {
    said: joined(wires(message['content'])),
    stop: stops[message['stop_reason']] ?? 'strange',
    spent: spentOf(Number(fresh) + Number(cached ?? 0), cached, output, thinking),
    ...(strange.length > 0 && { strange }),
  }
}

const deltaFields: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
}

/** The arguments of a call; a model may break off within them, and then they are no JSON. */
function inputOf(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}

function hears(stream: string): Told {
  let message: Wire | undefined
  const blocks: Record<string, unknown>[] = []
  let open: number | undefined
  let json = ''
  let stopped = false
  const strange: string[] = []
  for (const { event, data } of eventsOf(stream)) {
    const body = wire(JSON.parse(data))
    const { type, index, delta } = body
    must(type === event, 'an event is named as its type')
    must(!stopped, 'nothing follows message_stop')
    if (type === 'error') return { said: joined(blocks), error: readsError(body) }
    if (type === 'ping') continue
    if (type === 'message_start') {
      must(message === undefined, 'a message begins once')
      message = wire(body['message'])
      continue
    }
    must(message !== undefined, 'message_start comes first')
    switch (type) {
      case 'content_block_start':
        must(open === undefined && index === blocks.length, 'blocks come one after the other')
        open = blocks.push({ ...wire(body['content_block']) }) - 1
        json = ''
        break
      case 'content_block_delta': {
        must(open !== undefined && index === open, 'a delta is of the open block')
        const block = blocks[open] ?? {}
        const { type: kind, ...said } = wire(delta)
        const field = deltaFields[String(kind)]
        if (kind === 'input_json_delta') json += String(said['partial_json'])
        else if (field === undefined) strange.push(String(kind))
        else block[field] = String(block[field] ?? '') + String(said[field])
        break
      }
      case 'content_block_stop': {
        must(open !== undefined && index === open, 'the open block stops')
        const block = blocks[open]
        if (block?.['type'] === 'tool_use' && json !== '') block['input'] = inputOf(json)
        open = undefined
        break
      }
      case 'message_delta':
        must(open === undefined, 'every block has stopped')
        message = { ...message, ...wire(delta), usage: { ...wire(message['usage']), ...wire(body['usage']) } }
        break
      case 'message_stop':
        stopped = true
        break
      default:
        strange.push(String(type))
    }
  }
  must(stopped, 'the last event is message_stop')
  const told = reads({ ...message, content: blocks })
  return strange.length > 0 ? { ...told, strange: [...(told.strange ?? []), ...strange] } : told
}

function readsError(body: Wire): { name: string; message: string } {
  const { type, message } = wire(body['error'])
  must(body['type'] === 'error' && typeof message === 'string', 'an error has a message')
  return { name: String(type), message }
}

export const messagesCaller: Caller = {
  asks,
  credential: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  reads,
  hears,
  readsError,
  errors: {
    rejected: [400, 'invalid_request_error'],
    unauthorized: [502, 'api_error'],
    'not found': [404, 'not_found_error'],
    'too large': [400, 'invalid_request_error'],
    'rate limited': [429, 'rate_limit_error'],
    failed: [502, 'api_error'],
    overloaded: [503, 'overloaded_error'],
    'too long': [400, 'invalid_request_error'],
  },
  malformed: 'api_error',
  brokenOff: () => 'overloaded_error',
}
