import { GatewayError } from '@weir/contracts'
import { MalformedAnswer, unfold, type Generated, type UpstreamFailure } from '@weir/dialects'
import { fromUpstream } from '../errors.js'
import type { Guarded, Head, Translated } from '../exchange.js'
import { header } from '../ingress/labels.js'
import type { AttemptRow } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'
import type { UpstreamReply } from '../ports/transport.js'
import { assertWritable } from './nesting.js'
import { collect, parsed } from './reply-body.js'
import { answerStream, assertNamed, unreadReason, type AnswerStream } from './answer-stream.js'

/** What an upstream gave: a whole answer, or one in flight. `unread`: why its decoder could not read it. */
export type Answer =
  | { readonly form: 'whole'; readonly wire: object; readonly generated: Generated; readonly unread?: string }
  | { readonly form: 'stream'; readonly stream: AnswerStream }

/** Characters of an error's body that are read; the rest is not worth the memory. */
const longestError = 256 * 1024
const longestAnswer = 64 * 1024 * 1024

/**
 * One attempt: sends the body, and gives the answer or throws a `GatewayError` that says what the upstream said. What is learnt
 * of the attempt is noted at once, for it may fail afterwards.
 */
export async function upstream(
  exchange: Guarded,
  { candidate, lane, upstream: entry, body }: Translated,
  ports: Pick<Ports, 'transport'>,
  note: (facts: Partial<AttemptRow>) => void,
): Promise<Answer> {
  const { account } = candidate
  const traceparent = header(exchange.head, 'traceparent')
  const { path, body: sent } = entry.address(body)
  const reply = await ports.transport.send({
    method: 'POST',
    url: account.baseURL + path,
    headers: {
      'content-type': 'application/json',
      accept: exchange.ask.stream ? entry.streamType : 'application/json',
      'user-agent': 'weir',
      ...(traceparent !== undefined && { traceparent }),
      ...account.provider.headers,
      ...(lane === 'native' && passed(exchange.head, account.provider.passes)),
      ...account.credentials(),
    },
    body: JSON.stringify(sent),
    signal: exchange.signal,
    headTimeout: exchange.configuration.upstreamTimeout,
    idleTimeout: exchange.configuration.streamIdleTimeout,
  })
  note({ status: reply.status })
  if (reply.status < 200 || reply.status >= 300) throw fromUpstream(await failure(reply, entry.codec), account.name)
  if (exchange.ask.stream && !/json|html/i.test(reply.headers['content-type'] ?? ''))
    return { form: 'stream', stream: answerStream(reply.body, entry.codec, lane === 'native' ? entry.native?.ending : undefined) }
  const text = await collect(reply.body, longestAnswer)
  assertWritable(text)
  const wire = parsed(text)
  if (wire === undefined) throw malformed(account.name, reply, text)
  const { generated, unread } = decoded(wire, entry, lane === 'native' && !exchange.ask.stream)
  note({ upstreamId: generated.id ?? null })
  if (generated.outcome.status === 'failed' && generated.items.length === 0)
    throw fromUpstream(generated.outcome.failure, account.name)
  return { form: 'whole', wire, generated, ...(unread !== undefined && { unread }) }
}

function passed(head: Head, names: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(head, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/**
 * The answer as its decoder reads it. Where one `passes` untouched, it need
 * not be readable, if it is an answer at all.
 */
function decoded(
  wire: object,
  { codec, isAnswer }: Translated['upstream'],
  passes: boolean,
): { readonly generated: Generated; readonly unread?: string } {
  try {
    const generated = codec.response.decode(wire)
    for (const item of generated.items) assertNamed(item)
    return { generated }
  } catch (error) {
    // Whatever a decoder stumbles on is the provider's.
    if (!passes || !isAnswer(wire))
      throw error instanceof GatewayError ? error : new MalformedAnswer(unreadReason(error), { cause: error })
    const id = 'id' in wire && typeof wire.id === 'string' ? wire.id : undefined
    const generated: Generated = { ...(id !== undefined && { id }), items: [], outcome: { status: 'completed' } }
    return { generated, unread: unreadReason(error) }
  }
}

function malformed(account: string, reply: UpstreamReply, text: string): GatewayError {
  return new GatewayError('upstream_malformed', {
    message: `${account}: the provider answered ${reply.status} with ${reply.headers['content-type'] ?? 'something'} that is not a JSON object.`,
    detail: `${text.length} characters of ${reply.headers['content-type'] ?? 'no content type'}.`,
  })
}

async function failure(reply: UpstreamReply, codec: Translated['upstream']['codec']): Promise<UpstreamFailure> {
  const text = await collect(reply.body, longestError)
    .then(writable)
    .catch(() => '')
  const said = codec.error.decode(reply.status, parsed(text) ?? text)
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

/** A whole answer as the stream that would have brought it, for callers who asked for a stream and upstreams that gave none. */
export function streamOf(generated: Generated): AnswerStream {
  return {
    start(sink) {
      for (const event of unfold(generated)) sink.event(event)
      sink.done()
    },
    pause() {},
    resume() {},
    destroy() {},
  }
}
