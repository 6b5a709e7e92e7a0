// The tRPC face: one procedure for each endpoint of the contract, and `<name>Stream` beside each that may stream. What it is
// given decides who may call and what is answered; here are only tRPC's own matters.
import { initTRPC, TRPCError } from '@trpc/server'
import { nodeHTTPRequestHandler } from '@trpc/server/adapters/node-http'
import {
  errorTable,
  GatewayError,
  mintId,
  type Api,
  type Endpoint,
  type ErrorCode,
  type EventFrame,
  type RouterOf,
} from '@weir/contracts'
import { responses } from '@weir/dialects'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { toGatewayError } from './errors.js'
import { lingering } from './ingress/linger.js'
import { parse, parseBody } from './ingress/parse.js'
import { errorHeaders } from './respond/fail.js'

/** What is known of the HTTP request that carries one call, or a batch of them. */
export interface Connection {
  readonly headers: IncomingMessage['headers']
  /** The id of its first call, which the answer carries as `x-request-id`. */
  readonly requestId: string
}

/** One call. Those of a batch share the headers, and nothing else. */
export interface Call extends Connection {
  /** Its place among the calls of one HTTP request, from 0. */
  readonly place: number
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal
}

export interface TrpcJourney {
  /** `endpointId` is `<group>.<name>`. The input is as it came: the journey judges it, once it knows the caller. */
  answer(endpointId: string, input: unknown, call: Call): Promise<unknown>
  stream(endpointId: string, input: unknown, call: Call): AsyncIterable<unknown>
}

type Whole<Context> = (input: never, context: Context) => unknown

/** One function, or two where the endpoint may stream. */
type Handler<Context> =
  | Whole<Context>
  | { readonly whole: Whole<Context>; readonly stream: (input: never, context: Context) => Promise<AsyncIterable<EventFrame>> }

export interface TrpcOptions<Context> {
  /** By group and name of the contract. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, Handler<Context>>>>>
  readonly journey: TrpcJourney
  /** Judges the caller of one call before its input is read, and gives what the handler gets. Throws `GatewayError`. */
  readonly enter: (endpoint: Endpoint, call: Call) => Promise<Context>
}

/** A failure with the id under which it was recorded, which tRPC's formatter could not know otherwise. */
class FailedCall extends TRPCError {
  readonly requestId: string

  constructor(error: GatewayError, requestId: string) {
    super({ code: errorTable[error.code].trpc, message: error.message, cause: error })
    this.name = 'FailedCall'
    this.requestId = requestId
  }
}

const failedCall = (thrown: unknown, requestId: string): FailedCall => new FailedCall(toGatewayError(thrown), requestId)

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

/** What tRPC itself refused: a path that is not there, a body that is no JSON, too large a batch. Its sentence is for callers. */
function refused(error: TRPCError): GatewayError {
  if (error.cause instanceof SyntaxError) return new GatewayError('malformed_json', { cause: error })
  const code = Object.keys(errorTable).find((name) => isErrorCode(name) && errorTable[name].trpc === error.code)
  if (code === undefined || !isErrorCode(code) || code === 'server_error') return toGatewayError(error)
  return new GatewayError(code, { message: error.message, cause: error })
}

const build = initTRPC.context<Connection>().create({
  isDev: false,
  jsonl: { pingMs: 15_000 },
  errorFormatter({ shape, error, ctx }) {
    const cause = error.cause instanceof GatewayError ? error.cause : refused(error)
    const { code, httpStatus, path } = shape.data
    return {
      code: shape.code,
      message: cause.message,
      data: {
        code,
        httpStatus,
        ...(path !== undefined && { path }),
        errorCode: cause.code,
        param: cause.param,
        requestId: error instanceof FailedCall ? error.requestId : (ctx?.requestId ?? null),
        retryAfter: cause.retryAfter ?? null,
      },
    }
  },
})

/** One HTTP request has one `x-request-id`, so only its first call can have that very id. */
const callOf = ({ headers, requestId }: Connection, batchIndex = 0, signal = new AbortController().signal): Call => ({
  headers,
  requestId: batchIndex === 0 ? requestId : mintId('exchange'),
  place: batchIndex,
  signal,
})

function only(names: readonly string[], input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(input, name)).map((name) => [name, input[name]]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Path, query and body come as one object here; each is judged by its own schema, and never sees what is another's. */
function inputOf({ params, query, body }: Endpoint, input: unknown = {}): object {
  if (!isRecord(input)) throw new GatewayError('invalid_value', { message: 'Expected an object.' })
  const inPath = Object.keys(params?.shape ?? {})
  const inQuery = Object.keys(query?.shape ?? {})
  const elsewhere = new Set([...inPath, ...inQuery])
  const rest = Object.keys(input).filter((name) => !elsewhere.has(name))
  return Object.assign(
    {},
    params && parse(params, only(inPath, input)),
    query && parse(query, only(inQuery, input)),
    body && parseBody(body, only(rest, input)),
  )
}

const asItCame = (input: unknown): unknown => input

function journeyProcedures(id: string, name: string, endpoint: Endpoint, journey: TrpcJourney) {
  const procedure = build.procedure.input(asItCame)
  const answer = procedure.mutation(async ({ ctx, input, signal, batchIndex }) => {
    const call = callOf(ctx, batchIndex, signal)
    return journey.answer(id, input, call).catch((thrown: unknown) => {
      throw failedCall(thrown, call.requestId)
    })
  })
  if (endpoint.event === undefined) return { [name]: answer }
  const stream = procedure.mutation(async function* ({ ctx, input, signal, batchIndex }) {
    const call = callOf(ctx, batchIndex, signal)
    try {
      yield* journey.stream(id, input, call)
    } catch (thrown) {
      throw failedCall(thrown, call.requestId)
    }
  })
  return { [name]: answer, [`${name}Stream`]: stream }
}

function handlerProcedure<Context>(id: string, name: string, endpoint: Endpoint, { handlers, enter }: TrpcOptions<Context>) {
  const [group = ''] = id.split('.')
  const handler = handlers[group]?.[name]
  if (handler === undefined) throw new Error(`There is no handler for ${id}.`)
  const whole = typeof handler === 'function' ? handler : handler.whole
  const procedure = build.procedure.input(asItCame).output(endpoint.output)
  const resolve = async ({
    ctx,
    input,
    signal,
    batchIndex,
  }: {
    ctx: Connection
    input: unknown
    signal?: AbortSignal | undefined
    batchIndex?: number
  }) => {
    const call = callOf(ctx, batchIndex, signal)
    try {
      const context = await enter(endpoint, call)
      // The contract ties each handler to its own input; here all of them are one.
      return await whole(inputOf(endpoint, input) as never, context)
    } catch (thrown) {
      throw failedCall(thrown, call.requestId)
    }
  }
  const answer = endpoint.method === 'GET' ? procedure.query(resolve) : procedure.mutation(resolve)
  if (typeof handler === 'function') return { [name]: answer }
  const stream = build.procedure.input(asItCame).mutation(async function* ({ ctx, input, signal, batchIndex }) {
    const call = callOf(ctx, batchIndex, signal)
    try {
      const context = await enter(endpoint, call)
      const frames = await handler.stream(inputOf(endpoint, input) as never, context)
      for await (const { data } of frames) if (data !== '[DONE]') yield JSON.parse(data)
    } catch (thrown) {
      throw failedCall(thrown, call.requestId)
    }
  })
  return { [name]: answer, [`${name}Stream`]: stream }
}

/** The router of an api. Fails at start where an endpoint has no handler. */
export function routerFrom<T extends object, Context>(
  api: T & { [G in keyof T]: Api[string] },
  options: TrpcOptions<Context>,
): RouterOf<T> {
  const groups = Object.entries<Api[string]>(api).map(([group, endpoints]) => {
    const inJson = Object.entries(endpoints).filter(([, { form, bytes }]) => !form && !bytes)
    const procedures = inJson.map(([name, endpoint]) => {
      const id = `${group}.${name}`
      return endpoint.journey
        ? journeyProcedures(id, name, endpoint, options.journey)
        : handlerProcedure(id, name, endpoint, options)
    })
    return [group, build.router(Object.assign({}, ...procedures))] as const
  })
  // Shape and type agree because both walk the same contract; the tests call every kind of endpoint through the typed client.
  return build.router(Object.fromEntries(groups)) as unknown as RouterOf<T>
}

export interface TrpcMount {
  /** Judges the head alone, before the body is read. Throws `GatewayError` for a stranger. */
  readonly identify: (headers: IncomingMessage['headers']) => Promise<unknown>
  /** Whether anyone may call this procedure (`<group>.<name>`). */
  readonly isPublic: (procedure: string) => boolean
  readonly router: Parameters<typeof nodeHTTPRequestHandler>[0]['router']
  /** Bytes. Beyond it the answer is 413. */
  readonly bodyLimit: () => number
}

const prefix = '/trpc/'

/** A body of so few bytes may be read before its caller is known, so that tRPC itself can tell it what is wrong. */
const shortBody = 64 * 1024

const isShort = ({ headers, method }: IncomingMessage): boolean =>
  method === 'GET' || (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= shortBody)

function refuse(request: IncomingMessage, response: ServerResponse, error: GatewayError, requestId: string): void {
  const { status, body } = responses.error.encode(error)
  lingering(request, status)
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': requestId, ...errorHeaders(error) })
  response.end(JSON.stringify(body))
}

/** Calls in one HTTP request; the client sends no more. */
const largestBatch = 10

/** Answers everything below /trpc. Whether it did: anything else is left alone. Never throws for a caller's fault. */
export async function answerTrpc(
  request: IncomingMessage,
  response: ServerResponse,
  { router, bodyLimit, identify, isPublic }: TrpcMount,
): Promise<boolean> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  if (!path.startsWith(prefix)) return false
  const requestId = mintId('exchange')
  if (!isShort(request) && !path.slice(prefix.length).split(',').every(isPublic)) {
    const stranger = await identify(request.headers).then(() => undefined, toGatewayError)
    if (stranger) {
      refuse(request, response, stranger, requestId)
      return true
    }
  }
  // Asked to wait, a caller is told to go on only now that it is known.
  if (request.headers.expect !== undefined) response.writeContinue()
  // Koa's 404 would stand otherwise: tRPC sets a status only where it is not 200.
  response.statusCode = 200
  response.setHeader('x-request-id', requestId)
  response.setHeader('x-accel-buffering', 'no')
  await nodeHTTPRequestHandler({
    req: request,
    res: response,
    path: path.slice(prefix.length),
    router,
    createContext: (): Connection => ({ headers: request.headers, requestId }),
    maxBodySize: bodyLimit(),
    maxBatchSize: largestBatch,
    allowMethodOverride: true,
  })
  return true
}
