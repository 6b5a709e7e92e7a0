// The provider that every subject calls: node:http with precomputed bytes. The model's name says how a stream comes:
// `events-500` is 500 deltas as fast as they are taken, `paced-20-400` is 400 deltas at 20 a second.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { plainAnswer, streamFrames, type Wire } from './canned.js'
import { serveCommands } from './ipc.js'

interface PacedStream {
  response: ServerResponse
  frames: Buffer[]
  sent: number
  perMillisecond: number
  began: number
}

/** What the bench may ask of the upstream. */
export type UpstreamCommands = typeof commands

const slabBytes = 16_384
const plain = new Map<Wire, Buffer>()
const frames = new Map<string, Buffer[]>()
const slabs = new Map<string, Buffer[]>()
const paced = new Set<PacedStream>()
let answering = 0
let sockets = 0

const server = createServer(receive)
server.on('connection', (socket) => {
  sockets += 1
  socket.once('close', () => (sockets -= 1))
})
// One clock for all paced streams, finer than the pace of any.
setInterval(beat, 4)

const commands = {
  /** Listens on a free port of 127.0.0.1 and says which. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the upstream has no port')
    return address.port
  },
  /** Requests being answered and sockets open, now. */
  open(): { answering: number; sockets: number } {
    return { answering, sockets }
  },
}
serveCommands(commands)

function receive(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  answering += 1
  response.once('close', () => (answering -= 1))
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () =>
    answer(request.url ?? '', chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), response),
  )
}

function answer(url: string, body: Buffer, response: ServerResponse): void {
  const wire = wireOf(url)
  // Two facts are looked for rather than parsed: the upstream must cost less than what it measures. Some wires have them in the URL.
  const [, named, verb] = /\/models?\/([^/:]+)[:/](\w+)/.exec(url) ?? []
  if (verb === undefined ? !body.includes('"stream":true') : !/stream/i.test(url)) {
    const bytes = plain.get(wire) ?? plainAnswer(wire)
    plain.set(wire, bytes)
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length, 'x-request-id': 'req_bench' })
    response.end(bytes)
    return
  }
  const at = body.indexOf('"model":"') + 9
  const name = named ?? body.toString('latin1', at, body.indexOf('"', at))
  const [kind, first, second] = name.split('-')
  const type = wire === 'converse' ? 'application/vnd.amazon.eventstream' : 'text/event-stream; charset=utf-8'
  response.writeHead(200, { 'content-type': type, 'x-request-id': 'req_bench' })
  if (kind === 'paced') pace(response, framesOf(wire, Number(second)), Number(first))
  else pour(response, slabsOf(wire, kind === 'events' ? Number(first) : 100), 0)
}

function wireOf(url: string): Wire {
  if (url.endsWith('/responses')) return 'responses'
  if (url.endsWith('/messages')) return 'messages'
  if (url.includes('/models/')) return 'generate-content'
  return url.includes('/model/') ? 'converse' : 'chat-completions'
}

function pour(response: ServerResponse, parts: Buffer[], from: number): void {
  for (let index = from; index < parts.length; index++) {
    if (response.destroyed) return
    if (!response.write(parts[index]) && index + 1 < parts.length) {
      response.once('drain', () => pour(response, parts, index + 1))
      return
    }
  }
  response.end()
}

function pace(response: ServerResponse, parts: Buffer[], perSecond: number): void {
  const stream: PacedStream = { response, frames: parts, sent: 0, perMillisecond: perSecond / 1000, began: performance.now() }
  paced.add(stream)
  response.once('close', () => paced.delete(stream))
  catchUp(stream, stream.began)
}

function beat(): void {
  const now = performance.now()
  for (const stream of paced) catchUp(stream, now)
}

// An event that is late is still sent, and each event is a write of its own, as a provider's is.
function catchUp(stream: PacedStream, now: number): void {
  const due = Math.min(stream.frames.length, 1 + Math.floor((now - stream.began) * stream.perMillisecond))
  while (stream.sent < due && !stream.response.writableNeedDrain) {
    stream.response.write(stream.frames[stream.sent])
    stream.sent += 1
  }
  if (stream.sent < stream.frames.length) return
  paced.delete(stream)
  stream.response.end()
}

function framesOf(wire: Wire, deltas: number): Buffer[] {
  const key = `${wire}-${deltas}`
  const known = frames.get(key) ?? streamFrames(wire, deltas)
  frames.set(key, known)
  return known
}

function slabsOf(wire: Wire, deltas: number): Buffer[] {
  const key = `${wire}-${deltas}`
  const known = slabs.get(key) ?? gather(framesOf(wire, deltas))
  slabs.set(key, known)
  return known
}

function gather(parts: Buffer[]): Buffer[] {
  const gathered: Buffer[] = []
  let slab: Buffer[] = []
  let size = 0
  for (const part of parts) {
    if (size > 0 && size + part.length > slabBytes) {
      gathered.push(Buffer.concat(slab))
      slab = []
      size = 0
    }
    slab.push(part)
    size += part.length
  }
  gathered.push(Buffer.concat(slab))
  return gathered
}
