import { fromUpstream } from '../errors.js'
import type { Account } from '../configuration.js'
import type { Authenticated, Head } from '../exchange.js'
import { header } from '../ingress/labels.js'
import type { Operation } from '../operations/operation.js'
import type { AttemptRow } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'
import type { UpstreamReply, UpstreamRequest } from '../ports/transport.js'
import { GatewayError } from '@weir/contracts'
import type { UpstreamFailure } from '@weir/dialects'
import { authorized } from './authorized.js'
import { assertWritable } from './nesting.js'
import { collect, parsed } from './reply-body.js'

/** What is sent to an account. */
export interface Sending {
  /** Below the account's base URL. */
  readonly path: string
  /** Whether it is below the origin of the base URL alone. */
  readonly fromOrigin?: boolean
  readonly body: object
  /** The media type of the answer. */
  readonly accept: string
  /** Whether the caller speaks the provider's own language, so that headers of its own may go along. */
  readonly native: boolean
  /** Reads what an upstream says of its failure: parsed JSON, or the text where it was none. */
  readonly decodeError: (status: number, body: unknown) => UpstreamFailure
}

/** Characters of an error's body that are read; the rest is not worth the memory. */
const longestError = 256 * 1024
const longestAnswer = 64 * 1024 * 1024

/**
 * Sends a body to an account in the gateway's name, and gives the head of a reply that is no failure. Throws a `GatewayError` that
 * says what the upstream said. What is learnt of the attempt is noted at once, for it may fail afterwards.
 */
export async function send(
  { head, signal, configuration }: Pick<Authenticated<Operation>, 'head' | 'signal' | 'configuration'>,
  account: Account,
  { path, fromOrigin = false, body, accept, native, decodeError }: Sending,
  ports: Pick<Ports, 'transport' | 'clock'>,
  note: (facts: Partial<AttemptRow>) => void,
): Promise<UpstreamReply> {
  const traceparent = header(head, 'traceparent')
  const request: UpstreamRequest = {
    method: 'POST',
    url: (fromOrigin ? new URL(account.baseURL).origin : account.baseURL) + path,
    headers: {
      'content-type': 'application/json',
      accept,
      'user-agent': 'weir',
      ...(traceparent !== undefined && { traceparent }),
      ...account.provider.headers,
      ...(native && passed(head, account.provider.passes)),
    },
    body: JSON.stringify(body),
    signal,
    headTimeout: configuration.upstreamTimeout,
    idleTimeout: configuration.streamIdleTimeout,
  }
  const reply = await ports.transport.send(await authorized(account, request, ports))
  note({ status: reply.status })
  if (reply.status < 200 || reply.status >= 300) throw fromUpstream(await failure(reply, decodeError), account.name)
  return reply
}

/** The JSON object of a reply, whole. Throws 502 `upstream_malformed` for anything else, and for what could not be written again. */
export async function wireOf(reply: UpstreamReply, account: Account): Promise<object> {
  const text = await collect(reply.body, longestAnswer)
  assertWritable(text)
  const wire = parsed(text)
  if (wire !== undefined) return wire
  throw new GatewayError('upstream_malformed', {
    message: `${account.name}: the provider answered ${reply.status} with ${reply.headers['content-type'] ?? 'something'} that is not a JSON object.`,
    detail: `${text.length} characters of ${reply.headers['content-type'] ?? 'no content type'}.`,
  })
}

function passed(head: Head, names: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(head, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

async function failure(reply: UpstreamReply, decodeError: Sending['decodeError']): Promise<UpstreamFailure> {
  const text = await collect(reply.body, longestError)
    .then(writable)
    .catch(() => '')
  const said = decodeError(reply.status, parsed(text) ?? text)
  const retryAfter = seconds(reply.headers['retry-after'])
  return retryAfter === undefined ? said : { ...said, retryAfter }
}

function writable(text: string): string {
  assertWritable(text)
  return text
}

/** `retry-after` as seconds, be it a number or a date. */
function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (Number.isFinite(number)) return Math.max(0, Math.ceil(number))
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000))
}
