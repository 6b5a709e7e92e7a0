import { WebSocket } from 'ws'
import type { Wire } from './faces.js'
import { keys } from './gateway.js'

/** A message of the gateway, as far as tests look into it. */
export interface Told extends Wire {
  readonly status?: number
  readonly stream_id?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A caller's WebSocket connection, as Alice's or another's. */
export interface Socket extends Disposable {
  readonly raw: WebSocket
  send(message: object | string | Buffer): void
  /** The next message; rejects when the connection closes before. */
  next(): Promise<Told>
  /** Every message up to the one that ends the turn, which is the last. */
  turn(): Promise<readonly Told[]>
  /** Sends a `response.create` and gives its turn. */
  create(body: object): Promise<readonly Told[]>
  /** Messages that have come and were not taken. */
  readonly left: readonly Told[]
  readonly closed: Promise<Closed>
}

const endings = new Set(['error', 'response.completed', 'response.incomplete', 'response.failed'])

export interface SocketOptions {
  readonly path?: string
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Connects; rejects with `Refused` where the gateway answers with HTTP. */
export async function openSocket(origin: string, { path, key = keys.alice, headers }: SocketOptions = {}): Promise<Socket> {
  const raw = new WebSocket(origin.replace('http', 'ws') + (path ?? '/v1/responses'), {
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), ...headers },
  })
  const left: Told[] = []
  let over = false
  let wake = (): void => {}
  raw.on('message', (data, binary) => {
    if (binary) throw new Error('The gateway sent a binary message.')
    left.push(JSON.parse(String(data)) as Told)
    wake()
  })
  const closed = new Promise<Closed>((resolve) =>
    raw.once('close', (code, reason) => {
      over = true
      resolve({ code, reason: reason.toString() })
      wake()
    }),
  )
  await new Promise<void>((resolve, reject) => {
    raw.once('open', resolve)
    raw.on('error', reject)
    raw.once('unexpected-response', (_, response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, response.headers, text)))
    })
  })

  async function next(): Promise<Told> {
    for (;;) {
      const message = left.shift()
      if (message) return message
      if (over) throw new Error('The connection was closed before the next message.')
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }

  async function turn(): Promise<readonly Told[]> {
    const events: Told[] = []
    for (;;) {
      const event = await next()
      events.push(event)
      if (endings.has(event.type ?? '')) return events
    }
  }

  const send = (message: object | string | Buffer): void =>
    raw.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))

  return {
    raw,
    left,
    closed,
    send,
    next,
    turn,
    create(body) {
      send({ type: 'response.create', ...body })
      return turn()
    },
    [Symbol.dispose]: () => raw.terminate(),
  }
}

/** An answer in the place of a connection. */
export class Refused extends Error {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string

  constructor(status: number, headers: Refused['headers'], text: string) {
    super(`Refused with ${status}: ${text}`)
    this.status = status
    this.headers = headers
    this.text = text
  }
}
