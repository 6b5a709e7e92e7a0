import type { TRPCClient } from '@trpc/client'
import {
  api,
  type AppRouter,
  type Contract,
  type Endpoint,
  type EventOf,
  type FormOf,
  type InputOf,
  type OutputOf,
} from '@weir/contracts'
import { call, type CallOptions, type Connection } from './rest.js'
import { stream } from './stream.js'
import { connectTrpc } from './trpc.js'

export interface ClientOptions {
  /** Where the gateway answers, without a path: `http://127.0.0.1:8787`. */
  readonly baseURL: string
  readonly apiKey?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly fetch?: typeof fetch
}

type Arguments<Input> = object extends Input ? [input?: Input, options?: CallOptions] : [input: Input, options?: CallOptions]

type SentBy<E extends Endpoint> = [FormOf<E>] extends [never] ? InputOf<E> : FormOf<E>

/** The bytes of a file come as the response that carries them, to be streamed or read whole. */
type GivenBy<E extends Endpoint> = E extends { readonly bytes: true } ? Response : OutputOf<E>

type CallOf<E extends Endpoint> = (...args: Arguments<SentBy<E>>) => Promise<GivenBy<E>>

interface Streaming<E extends Endpoint> {
  /** The same call as a stream of events. It is sent when the first one is asked for. */
  stream(...args: Arguments<InputOf<E>>): AsyncIterable<EventOf<E>>
}

type MethodOf<E> = E extends Endpoint ? CallOf<E> & (E extends { readonly event: unknown } ? Streaming<E> : unknown) : never

type Methods = { readonly [G in keyof Contract]: { readonly [N in keyof Contract[G]]: MethodOf<Contract[G][N]> } }

/** One method for each endpoint of the contract, and the tRPC client beside them. */
export interface Client extends Methods {
  readonly trpc: TRPCClient<AppRouter>
}

type Input = Readonly<Record<string, unknown>>

function methodOf(connection: Connection, endpoint: Endpoint) {
  const streams = endpoint.event !== undefined
  // Whoever wants a stream asks for one by name; `stream: true` would get an answer that is not JSON.
  const whole = (input: Input): Input => {
    const { stream: _, ...rest } = input
    return endpoint.body ? { ...rest, stream: false } : rest
  }
  const method = (input: Input = {}, options: CallOptions = {}) =>
    call(connection, endpoint, streams ? whole(input) : input, options)
  if (!streams) return method
  return Object.assign(method, {
    stream: (input: Input = {}, options: CallOptions = {}) => stream(connection, endpoint, input, options),
  })
}

/** A client of one gateway. Failures are thrown as `WeirError`, and nothing is tried twice. */
export function createClient({ baseURL, apiKey, headers = {}, fetch: send = fetch }: ClientOptions): Client {
  const connection: Connection = {
    origin: baseURL.replace(/\/+$/, ''),
    headers: { ...headers, ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }) },
    // A browser's fetch must not be called as a method of another object.
    fetch: (url, options) => send(url, options),
  }
  const groups = Object.entries({ ...api }).map(([group, endpoints]) => {
    const methods = Object.entries<Endpoint>(endpoints).map(([name, endpoint]) => [name, methodOf(connection, endpoint)] as const)
    return [group, Object.fromEntries(methods)] as const
  })
  // Shape and type agree because both walk the contract; the tests call every kind of endpoint through the type.
  return { ...Object.fromEntries(groups), trpc: connectTrpc(connection) } as unknown as Client
}
