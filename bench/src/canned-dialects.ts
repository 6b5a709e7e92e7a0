// The answers of servers that speak neither of OpenAI's languages, in the shape in which they send them.
import { crc32 } from 'node:zlib'

const model = 'bench-model'

const messagesHead = { id: 'msg_01XfVqT9vA3bench', type: 'message', role: 'assistant', model }
const messagesUsage = {
  input_tokens: 212,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 36,
  service_tier: 'standard',
}

export const messagesAnswer = (text: string): object => ({
  ...messagesHead,
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: messagesUsage,
})

export function messagesFrames(texts: string[]): string[] {
  const frame = (type: string, fields: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
  const opening =
    frame('message_start', {
      message: {
        ...messagesHead,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...messagesUsage, output_tokens: 1 },
      },
    }) +
    frame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
    frame('ping', {})
  const deltas = texts.map((text) => frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }))
  const closing =
    frame('content_block_stop', { index: 0 }) +
    frame('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: messagesUsage }) +
    frame('message_stop', {})
  return framed(opening, deltas, closing)
}

const contentUsage = {
  promptTokenCount: 212,
  candidatesTokenCount: 36,
  totalTokenCount: 248,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: 212 }],
}

const chunk = (text: string, more: object = {}): object => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
  usageMetadata: contentUsage,
  modelVersion: model,
  responseId: 'bEnChRq1Zv6x',
})

export const contentAnswer = (text: string): object => chunk(text, { finishReason: 'STOP' })

export function contentFrames(texts: string[]): string[] {
  const frame = (wire: object): string => `data: ${JSON.stringify(wire)}\r\n\r\n`
  return framed(
    '',
    texts.map((text) => frame(chunk(text))),
    frame(chunk('', { finishReason: 'STOP' })),
  )
}

const converseUsage = { inputTokens: 212, outputTokens: 36, totalTokens: 248 }

export const converseAnswer = (text: string): object => ({
  output: { message: { role: 'assistant', content: [{ text }] } },
  stopReason: 'end_turn',
  usage: converseUsage,
  metrics: { latencyMs: 812 },
})

export function converseFrames(texts: string[]): Buffer[] {
  const opening = awsFrame('messageStart', { role: 'assistant' })
  const deltas = texts.map((text) => awsFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: 'abcdefgh' }))
  const closing = Buffer.concat([
    awsFrame('contentBlockStop', { contentBlockIndex: 0 }),
    awsFrame('messageStop', { stopReason: 'end_turn' }),
    awsFrame('metadata', { usage: converseUsage, metrics: { latencyMs: 812 } }),
  ])
  return [Buffer.concat([opening, deltas[0] ?? Buffer.alloc(0)]), ...deltas.slice(1), closing]
}

/** One message of `application/vnd.amazon.eventstream`: lengths, their checksum, headers, payload, a checksum of it all. */
function awsFrame(event: string, payload: object): Buffer {
  const headers = Buffer.concat([
    awsHeader(':event-type', event),
    awsHeader(':content-type', 'application/json'),
    awsHeader(':message-type', 'event'),
  ])
  const body = Buffer.from(JSON.stringify(payload))
  const frame = Buffer.alloc(16 + headers.length + body.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  body.copy(frame, 12 + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
  return frame
}

function awsHeader(name: string, value: string): Buffer {
  const header = Buffer.alloc(4 + name.length + value.length)
  header.writeUInt8(name.length, 0)
  header.write(name, 1)
  // The type of a text.
  header.writeUInt8(7, 1 + name.length)
  header.writeUInt16BE(value.length, 2 + name.length)
  header.write(value, 4 + name.length)
  return header
}

/** The first delta goes with what opens the stream. */
const framed = (opening: string, deltas: string[], closing: string): string[] => [
  opening + (deltas[0] ?? ''),
  ...deltas.slice(1),
  closing,
]
