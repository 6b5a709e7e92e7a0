// The REST face: finds the endpoint of a request and has it answered, by the journey or by a handler. HTTP matters only.
import { GatewayError, mintId, type Download, type Endpoint, type EventFrame } from '@weir/contracts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authenticateFor } from './authenticate/access.js'
import type { Configuration } from './configuration.js'
import type { Head } from './exchange.js'
import { toGatewayError } from './errors.js'
import type { HandlerContext } from './handlers/context.js'
import { answerOnce } from './idempotency/answer-once.js'
import { idempotencyHeader, replayed } from './idempotency/idempotency.js'
import { readJson } from './ingress/body.js'
import { readForm } from './ingress/form.js'
import { lingering } from './ingress/linger.js'
import { parse, parseBody } from './ingress/parse.js'
import { readQuery } from './ingress/query.js'
import { receive } from './ingress/receive.js'
import type { Match, Routes } from './ingress/routes.js'
import { travel } from './journey.js'
import type { Observe } from './observe/observe.js'
import type { Ports } from './ports/ports.js'
import { responsesIngress } from './operations/dialects/responses.js'
import type { IngressDialect } from './operations/operation.js'
import { askingOf } from './operations/operations.js'
import { download } from './respond/download.js'
import { errorHeaders } from './respond/fail.js'
import { httpOutlet } from './respond/outlets/http.js'
import { replay } from './respond/replay.js'

export interface Rest {
  readonly routes: Routes
  /** By group and name of the contract. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>>
  readonly ports: Ports
  readonly configuration: () => Configuration
  readonly observe: Observe
}

type Whole = (input: never, context: HandlerContext) => unknown

/** One function, or two where the endpoint may stream. */
type Handler =
  | Whole
  | { readonly whole: Whole; readonly stream: (input: never, context: HandlerContext) => Promise<AsyncIterable<EventFrame>> }

/** Answers a request, whatever it is. Never throws. */
export async function answer(request: IncomingMessage, response: ServerResponse, rest: Rest): Promise<void> {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  const signal = leaving(response)
  const match = rest.routes.match(request.method ?? 'GET', path)
  if (match && 'route' in match && match.route.endpoint.journey) return journey(match, request, response, signal, rest)

  const requestId = mintId('exchange')
  const headers = idHeaders(match, requestId)
  try {
    if (!match) throw new GatewayError('not_found', { message: `There is no ${path.slice(0, 200)} here. See /docs.` })
    if ('allow' in match) {
      response.setHeader('allow', match.allow.join(', '))
      throw new GatewayError('method_not_allowed', { message: `This path answers to ${match.allow.join(', ')}.` })
    }
    const configuration = rest.configuration()
    const { endpoint, group, name } = match.route
    const head = headOf(request, endpoint)
    const caller = await authenticateFor(endpoint, head, configuration, rest.ports)
    const input = endpoint.form
      ? await readForm(request, response, endpoint.form, configuration)
      : inputOf(
          endpoint,
          match.params,
          queryOf(url),
          endpoint.body && (await readJson(request, response, configuration.bodyLimit)),
        )
    const handler = rest.handlers[group]?.[name]
    if (!handler) throw new GatewayError('not_found')
    const { ports, observe } = rest
    const context = { caller, head, configuration, ports, observe, signal, requestId }
    // The contract ties each handler to its own input; here all of them are one.
    const known = input as never
    if (typeof handler === 'function') {
      const asked = { owner: caller, route: `${group}.${name}`, body: input, holder: requestId }
      const key = endpoint.idempotent && keyOf(request)
      const { output, repeated } = await answerOnce({ ...asked, key }, rest.ports, () => handler(known, context))
      // A handler of such an endpoint gives nothing else.
      if (endpoint.bytes) return await download(response, output as Download, headers, configuration.streamIdleTimeout)
      return reply(response, 200, { ...headers, ...(repeated && replayed) }, output)
    }
    if (!asksForStream(input) || request.method === 'HEAD')
      return reply(response, 200, headers, await handler.whole(known, context))
    const frames = await handler.stream(known, context)
    const outlet = httpOutlet(request, response, headers, () => true, configuration.streamIdleTimeout)
    await replay(frames, outlet, signal)
  } catch (thrown) {
    const error = toGatewayError(thrown)
    const { status, body } = ingressOf(match).codec.error.encode(error)
    // A form is read piece by piece, so it may be given up half-way, for any reason.
    const givenUp = request.headers['content-type']?.startsWith('multipart/') === true && !request.complete
    lingering(request, status, givenUp)
    reply(response, status, { ...headers, ...errorHeaders(error), ...(givenUp && { connection: 'close' }) }, body)
  }
}

/** How a caller of this route is spoken to. */
function ingressOf(match: ReturnType<Routes['match']>): Spoken {
  const { operation, dialect } = askingOf(match && 'route' in match ? match.route.group : '')
  return operation.ingress[dialect] ?? responsesIngress
}

/** What every language has in which a caller is answered. */
interface Spoken extends Pick<IngressDialect, 'idHeader'> {
  readonly codec: Pick<IngressDialect['codec'], 'error'>
}

/** The id of a request, under every name by which callers of this route look for it. */
function idHeaders(match: ReturnType<Routes['match']>, id: string): Readonly<Record<string, string>> {
  const { idHeader } = ingressOf(match)
  return { 'x-request-id': id, ...(idHeader !== undefined && { [idHeader]: id }) }
}

const asksForStream = (input: object): boolean => 'stream' in input && input.stream === 'true'

async function journey(
  match: Match,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
  rest: Rest,
): Promise<void> {
  const configuration = rest.configuration()
  const exchange = receive(
    {
      ...askingOf(match.route.group),
      head: headOf(request, match.route.endpoint),
      signal,
      configuration,
      ...(match.route.endpoint.idempotent && {
        idempotency: { route: `${match.route.group}.${match.route.name}`, key: keyOf(request) },
      }),
      readBody: async () => addressed(match, request, await readJson(request, response, configuration.bodyLimit)),
    },
    rest.ports,
  )
  const outlet = httpOutlet(
    request,
    response,
    idHeaders(match, exchange.id),
    () => exchange.trail.stream,
    configuration.streamIdleTimeout,
  )
  await travel(exchange, outlet, rest.ports, rest.observe)
}

/** The body with what the URL says of it, in dialects that have that. Throws 400 for a query that says something else. */
function addressed({ route: { endpoint }, params, says }: Match, request: IncomingMessage, body: unknown): unknown {
  if (endpoint.query) parse(endpoint.query, readQuery(endpoint.query, queryOf(request.url)))
  if (!endpoint.params || body === null || typeof body !== 'object') return body
  return { ...body, ...parse(endpoint.params, params), ...says }
}

/** The text behind the question mark. */
function queryOf(url = ''): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : url.slice(mark + 1)
}

/** The head of a request. Where an endpoint takes a key from its URL it is one that came in a header. */
function headOf(request: IncomingMessage, { query }: Endpoint): Head {
  const { headers, url } = request
  const key = query && 'key' in query.shape ? new URLSearchParams(queryOf(url)).get('key') : null
  return { headers: key === null ? headers : { 'x-goog-api-key': key, ...headers } }
}

/** Several of these headers come as one with a comma and a space, which is no key. */
const keyOf = ({ headers }: IncomingMessage): string | undefined => headers[idempotencyHeader]?.toString()

/** A signal that is aborted when the caller leaves before its answer is complete. */
function leaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}

/**
 * Path, query and body, each parsed from its own place by its own schema, so that none can speak for another: a body may have fields
 * that are newer than its schema.
 */
function inputOf(endpoint: Endpoint, params: object, query: string, body: unknown): object {
  return {
    ...(endpoint.body && (parseBody(endpoint.body, body) as object)),
    ...(endpoint.query && parse(endpoint.query, readQuery(endpoint.query, query))),
    ...(endpoint.params && parse(endpoint.params, params)),
  }
}

function reply(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: unknown): void {
  if (response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}
