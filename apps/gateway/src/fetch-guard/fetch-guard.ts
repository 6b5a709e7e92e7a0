// Fetching a URL that a caller named. The gateway stands inside a network that its callers do not, so a URL may be a way in:
// every hop is judged by its spelling and by the addresses it resolves to, and the connection goes to those very addresses.
import { GatewayError } from '@weir/contracts'
import type { Ports } from '../ports/ports.js'
import { TransportError, type ByteStream, type UpstreamReply } from '../ports/transport.js'
import type { Address } from '../ports/web.js'
import { judgeUrl, type JudgedUrl } from './judged-url.js'
import { isPublic } from './public-address.js'

export interface FetchOptions {
  /** Where the URL stood in the request, named in every refusal. */
  readonly param: string
  /** Bytes. */
  readonly most: number
  /** Milliseconds for all of it, redirects included. */
  readonly timeout: number
  readonly signal: AbortSignal
  /** Exact exceptions, `host:port`, which may be private and may be plain http. */
  readonly allow: ReadonlySet<string>
  /** Whether a media type (`image/png`, in lower case; `undefined` where none was said) is wanted. Absent: any is. */
  readonly accepts?: (mediaType: string | undefined) => boolean
}

export interface Fetched {
  readonly bytes: Buffer
  /** Without parameters, in lower case. */
  readonly mediaType: string | undefined
}

const mostRedirects = 3
const redirects = new Set([301, 302, 303, 307, 308])

/**
 * The content of a URL, whole. Throws 400 `invalid_value` naming `param` and the rule that was broken; what a name resolves to,
 * and whether it does, is for the log alone. Throws `client_closed` where the signal is aborted.
 */
export async function fetchGuarded(text: string, options: FetchOptions, { web }: Pick<Ports, 'web'>): Promise<Fetched> {
  const deadline = AbortSignal.timeout(options.timeout)
  const signal = AbortSignal.any([options.signal, deadline])
  const refuse = (rule: string, detail?: string): GatewayError =>
    new GatewayError('invalid_value', {
      message: `${options.param}: ${rule}`,
      param: options.param,
      ...(detail !== undefined && { detail }),
    })
  try {
    let next = text
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const judged = judgeUrl(next, options.allow)
      if (typeof judged === 'string') throw refuse(judged)
      const addresses = await addressesOf(judged, web, signal)
      if (typeof addresses === 'string') throw refuse('the host of the URL has no public address.', addresses)
      const reply = await web.send(requestFor(judged.url, signal, options.timeout), addresses)
      const location = redirects.has(reply.status) ? reply.headers['location'] : undefined
      if (location === undefined) return await contentOf(reply, options, refuse)
      reply.body.destroy()
      next = absolute(location, judged.url)
    }
    throw refuse(`the URL redirects more than ${mostRedirects} times.`)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    if (options.signal.aborted) throw new GatewayError('client_closed', { cause: error })
    if (deadline.aborted) throw refuse(`the URL did not answer within ${options.timeout / 1000} seconds.`)
    const detail = error instanceof TransportError ? error.message : String(error)
    throw refuse('the URL could not be fetched.', detail)
  }
}

/** The judged addresses, or why there are none. One that is not public condemns them all: it would be a matter of luck. */
async function addressesOf(
  { host, address, exempt }: JudgedUrl,
  web: Ports['web'],
  signal: AbortSignal,
): Promise<readonly Address[] | string> {
  let found: readonly Address[]
  try {
    found = address ? [address] : await unlessAborted(web.resolve(host), signal)
  } catch (error) {
    signal.throwIfAborted()
    return `${host}: ${String(error)}`
  }
  const wrong = exempt ? undefined : found.find((one) => !isPublic(one))
  if (found.length > 0 && !wrong) return found
  return `${host} is ${wrong?.address ?? 'nowhere'}.`
}

/** A name is looked up in a thread that cannot be stopped; nobody has to wait for it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const requestFor = ({ href }: URL, signal: AbortSignal, timeout: number) => ({
  method: 'GET' as const,
  url: href,
  // Nothing is unpacked here, so nothing can be larger than it came.
  headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'weir' },
  signal,
  headTimeout: timeout,
  idleTimeout: timeout,
})

/** Where it leads to. An absolute one is judged as it was written. */
const absolute = (location: string, base: URL): string =>
  /^[a-z][a-z0-9+.-]*:/i.test(location) ? location : new URL(location, base).href

async function contentOf(
  { status, headers, body }: UpstreamReply,
  { most, accepts }: FetchOptions,
  refuse: (rule: string) => GatewayError,
): Promise<Fetched> {
  const stop = (rule: string): GatewayError => {
    body.destroy()
    return refuse(rule)
  }
  if (status < 200 || status >= 300) throw stop(`the URL answered with status ${status}.`)
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw stop('the URL answered with compressed content.')
  const mediaType = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() || undefined
  if (accepts && !accepts(mediaType)) throw stop(`the URL answered with ${mediaType?.slice(0, 100) ?? 'no content type'}.`)
  const tooLarge = `what the URL leads to is larger than ${most} bytes.`
  if (Number(headers['content-length'] ?? 0) > most) throw stop(tooLarge)
  return { bytes: await collect(body, most, () => refuse(tooLarge)), mediaType }
}

function collect(body: ByteStream, most: number, tooLarge: () => GatewayError): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.start({
      data(bytes) {
        size += bytes.length
        if (size <= most) return void chunks.push(Buffer.from(bytes))
        body.destroy()
        reject(tooLarge())
      },
      end: () => resolve(Buffer.concat(chunks, size)),
      fail: reject,
    })
  })
}
