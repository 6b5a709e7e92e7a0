import {
  append,
  eventsOf,
  given,
  messagesOf,
  wire,
  wires,
  type Call,
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
      return piece
    case 'image':
      return { type: 'image_url', image_url: { url: `data:image/png;base64,${piece.data}` } }
    default:
      return { type: 'file', file: given({ filename: piece.name, file_data: `data:application/pdf;base64,${piece.data}` }) }
  }
}

const contentOf = (pieces: readonly Piece[]): unknown =>
  pieces.length === 1 && pieces[0]?.type === 'text' ? pieces[0].text : pieces.map(partOf)

const textsOf = (said: readonly Said[], type: 'text' | 'refusal'): string | undefined => {
  const texts = said.flatMap((each) => (each.type === type ? [each.text] : []))
  return texts.length > 0 ? texts.join('') : undefined
}

function messageList({ system, words }: Question): object[] {
  const said = messagesOf(words).flatMap((message): object[] => {
    if (message.by === 'user')
      return message.words.map((word) =>
        word.type === 'user'
          ? { role: 'user', content: contentOf(word.pieces) }
          : { role: 'tool', tool_call_id: word.id, content: contentOf(word.pieces) },
      )
    const calls = message.said.flatMap((each) =>
      each.type === 'call' ? [{ id: each.id, type: 'function', function: { name: each.name, arguments: each.arguments } }] : [],
    )
    return [
      given({
        role: 'assistant',
        content: textsOf(message.said, 'text') ?? null,
        refusal: textsOf(message.said, 'refusal'),
        tool_calls: calls.length > 0 ? calls : undefined,
      }),
    ]
  })
  return system === undefined ? said : [{ role: 'system', content: system }, ...said]
}

const asks: Caller['asks'] = (model, question, stream) => {
  const { tools, choice, serial, schema, effort, limit, temperature } = question
  const body = given({
    model,
    stream: stream || undefined,
    stream_options: stream ? { include_usage: true } : undefined,
    messages: messageList(question),
    tools: tools?.map((tool) => ({ type: 'function', function: tool })),
    tool_choice: typeof choice === 'object' ? { type: 'function', function: choice } : choice,
    parallel_tool_calls: serial && false,
    response_format: schema && { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    reasoning_effort: effort,
    max_tokens: limit,
    temperature,
  })
  return { path: '/v1/chat/completions', body }
}

const stops: Readonly<Record<string, Stop>> = { stop: 'end', tool_calls: 'calls', length: 'length', content_filter: 'filter' }

/** A message has a place for each kind of what is said, and no order among them. */
function ordered(fields: { reasoning?: unknown; text?: unknown; refusal?: unknown; calls: readonly Said[] }): Said[] {
  const said: Said[] = []
  for (const type of ['reasoning', 'text', 'refusal'] as const) {
    const text = fields[type]
    if (typeof text === 'string' && text !== '') said.push({ type, text })
  }
  return [...said, ...fields.calls]
}

const callOf = (call: Wire): Said => {
  const custom = call['type'] === 'custom'
  must(custom || call['type'] === 'function', 'a call is one of a function or of a custom tool')
  const { name, arguments: json, input } = wire(call[custom ? 'custom' : 'function'])
  const text = custom ? input : json
  return { type: 'call', id: String(call['id']), name: String(name), arguments: String(text) }
}

function usageOf(usage: unknown): Told['spent'] {
  if (usage === undefined || usage === null) return undefined
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total, ...more } = wire(usage)
  must(Number(total) === Number(input) + Number(output), 'the total is the sum')
  const { cached_tokens: cached } = wire(more['prompt_tokens_details'])
  const { reasoning_tokens: reasoning } = wire(more['completion_tokens_details'])
  return spentOf(input, cached, output, reasoning)
}

function ended(finish: unknown, usage: unknown): Pick<Told, 'stop' | 'spent'> {
  must(typeof finish === 'string', 'an answer that ended says why')
  const stop = stops[finish] ?? 'strange'
  return { stop, ...given({ spent: usageOf(usage) }) }
}

const reads: Caller['reads'] = (completion) => {
  const [choice] = wires(completion['choices'])
  const { content, reasoning_content: reasoning, refusal, tool_calls: calls } = wire(choice?.['message'])
  must(completion['object'] === 'chat.completion', 'the object is a completion')
  return {
    said: ordered({ reasoning, text: content, refusal, calls: wires(calls).map(callOf) }),
    ...ended(choice?.['finish_reason'], completion['usage']),
  }
}

function hears(stream: string): Told {
  const frames = eventsOf(stream)
  const done = frames.at(-1)?.data === '[DONE]'
  const chunks = (done ? frames.slice(0, -1) : frames).map(({ data }) => wire(JSON.parse(data)))
  const said: Said[] = []
  const calls: Call[] = []
  let finish: unknown
  let usage: unknown
  for (const chunk of chunks) {
    if (chunk['error']) {
      must(!done && chunk === chunks.at(-1), 'nothing follows an error')
      must(finish === undefined, 'what failed has not finished')
      return { said: collected(said, calls), error: openAi.readsError(chunk) }
    }
    must(chunk['object'] === 'chat.completion.chunk', 'the object is a chunk')
    if (chunk['usage']) usage = chunk['usage']
    const [choice] = wires(chunk['choices'])
    const { content, reasoning_content: reasoning, refusal, tool_calls: pieces } = wire(choice?.['delta'])
    if (typeof reasoning === 'string') append(said, { type: 'reasoning', text: reasoning })
    if (typeof content === 'string') append(said, { type: 'text', text: content })
    if (typeof refusal === 'string') append(said, { type: 'refusal', text: refusal })
    for (const piece of wires(pieces)) {
      const { name, arguments: json, input = json } = wire(piece['custom'] ?? piece['function'])
      const place = Number(piece['index'])
      const call = calls[place] ?? { type: 'call', name: '', arguments: '' }
      calls[place] = {
        ...call,
        ...(typeof piece['id'] === 'string' && { id: piece['id'] }),
        name: call.name + (typeof name === 'string' ? name : ''),
        arguments: call.arguments + (typeof input === 'string' ? input : ''),
      }
    }
    finish = choice?.['finish_reason'] ?? finish
  }
  must(done, 'the last event is [DONE]')
  return { said: collected(said, calls), ...ended(finish, usage) }
}

function collected(said: readonly Said[], calls: readonly Call[]): Said[] {
  const all = (type: Said['type']): string =>
    said.flatMap((each) => (each.type === type && each.type !== 'call' ? [each.text] : [])).join('')
  return ordered({
    reasoning: all('reasoning'),
    text: all('text'),
    refusal: all('refusal'),
    calls,
  })
}

export const chatCaller: Caller = { asks, reads, hears, ...openAi, brokenOff: () => 'server_error unavailable' }
