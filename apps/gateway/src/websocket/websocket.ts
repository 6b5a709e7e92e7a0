// The Responses API over a WebSocket: who may open a connection is settled here, over HTTP, before there is one.
import { api, GatewayError } from '@weir/contracts'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions } from 'ws'
import { authenticateFor } from '../authenticate/access.js'
import { compileRoutes } from '../ingress/routes.js'
import { connection, type Connection } from './connection.js'
import { webSocketLimits, type WebSocketLimits } from './limits.js'
import { memories } from './memories.js'
import { ignoreUpgrade, refuse } from './refuse.js'
import type { Carrier } from './turn.js'

export interface WebSocketOptions extends Carrier {
  /** False while the gateway drains. */
  readonly serving: () => boolean
  /** Told of turns that are under way. */
  readonly track?: (turns: Promise<void>) => void
  readonly limits?: Partial<WebSocketLimits>
}

export interface WebSockets {
  /** Takes the upgrades of this server. */
  attach(server: Server): void
  /** No new turns: each connection closes when its turn has ended. */
  drain(): void
  /** Closes what is open, without a word. */
  cut(): void
}

/** How long the other side may take to answer a close. Milliseconds. */
const closeTimeout = 2_000

/** WebSocket connections on `/responses` under every inference prefix. */
export function webSocket({ serving, track = () => {}, limits = {}, ...carrier }: WebSocketOptions): WebSockets {
  const routes = compileRoutes(api)
  const open = new Set<Connection>()
  const bounds = { ...webSocketLimits, ...limits }
  const held = memories(bounds)

  /** Settles whether this caller gets a connection here. Throws what is to be answered instead. */
  async function admit({ method, url = '/', headers }: IncomingMessage): Promise<void> {
    const [path = ''] = url.split('?', 1)
    const match = routes.match('POST', path)
    if (!match) throw new GatewayError('not_found', { message: `There is no ${path.slice(0, 200)} here. See /docs.` })
    if (method !== 'GET' || !('route' in match) || match.route.endpoint !== api.responses.create)
      throw new GatewayError('invalid_value', { message: 'Only GET /responses takes a WebSocket; send this without an upgrade.' })
    if (!serving()) throw new GatewayError('unavailable', { message: 'The gateway is shutting down.', retryAfter: 1 })
    await authenticateFor(match.route.endpoint, { headers }, carrier.configuration(), carrier.ports)
  }

  function accept(request: IncomingMessage, stream: Duplex, rest: Buffer): void {
    // Compression would cost memory for every connection, and a message of a few words gains nothing by it.
    const options: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: carrier.configuration().bodyLimit,
      // Newer than the types.
      closeTimeout,
    }
    const server = new WebSocketServer(options)
    server.on('wsClientError', ({ message }) => refuse(stream, new GatewayError('invalid_value', { message: `${message}.` })))
    server.handleUpgrade(request, stream, rest, (socket) => {
      const opened = connection(socket, stream, {
        head: { headers: request.headers },
        carrier,
        limits: bounds,
        memories: held,
        track,
      })
      open.add(opened)
      socket.once('close', () => open.delete(opened))
      if (!serving()) opened.drain()
    })
  }

  return {
    attach(server) {
      server.on('upgrade', (request: IncomingMessage, stream: Duplex, rest: Buffer) => {
        if (request.headers.upgrade?.toLowerCase() !== 'websocket') return ignoreUpgrade(server, request, stream, rest)
        const broken = (): void => void stream.destroy()
        stream.once('error', broken)
        admit(request).then(
          () => {
            stream.off('error', broken)
            accept(request, stream, rest)
          },
          (thrown: unknown) => refuse(stream, thrown),
        )
      })
    },
    drain() {
      for (const each of open) each.drain()
    },
    cut() {
      for (const each of open) each.cut()
    },
  }
}
