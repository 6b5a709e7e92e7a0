// Bedrock's Converse: blocks that are unions, and streams in AWS's binary framing.
import type { Seen } from '../../upstream.js'
import { awsFrame } from '../aws-frames.js'
import {
  eachOf,
  given,
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
import { askedOf, complaints, type Actor, type Bytes, type Cut, type Performance } from './actor.js'

const stops = { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', filter: 'content_filtered' } as const

const usageOf = ({ input, cached, output }: Spent): object => ({
  inputTokens: input - cached,
  outputTokens: output,
  totalTokens: input + output,
  cacheReadInputTokens: cached,
  cacheWriteInputTokens: 0,
})

function blockOf(said: Said): Wire {
  switch (said.type) {
    case 'reasoning':
      if (said.redacted) return { reasoningContent: { redactedContent: said.token } }
      return { reasoningContent: { reasoningText: given({ text: said.text, signature: said.token }) } }
    case 'call':
      return { toolUse: { toolUseId: said.id, name: said.name, input: JSON.parse(said.arguments) as unknown } }
    default:
      return { text: said.text }
  }
}

const whole = ({ said, stop, spent }: Answer): object => ({
  metrics: { latencyMs: 1240 },
  output: { message: { content: said.map(blockOf), role: 'assistant' } },
  stopReason: stops[stop],
  usage: usageOf(spent),
})

const json = { ':content-type': 'application/json' }

/** A message of such a stream. AWS pads each by a random `p`, so that its length tells nothing. */
export const converseEvent = (event: string, fields: object): Bytes =>
  awsFrame(
    { ':event-type': event, ...json, ':message-type': 'event' },
    JSON.stringify({ ...fields, p: 'abcdefghijklmnop'.slice(0, 3 + (event.length % 9)) }),
  )

function streams({ said, stop, spent }: Answer, cut: Cut = inPieces): Performance {
  return {
    opening: [converseEvent('messageStart', { role: 'assistant' })],
    content: said.flatMap((each, contentBlockIndex) => blockEvents(each, contentBlockIndex, cut)),
    closing: [
      converseEvent('messageStop', { stopReason: stops[stop] }),
      converseEvent('metadata', { metrics: { latencyMs: 1240 }, usage: usageOf(spent) }),
    ],
  }
}

/** Only calls have a start. */
function blockEvents(said: Said, contentBlockIndex: number, cut: Cut): Bytes[] {
  const delta = (fields: object): Bytes => converseEvent('contentBlockDelta', { contentBlockIndex, delta: fields })
  const stop = converseEvent('contentBlockStop', { contentBlockIndex })
  switch (said.type) {
    case 'reasoning':
      if (said.redacted) return [delta({ reasoningContent: { redactedContent: said.token } }), stop]
      return [
        ...cut(said.text).map((text) => delta({ reasoningContent: { text } })),
        ...(said.token === undefined ? [] : [delta({ reasoningContent: { signature: said.token } })]),
        stop,
      ]
    case 'call': {
      const { id: toolUseId, name } = said
      return [
        converseEvent('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } }),
        ...(said.arguments === '{}' ? [] : cut(said.arguments)).map((input) => delta({ toolUse: { input } })),
        stop,
      ]
    }
    default:
      return [...cut(said.text).map((text) => delta({ text })), stop]
  }
}

const statuses: Readonly<Record<Failing, readonly [status: number, exception: string]>> = {
  rejected: [400, 'ValidationException'],
  unauthorized: [403, 'AccessDeniedException'],
  'not found': [404, 'ResourceNotFoundException'],
  'too large': [413, 'RequestEntityTooLargeException'],
  'rate limited': [429, 'ThrottlingException'],
  failed: [500, 'InternalServerException'],
  overloaded: [503, 'ServiceUnavailableException'],
  'too long': [400, 'ValidationException'],
}

/** The name of the exception stands in a header. */
const refuses: Actor['refuses'] = (failing) => {
  const [status, exception] = statuses[failing]
  const headers = { 'x-amzn-errortype': `${exception}:http://internal.amazon.com/coral/com.amazon.bedrock/` }
  return { status, headers, body: { message: complaints[failing] } }
}

function asked({ path, body }: Seen): Asked {
  const [, model = '', verb = ''] = /\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path) ?? []
  if (verb === '') throw new Error(`Bedrock has no such path: ${path}`)
  if ('model' in body || 'stream' in body) throw new Error('Bedrock wants the model and the stream in the path alone.')
  const messages = wires(body['messages'])
  for (const [index, { role }] of messages.entries())
    if (role !== (index % 2 === 0 ? 'user' : 'assistant')) throw new Error('Bedrock wants user and assistant by turns.')
  const names = new Map(
    messages.flatMap(({ content }) =>
      wires(content).flatMap(({ toolUse: { toolUseId, name } = {} }: Wire & { toolUse?: Wire }) =>
        toolUseId === undefined ? [] : [[toolUseId, name]],
      ),
    ),
  )
  const { tools, toolChoice } = wire(body['toolConfig'])
  if (names.size > 0 && tools === undefined) throw new Error('Bedrock wants the tools of a conversation that has called some.')
  const { textFormat, effort } = wire(body['outputConfig'])
  const { maxTokens, temperature } = wire(body['inferenceConfig'])
  const { schema, name } = wire(wire(wire(textFormat)['structure'])['jsonSchema'])
  return askedOf({
    model: decodeURIComponent(model),
    stream: verb === 'converse-stream',
    system:
      wires(body['system'])
        .map(({ text }) => String(text))
        .join('\n') || undefined,
    words: messages.flatMap(({ role, content }) =>
      role === 'user' ? userWords(wires(content), names) : modelWords(wires(content)),
    ),
    tools: eachOf(tools, ({ toolSpec }) => {
      const { name, description, inputSchema } = wire(toolSpec)
      return { name, description, parameters: wire(inputSchema)['json'] }
    }),
    choice: choiceOf(wire(toolChoice)),
    schema: typeof schema === 'string' && name === 'answer' ? (JSON.parse(schema) as object) : undefined,
    effort,
    limit: maxTokens,
    temperature,
  })
}

function choiceOf({ auto, any, tool }: Wire): unknown {
  if (tool) return { name: wire(tool)['name'] }
  return any ? 'required' : auto && 'auto'
}

function userWords(blocks: readonly Wire[], names: ReadonlyMap<unknown, unknown>): Word[] {
  const words: Word[] = []
  for (const block of blocks) {
    const last = words.at(-1)
    if (block['toolResult']) {
      const { toolUseId: id, content } = wire(block['toolResult'])
      if (!names.has(id)) throw new Error(`Nothing was called by the id ${String(id)}.`)
      words.push({ type: 'result', id: String(id), name: String(names.get(id)), pieces: wires(content).map(pieceOf) })
    } else if (last?.type === 'user') words[words.length - 1] = { ...last, pieces: [...last.pieces, pieceOf(block)] }
    else words.push({ type: 'user', pieces: [pieceOf(block)] })
  }
  return words
}

const modelWords = (blocks: readonly Wire[]): Word[] =>
  blocks.map((block): Word => {
    const { text, toolUse, reasoningContent } = block
    if (typeof text === 'string') return { type: 'text', text }
    if (toolUse) {
      const { toolUseId, name, input } = wire(toolUse)
      return { type: 'call', id: String(toolUseId), name: String(name), arguments: JSON.stringify(input) }
    }
    const { reasoningText, redactedContent } = wire(reasoningContent)
    if (typeof redactedContent === 'string') return { type: 'reasoning', text: '', token: redactedContent, redacted: true }
    const { text: thought, signature } = wire(reasoningText)
    if (typeof thought !== 'string') throw new Error(`Bedrock knows no such block: ${JSON.stringify(block)}`)
    return { type: 'reasoning', text: thought, ...(typeof signature === 'string' && { token: signature }) }
  })

function pieceOf(block: Wire): Piece {
  const { text, image, document } = block
  if (typeof text === 'string' && text.trim() !== '') return { type: 'text', text }
  const { format, name, source } = wire(image ?? document)
  const bytes = String(wire(source)['bytes'])
  if (image && format === 'png') return { type: 'image', data: bytes }
  if (document && format === 'pdf') return { type: 'file', data: bytes, name: `${String(name)}.pdf` }
  throw new Error(`Bedrock knows no such block: ${JSON.stringify(block)}`)
}

export const converseActor: Actor = {
  streamType: 'application/vnd.amazon.eventstream',
  whole,
  streams,
  refuses,
  breaks: awsFrame(
    { ':exception-type': 'serviceUnavailableException', ...json, ':message-type': 'exception' },
    JSON.stringify({ message: complaints.overloaded }),
  ),
  asked,
}
