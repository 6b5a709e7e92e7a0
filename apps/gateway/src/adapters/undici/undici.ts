import { Pool, type Dispatcher } from 'undici'
import {
  TransportError,
  type ByteSink,
  type TlsSettings,
  type Transport,
  type UpstreamReply,
  type UpstreamRequest,
} from '../../ports/transport.js'

/** The network: one keep-alive pool for each upstream origin, and for each way to know it, and undici's dispatch without streams or fetch on top. */
export function undiciTransport(): Transport {
  const pools = new Map<string, Pool>()
  let closed: TransportError | undefined

  function pool(origin: string, tls: TlsSettings | undefined): Pool {
    const key = tls ? `${origin} ${JSON.stringify(tls)}` : origin
    let known = pools.get(key)
    if (!known)
      pools.set(
        key,
        (known = new Pool(origin, { pipelining: 1, keepAliveTimeout: 30_000, connect: { timeout: 10_000, ...tls } })),
      )
    return known
  }

  return {
    send: (request) => (closed ? Promise.reject(closed) : send(request, (origin) => pool(origin, request.tls))),
    async close() {
      const error = (closed ??= new TransportError('closed', 'The transport was closed.'))
      await Promise.all([...pools.values()].map((each) => each.destroy(error)))
    },
  }
}

/** One exchange over whatever connects to the origin. */
export function send(request: UpstreamRequest, connected: (origin: string) => Dispatcher): Promise<UpstreamReply> {
  return new Promise((resolve, reject) => {
    const { origin, path } = placeOf(request.url)
    const { signal } = request
    let controller: Dispatcher.DispatchController | undefined
    let replied = false
    let sink: ByteSink | undefined
    // What comes between the head and `start` is held back; the controller is paused, so that is little.
    const early: Buffer[] = []
    let ending: (() => void) | undefined

    const abort = (): void => {
      const given = new TransportError('aborted', 'The exchange was given up.')
      // Without a controller the connection is still being made: nobody waits for that any more.
      if (controller) controller.abort(given)
      else reject(given)
    }
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    const over = (): void => signal.removeEventListener('abort', abort)

    connected(origin).dispatch(
      {
        path,
        method: request.method,
        headers: request.headers as Record<string, string>,
        body: request.body ?? null,
        headersTimeout: request.headTimeout,
        bodyTimeout: request.idleTimeout,
      },
      {
        onRequestStart(started) {
          controller = started
          if (signal.aborted) abort()
        },
        onResponseStart(started, status, headers) {
          if (status < 200) return
          replied = true
          started.pause()
          resolve({
            status,
            headers: flat(headers),
            body: {
              start(to) {
                sink = to
                for (const chunk of early.splice(0)) to.data(chunk)
                if (ending) ending()
                else started.resume()
              },
              pause: () => started.pause(),
              resume: () => started.resume(),
              destroy() {
                sink = nobody
                over()
                started.abort(new TransportError('aborted', 'The answer is not wanted any more.'))
              },
            },
          })
        },
        onResponseData(_, chunk) {
          if (sink) sink.data(chunk)
          else early.push(Buffer.from(chunk))
        },
        onResponseEnd() {
          over()
          if (sink) sink.end()
          else ending = () => sink?.end()
        },
        onResponseError(_, cause) {
          over()
          const error = faultOf(cause, replied)
          if (!replied) reject(error)
          else if (sink) sink.fail(error)
          else ending = () => sink?.fail(error)
        },
      },
    )
  })
}

interface Place {
  readonly origin: string
  readonly path: string
}

// The accounts of a gateway make a handful of URLs, which are asked again and again. Bounded all the same.
const places = new Map<string, Place>()
const mostPlaces = 1_000

function placeOf(url: string): Place {
  const known = places.get(url)
  if (known) return known
  const { origin, pathname, search } = new URL(url)
  if (places.size >= mostPlaces) places.clear()
  const place = { origin, path: pathname + search }
  places.set(url, place)
  return place
}

const nobody: ByteSink = { data() {}, end() {}, fail() {} }

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const one: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) one[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return one
}

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])
const refusals = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

function faultOf(cause: Error, replied: boolean): TransportError {
  if (cause instanceof TransportError) return cause
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // An AggregateError of a failed connection to several addresses has the code of the first.
  if (timeouts.has(code)) return new TransportError('timeout', `No answer in time (${code}).`, { cause })
  if (!replied && (refusals.has(code) || cause.name === 'AggregateError'))
    return new TransportError('refused', `The connection failed (${code || cause.message}).`, { cause })
  return new TransportError('cut', `The connection broke (${code || cause.message}).`, { cause })
}
