// The floor: what Koa and undici cost when nothing is done in between. A keep-alive pool, the body parsed once and sent
// as it came, the answer's bytes forwarded. `reserialise` parses and writes again each event of a stream.
// Hot code stands in classes and top-level functions, because the TypeScript loader wraps named inner ones.
import type { ServerResponse } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import Koa, { type Context } from 'koa'
import { type Dispatcher, Pool } from 'undici'
import { serveCommands } from './ipc.js'
// oxlint-disable-next-line import/no-unassigned-import -- it acts by being loaded, here as in the gateways
import './probe.mjs'

/** What the bench may ask of the floor. */
export type FloorCommands = typeof commands

type Controller = Dispatcher.DispatchController

const headers = { 'content-type': 'application/json', authorization: 'Bearer bench' }
const koa = new Koa()
let pool: Pool
let reserialise = false

// Clients leave in the middle of rows; Koa would print each.
koa.silent = true
koa.use(forward)

const commands = {
  /** Listens on a free port of 127.0.0.1, in front of the upstream at `upstream`, and says which. */
  async listen(options: { upstream: number; reserialise: boolean }): Promise<number> {
    pool = new Pool(`http://127.0.0.1:${options.upstream}`, { pipelining: 1 })
    reserialise = options.reserialise
    const server = koa.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the floor has no port')
    return address.port
  },
}
serveCommands(commands)

async function forward(ctx: Context): Promise<void> {
  if (ctx.method !== 'POST') {
    ctx.status = 204
    return
  }
  const body = await read(ctx)
  const { stream } = JSON.parse(body.toString()) as { stream?: boolean }
  const request = { origin: '', path: ctx.path, method: 'POST' as const, headers, body }
  if (stream === true) {
    ctx.respond = false
    pool.dispatch(request, reserialise ? new ReserialisedStream(ctx.res) : new ForwardedStream(ctx.res))
    return
  }
  const answer = await new Promise<PlainAnswer>((resolve, reject) => {
    pool.dispatch(request, new PlainAnswer(resolve, reject))
  })
  ctx.status = answer.status
  ctx.type = 'application/json'
  ctx.body = answer.bytes
}

function read(ctx: Context): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    ctx.req.on('data', (chunk: Buffer) => chunks.push(chunk))
    ctx.req.on('end', () => resolve(joined(chunks)))
    ctx.req.on('error', reject)
  })
}

function joined(chunks: Buffer[]): Buffer {
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
}

class PlainAnswer implements Dispatcher.DispatchHandler {
  status = 0
  bytes: Buffer = Buffer.alloc(0)
  readonly #chunks: Buffer[] = []
  readonly #resolve: (answer: PlainAnswer) => void
  readonly #reject: (error: Error) => void

  constructor(resolve: (answer: PlainAnswer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve
    this.#reject = reject
  }
  onRequestStart(): void {}
  onResponseStart(_controller: Controller, status: number): void {
    this.status = status
  }
  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }
  onResponseEnd(): void {
    this.bytes = joined(this.#chunks)
    this.#resolve(this)
  }
  onResponseError(_controller: Controller, error: Error): void {
    this.#reject(error)
  }
}

class ForwardedStream implements Dispatcher.DispatchHandler {
  protected readonly response: ServerResponse

  constructor(response: ServerResponse) {
    this.response = response
  }
  onRequestStart(controller: Controller): void {
    this.response.once('close', () => {
      if (!this.response.writableFinished) controller.abort(new Error('the client left'))
    })
  }
  onResponseStart(_controller: Controller, status: number): void {
    this.response.writeHead(status, { 'content-type': 'text/event-stream; charset=utf-8' })
  }
  onResponseData(controller: Controller, chunk: Buffer): void {
    this.write(controller, chunk)
  }
  onResponseEnd(): void {
    this.response.end()
  }
  onResponseError(): void {
    this.response.destroy()
  }
  protected write(controller: Controller, chunk: Buffer | string): void {
    if (this.response.write(chunk)) return
    controller.pause()
    this.response.once('drain', () => controller.resume())
  }
}

class ReserialisedStream extends ForwardedStream {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  override onResponseData(controller: Controller, chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk)
    let written = ''
    let from = 0
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n', from)) {
      written += again(text.slice(from, end))
      from = end + 2
    }
    this.#rest = text.slice(from)
    if (written !== '') this.write(controller, written)
  }
}

function again(frame: string): string {
  const at = frame.indexOf('data: ') + 6
  const data = frame.slice(at)
  return data === '[DONE]' ? `${frame}\n\n` : `${frame.slice(0, at)}${JSON.stringify(JSON.parse(data))}\n\n`
}
