// OpenAI's Chat Completions, with the reasoning text that many servers of it add.
import { data, type Seen } from '../../upstream.js'
import {
  bytesOf,
  eachOf,
  inPieces,
  wire,
  wires,
  type Answer,
  type Asked,
  type Piece,
  type Said,
  type Spent,
  type Wire,
  type Word,
} from '../plain.js'
import { askedOf, complaints, type Actor, type Cut, type Performance } from './actor.js'
import { openAiRefusal } from './responses.js'

const head = { id: 'chatcmpl-up', created: 1_750_000_000, model: 'model', service_tier: 'default', system_fingerprint: null }

const finishes = { end: 'stop', calls: 'tool_calls', length: 'length', filter: 'content_filter' } as const

const usageOf = ({ input, cached, output, reasoning }: Spent): object => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: reasoning,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
})

const all = (said: readonly Said[], type: 'text' | 'refusal' | 'reasoning'): string | null => {
  const texts = said.flatMap((each) => (each.type === type ? [each.text] : []))
  return texts.length > 0 ? texts.join('') : null
}

function whole({ said, stop, spent }: Answer): object {
  const calls = said.flatMap((each) =>
    each.type === 'call' ? [{ id: each.id, type: 'function', function: { name: each.name, arguments: each.arguments } }] : [],
  )
  const reasoning = all(said, 'reasoning')
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: all(said, 'text'),
          ...(reasoning !== null && { reasoning_content: reasoning }),
          ...(calls.length > 0 && { tool_calls: calls }),
          refusal: all(said, 'refusal'),
          annotations: [],
        },
        logprobs: null,
        finish_reason: finishes[stop],
      },
    ],
    usage: usageOf(spent),
  }
}

const chunk = (delta: object, finish: string | null = null): string =>
  data({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
  })

function streams({ said, stop, spent }: Answer, cut: Cut = inPieces): Performance {
  let calls = 0
  const content = said.flatMap((each): string[] => {
    switch (each.type) {
      case 'text':
        return cut(each.text).map((piece) => chunk({ content: piece }))
      case 'refusal':
        return cut(each.text).map((piece) => chunk({ refusal: piece }))
      case 'reasoning':
        return cut(each.text).map((piece) => chunk({ reasoning_content: piece }))
      default: {
        const index = calls++
        const { id, name } = each
        return [
          chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
          ...cut(each.arguments).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
        ]
      }
    }
  })
  const usage = data({ ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(spent) })
  return {
    opening: [chunk({ role: 'assistant', content: '', refusal: null })],
    content,
    closing: [chunk({}, finishes[stop]), usage, data('[DONE]')],
  }
}

function asked({ body }: Seen): Asked {
  const messages = wires(body['messages'])
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => textOf(content))
  const names = new Map(
    messages.flatMap((message) =>
      wires(message['tool_calls']).map(({ id, function: { name } = wire(undefined) }: Wire & { function?: Wire }) => [id, name]),
    ),
  )
  const format = wire(body['response_format'])
  const schema = wire(format['json_schema'])
  const { type, function: chosen } = wire(body['tool_choice'])
  return askedOf({
    model: String(body['model']),
    stream: body['stream'] === true,
    system: system.join('\n') || undefined,
    words: messages.filter(({ role }) => role !== 'system').flatMap((message) => wordsOf(message, names)),
    tools: eachOf(body['tools'], ({ function: tool }) => {
      const { name, description, parameters } = wire(tool)
      return { name, description, parameters }
    }),
    choice: type === 'function' ? { name: wire(chosen)['name'] } : body['tool_choice'],
    serial: body['parallel_tool_calls'] === false ? true : undefined,
    schema: format['type'] === 'json_schema' && schema['name'] === 'answer' ? schema['schema'] : undefined,
    effort: body['reasoning_effort'],
    limit: body['max_tokens'],
    temperature: body['temperature'],
  })
}

function wordsOf(message: Wire, names: ReadonlyMap<unknown, unknown>): Word[] {
  const { role, content, refusal, tool_calls: calls, tool_call_id: id } = message
  switch (role) {
    case 'user':
      return [{ type: 'user', pieces: piecesOf(content) }]
    case 'tool':
      return [{ type: 'result', id: String(id), name: String(names.get(id)), pieces: piecesOf(content) }]
    case 'assistant':
      return [
        ...(typeof message['reasoning_content'] === 'string'
          ? [{ type: 'reasoning', text: message['reasoning_content'] } as const]
          : []),
        ...(content == null ? [] : [{ type: 'text', text: textOf(content) } as const]),
        ...(typeof refusal === 'string' ? [{ type: 'refusal', text: refusal } as const] : []),
        ...wires(calls).map(({ id, function: called }): Word => {
          const { name, arguments: text } = wire(called)
          return { type: 'call', id: String(id), name: String(name), arguments: String(text) }
        }),
      ]
    default:
      throw new Error(`Chat Completions know no such message: ${JSON.stringify(message)}`)
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
      case 'text':
        return { type: 'text', text: String(part['text']) }
      case 'image_url':
        return { type: 'image', data: bytesOf(wire(part['image_url'])['url']) }
      case 'file': {
        const { filename, file_data: bytes } = wire(part['file'])
        return { type: 'file', data: bytesOf(bytes), ...(typeof filename === 'string' && { name: filename }) }
      }
      default:
        throw new Error(`Chat Completions know no such part: ${JSON.stringify(part)}`)
    }
  })
}

export const chatActor: Actor = {
  streamType: 'text/event-stream',
  whole,
  streams,
  refuses: openAiRefusal,
  breaks: data({ error: { message: complaints.overloaded, type: 'server_error', param: null, code: 503 } }),
  asked,
}
