import { attach } from '../attachments/attachments.js'
import type { Candidate, Guarded, Translated } from '../exchange.js'
import { fromUpstream, toGatewayError } from '../errors.js'
import type { Ports } from '../ports/ports.js'
import { translate } from '../translate/translate.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { upstream, type Answer } from '../upstream/upstream.js'
import type { Generated } from '@weir/dialects'
import { firstContent } from './first-content.js'
import { fit, replayed, type Fit } from './fit.js'
import { inOrder } from './in-order.js'
import { isLostParent } from './lost-parent.js'
import { noted } from './noted.js'

export interface Routed extends Guarded {
  readonly attempt: Translated
  /** Whole, or with its first content in hand; empty for a caller who has left. */
  readonly answer: Answer
}

/** An attempt, and an answer whose first content is in hand. Throws what the last attempt met. */
export function route(
  exchange: Guarded,
  ports: Pick<Ports, 'transport' | 'clock' | 'seal' | 'files' | 'blobs' | 'web'>,
): Promise<Routed> {
  return inOrder(exchange.candidates, (candidate) => fitted(exchange, candidate, ports))
}

/** A candidate that finds the conversation too long is asked again with less of it, where the caller allows that. */
async function fitted(exchange: Guarded, candidate: Candidate, ports: Parameters<typeof route>[1]): Promise<Routed> {
  let turn = await fit(exchange, candidate, ports)
  for (;;) {
    try {
      return await attempt(exchange, turn, candidate, ports)
    } catch (error) {
      const less = toGatewayError(error).code === 'context_length_exceeded' ? turn.less() : undefined
      if (!less) throw error
      turn = less
    }
  }
}

async function attempt(
  exchange: Guarded,
  turn: Fit,
  candidate: Candidate,
  ports: Pick<Ports, 'transport' | 'clock' | 'seal' | 'files' | 'blobs' | 'web'>,
): Promise<Routed> {
  const { trail } = exchange
  const { account, target } = candidate
  trail.account = account.name
  trail.upstreamModel = target.model
  const attached = await attach(turn.exchange, candidate, ports)
  const fitted = translate(attached.exchange, candidate, ports, attached.losses)
  const translated: Translated = {
    ...fitted,
    losses: [...(exchange.compacted?.losses ?? []), ...turn.losses, ...fitted.losses],
    shortened: turn.losses.length > 0,
  }
  trail.lane = translated.lane
  trail.losses = translated.losses
  if (exchange.connection?.warmUp || exchange.compacted?.alone) {
    const { usage = nothing.usage } = exchange.compacted ?? {}
    const generated: Generated = { ...nothing, ...(usage && { usage }) }
    return { ...exchange, attempt: translated, answer: { form: 'whole', wire: {}, generated } }
  }
  try {
    return await noted(exchange, candidate, ports, async (note) => {
      const answer = await upstream(exchange, translated, ports, note)
      const begun: Answer =
        answer.form === 'whole'
          ? answer
          : {
              form: 'stream',
              stream: await firstContent(
                answer.stream,
                (failure) => fromUpstream(failure, account.name),
                (upstreamId) => note({ upstreamId }),
              ),
            }
      trail.firstContentAt = ports.clock.now()
      note({})
      return { ...exchange, attempt: translated, answer: begun }
    })
  } catch (error) {
    // A caller who left gets what one who leaves later gets: a response that is kept, as far as it came.
    if (exchange.signal.aborted) return { ...exchange, attempt: translated, answer: { form: 'stream', stream: silence } }
    // It has lost the turn from which it was to go on: it is told the whole conversation.
    if (translated.continued && isLostParent(error))
      return attempt(exchange, { ...turn, exchange: replayed(turn.exchange) }, candidate, ports)
    throw error
  }
}

/** The answer to a caller who wants none yet: no model is asked. */
const nothing: Generated = {
  items: [],
  outcome: { status: 'completed' },
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
}

const silence: AnswerStream = { start: (sink) => sink.done(), pause() {}, resume() {}, destroy() {} }
