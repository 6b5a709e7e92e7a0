import { attach } from '../attachments/attachments.js'
import type { Candidate, Guarded, Translated } from '../exchange.js'
import { attemptOutcome, exhausted, fromUpstream, publicReason, toGatewayError } from '../errors.js'
import type { AttemptRow } from '../ports/ledger.js'
import type { Ports } from '../ports/ports.js'
import { translate } from '../translate/translate.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { upstream, type Answer } from '../upstream/upstream.js'
import { GatewayError } from '@weir/contracts'
import type { Generated } from '@weir/dialects'
import { firstContent } from './first-content.js'
import { fit, replayed, type Fit } from './fit.js'
import { isLostParent } from './lost-parent.js'

export interface Routed extends Guarded {
  readonly attempt: Translated
  /** Whole, or with its first content in hand; empty for a caller who has left. */
  readonly answer: Answer
}

/**
 * Tries the candidates in their order, until one gives content; one that finds the conversation too long, again with less of it
 * where the caller allows that. So far there is one candidate. Throws what the last try met; the SDKs are told not to try again by
 * themselves, since all that could be tried was.
 */
export async function route(
  exchange: Guarded,
  ports: Pick<Ports, 'transport' | 'clock' | 'seal' | 'files' | 'blobs' | 'web'>,
): Promise<Routed> {
  // An error takes its stack when it is made, which costs more than the rest of this function: none is made beforehand.
  let last: GatewayError | undefined
  for (const candidate of exchange.candidates) {
    try {
      for (let turn: Fit | undefined = await fit(exchange, candidate, ports); turn; turn = turn.less()) {
        try {
          return await attempt(exchange, turn, candidate, ports)
        } catch (error) {
          last = toGatewayError(error)
          if (last.code !== 'context_length_exceeded') break
        }
      }
    } catch (error) {
      last = toGatewayError(error)
    }
    // Another replica may serve it: the SDK is to try again, and here there is nothing left to try.
    if (last?.code === 'shutting_down') throw last
  }
  throw exhausted(last ?? new GatewayError('unavailable', { message: 'There is no target for this model.' }))
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
  const startedAt = ports.clock.now()
  const row: AttemptRow = {
    number: trail.attempts.length + 1,
    account: account.name,
    model: target.model,
    startedAt,
    latency: 0,
    status: null,
    outcome: 'succeeded',
    failure: null,
    upstreamId: null,
  }
  const place = trail.attempts.push(row) - 1
  const note = (facts: Partial<AttemptRow>): void => {
    trail.attempts[place] = { ...(trail.attempts[place] ?? row), ...facts, latency: ports.clock.now() - startedAt }
  }
  try {
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
  } catch (error) {
    // A caller who left gets what one who leaves later gets: a response that is kept, as far as it came.
    if (exchange.signal.aborted) return { ...exchange, attempt: translated, answer: { form: 'stream', stream: silence } }
    const thrown = toGatewayError(error)
    note({ outcome: attemptOutcome(thrown), failure: publicReason(thrown) })
    // It has lost the turn from which it was to go on: it is told the whole conversation.
    if (translated.continued && isLostParent(thrown))
      return attempt(exchange, { ...turn, exchange: replayed(turn.exchange) }, candidate, ports)
    throw thrown
  }
}

/** The answer to a caller who wants none yet: no model is asked. */
const nothing: Generated = {
  items: [],
  outcome: { status: 'completed' },
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
}

const silence: AnswerStream = { start: (sink) => sink.done(), pause() {}, resume() {}, destroy() {} }
