import type { Wire } from './canned.js'

/** A request that the load generator sends as it stands. */
export interface Request {
  path: string
  headers: Record<string, string>
  body: string
}

/** What a request asks for: the upstream's model name says how a stream comes. */
export interface Ask {
  model: string
  stream: boolean
  store?: boolean
  /** About how many bytes of conversation go with it; 700 unless told. */
  conversationBytes?: number
}

const turn =
  'Please read the following note and say in a few words what should be done first. The gateway holds the keys of the ' +
  'providers, so a caller never sees one; each request is judged, sent and recorded. '

/** The JSON body of an ask in one wire. */
export function requestBody(wire: Wire, ask: Ask): string {
  const { model, stream, store, conversationBytes = 700 } = ask
  const turns = Math.max(1, Math.round(conversationBytes / 500))
  const messages = Array.from({ length: turns - ((turns + 1) % 2) }, (_, index) => message(index, conversationBytes / turns))
  if (wire === 'responses') {
    const instructions = 'You are a careful assistant who answers in one short paragraph.'
    return JSON.stringify({ model, instructions, input: messages, stream, ...(store === undefined ? {} : { store }) })
  }
  return JSON.stringify({ model, messages, stream, ...(stream ? { stream_options: { include_usage: true } } : {}) })
}

/** The bytes of a request on a keep-alive connection. */
export function requestBytes(request: Request): Buffer {
  const headers = { host: '127.0.0.1', 'content-type': 'application/json', ...request.headers }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = Buffer.byteLength(request.body)
  return Buffer.from(`POST ${request.path} HTTP/1.1\r\n${lines.join('')}content-length: ${length}\r\n\r\n${request.body}`)
}

function message(index: number, bytes: number): { role: 'user' | 'assistant'; content: string } {
  const content = turn.repeat(Math.ceil(bytes / turn.length)).slice(0, Math.round(bytes))
  return { role: index % 2 === 0 ? 'user' : 'assistant', content }
}
