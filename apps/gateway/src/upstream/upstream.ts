import { GatewayError } from '@weir/contracts'
import { MalformedAnswer, unfold, type Generated } from '@weir/dialects'
import { fromUpstream } from '../errors.js'
import type { Guarded, Translated } from '../exchange.js'
import type { AttemptRow } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'
import { answerStream, assertNamed, unreadReason, type AnswerStream } from './answer-stream.js'
import { send, wireOf } from './send.js'

/** What an upstream gave: a whole answer, or one in flight. `unread`: why its decoder could not read it. */
export type Answer =
  | { readonly form: 'whole'; readonly wire: object; readonly generated: Generated; readonly unread?: string }
  | { readonly form: 'stream'; readonly stream: AnswerStream }

/**
 * One attempt: sends the body, and gives the answer or throws a `GatewayError` that says what the upstream said. What is learnt
 * of the attempt is noted at once, for it may fail afterwards.
 */
export async function upstream(
  exchange: Guarded,
  { candidate, lane, upstream: entry, body }: Translated,
  ports: Pick<Ports, 'transport' | 'clock'>,
  note: (facts: Partial<AttemptRow>) => void,
): Promise<Answer> {
  const { account } = candidate
  const sending = {
    ...entry.address(body),
    accept: exchange.ask.stream ? entry.streamType : 'application/json',
    native: lane === 'native',
    decodeError: entry.codec.error.decode,
  }
  const reply = await send(exchange, account, sending, ports, note)
  if (exchange.ask.stream && !/json|html/i.test(reply.headers['content-type'] ?? ''))
    return { form: 'stream', stream: answerStream(reply.body, entry.codec, lane === 'native' ? entry.native?.ending : undefined) }
  const wire = await wireOf(reply, account)
  const { generated, unread } = decoded(wire, entry, lane === 'native' && !exchange.ask.stream)
  note({ upstreamId: generated.id ?? null })
  if (generated.outcome.status === 'failed' && generated.items.length === 0)
    throw fromUpstream(generated.outcome.failure, account.name)
  return { form: 'whole', wire, generated, ...(unread !== undefined && { unread }) }
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
