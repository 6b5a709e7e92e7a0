import { GatewayError } from '@weir/contracts'
import { responses } from '@weir/dialects'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import type { Head } from '../exchange.js'
import { eachSecond } from '../respond/outlets/each-second.js'
import { errorHeaders } from '../respond/fail.js'
import { errorMessage } from '../respond/outlets/websocket.js'
import type { WebSocketLimits } from './limits.js'
import type { Memories } from './memories.js'
import type { Message } from './message.js'
import { liveness } from './liveness.js'
import { messageSink } from './sink.js'
import { turn, type Carrier } from './turn.js'

export interface Connection {
  /** Takes no more turns: closes now, or when the turn that is running has ended. */
  drain(): void
  /** Closes without a word. */
  cut(): void
}

/** Close codes of RFC 6455. After the first a client may connect again; after the second the same would happen again. */
const goingAway = 1001
const policyViolation = 1008

interface Circumstances {
  /** The head of the request that opened it. */
  readonly head: Head
  readonly carrier: Carrier
  readonly limits: WebSocketLimits
  readonly memories: Memories
  /** Told of every run of turns. */
  readonly track: (turns: Promise<void>) => void
}

/**
 * One caller's connection. Its messages are turns, taken one after the other in the order in which they came, each with exactly
 * one ending message; so a caller may send ahead, up to the bounds. `stream` is what the socket
 * writes to.
 */
export function connection(
  socket: WebSocket,
  stream: Duplex,
  { head, carrier, limits, memories, track }: Circumstances,
): Connection {
  const { bodyLimit, streamIdleTimeout } = carrier.configuration()
  const sink = messageSink(socket, stream)
  const { local, forget: forgetResponses } = memories.open()
  const openedAt = Date.now()
  const waiting: Message[] = []
  let waitingBytes = 0
  let running: AbortController | undefined
  /** Why no further turn is taken, and whether the caller knows. */
  let parting: GatewayError | undefined
  let told = false

  function take(bytes: Buffer, binary: boolean): void {
    if (!sink.open) return
    if (waiting.length >= limits.waiting || waitingBytes + bytes.length > bodyLimit) {
      // An error now would be taken for the end of the turn that is running.
      socket.close(policyViolation, 'Too many messages are waiting.')
      return leave()
    }
    waiting.push({ bytes, binary })
    waitingBytes += bytes.length
    if (!running) track(run())
  }

  async function run(): Promise<void> {
    for (let message = waiting.shift(); message; message = waiting.shift()) {
      waitingBytes -= message.bytes.length
      if (parting) tell(parting)
      else {
        running = new AbortController()
        await turn(message, { head, local, sink, signal: running.signal }, carrier)
      }
    }
    running = undefined
    if (parting) part(parting)
  }

  function tell(error: GatewayError): void {
    const { status, body } = responses.error.encode(error)
    told = true
    sink.send(errorMessage(status, errorHeaders(error), body))
  }

  /** No further turn. A limit is told even where nobody waits for an answer; that the gateway stops is said by the code. */
  function part(error: GatewayError): void {
    parting = error
    if (running || !sink.open) return
    if (!told && error.code === 'websocket_connection_limit_reached') tell(error)
    socket.close(goingAway, error.message)
  }

  function leave(): void {
    waiting.length = 0
    waitingBytes = 0
    running?.abort()
  }

  const alive = liveness(socket, limits, streamIdleTimeout)
  const forget = eachSecond((now) => {
    // A caller that has said goodbye reads no more.
    if (!sink.open) return leave()
    alive(now)
    const age = now - openedAt
    if (age < limits.lifetime) return
    if (!parting) part(limitReached(limits))
    else if (age >= limits.lifetime + limits.grace) {
      tell(parting)
      socket.close(goingAway, parting.message)
      leave()
    }
  })

  // Whole and in one piece, since that is how a WebSocket gives messages unless it is asked otherwise.
  socket.on('message', (data: RawData, binary) => take(data as Buffer, binary))
  // What breaks a connection closes it too; that is all there is to do about it.
  socket.on('error', () => {})
  socket.on('close', () => {
    forget()
    forgetResponses()
    leave()
  })
  return {
    drain: () =>
      part(new GatewayError('unavailable', { message: 'The gateway is shutting down; connect again.', retryAfter: 1 })),
    cut: () => socket.terminate(),
  }
}

const limitReached = ({ lifetime }: WebSocketLimits): GatewayError =>
  new GatewayError('websocket_connection_limit_reached', {
    message: `A connection lasts ${Math.round(lifetime / 60_000)} minutes at most; open a new one to go on.`,
  })
