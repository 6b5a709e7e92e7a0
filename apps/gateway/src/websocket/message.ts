import { GatewayError } from '@weir/contracts'
import { parseJson } from '../ingress/body.js'

/** A message as it came. */
export interface Message {
  readonly bytes: Buffer
  readonly binary: boolean
}

/** What a caller wants with a message. */
export interface Asked {
  /** The body of a request to create a response; throws a `GatewayError` for a message that is none. */
  readonly body: () => object
  readonly previousResponseId: string | undefined
  /** The caller wants no answer yet. */
  readonly warmUp: boolean
  readonly lane: string | undefined
}

const longestLane = 256

/** Reads a message. `undefined`: it wants no answer. Never throws; what is wrong is said by `body`. */
export function readMessage(message: Message): Asked | undefined {
  try {
    return asked(message)
  } catch (error) {
    const body = (): never => {
      throw error
    }
    return { body, previousResponseId: undefined, warmUp: false, lane: undefined }
  }
}

function asked({ bytes, binary }: Message): Asked | undefined {
  if (binary) throw new GatewayError('invalid_value', { message: 'The message is binary; send JSON as text.' })
  const event = parseJson(bytes)
  if (event === null || typeof event !== 'object' || Array.isArray(event))
    throw new GatewayError('invalid_value', { message: 'The message is not a JSON object.' })
  const { type, generate, stream_id: lane, stream: _, stream_options: __, ...body } = event as Readonly<Record<string, unknown>>
  // Codex says that it has read a response, and waits for nothing.
  if (type === 'response.processed') return undefined
  const isLane = lane === undefined || lane === null || (typeof lane === 'string' && lane.length <= longestLane)
  const previous = body['previous_response_id']
  return {
    body() {
      if (type !== 'response.create') throw unknownType(type)
      if (generate !== undefined && generate !== null && typeof generate !== 'boolean')
        throw new GatewayError('invalid_value', { message: 'generate: send true or false.', param: 'generate' })
      if (!isLane)
        throw new GatewayError('invalid_value', {
          message: `stream_id: send a string of at most ${longestLane} characters.`,
          param: 'stream_id',
        })
      if (body['background'] === true)
        throw new GatewayError('unsupported_parameter', {
          message: 'background: a response is not made in the background over a WebSocket; leave it out, or use POST.',
          param: 'background',
        })
      // A response over a WebSocket is always a stream; a warm-up leaves nothing behind in the store.
      return { ...body, stream: true, ...(generate === false && { store: false }) }
    },
    previousResponseId: typeof previous === 'string' ? previous : undefined,
    warmUp: generate === false,
    lane: isLane && typeof lane === 'string' ? lane : undefined,
  }
}

function unknownType(type: unknown): GatewayError {
  if (type === undefined)
    return new GatewayError('missing_required_parameter', { message: 'type: send "response.create".', param: 'type' })
  const shown = JSON.stringify(type).slice(0, 100)
  return new GatewayError('invalid_value', { message: `type: ${shown} is not known; send "response.create".`, param: 'type' })
}
