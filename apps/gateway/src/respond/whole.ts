import type { Answering, Generated, Item } from '@weir/dialects'
import { exhausted, fromUpstream } from '../errors.js'
import type { Routed } from '../route/route.js'
import type { Answer } from '../upstream/upstream.js'
import { nativeWire, passUnread, responseObject, seconds, stampFacts } from './answering.js'
import { enforcing, limitsOf, type Enforcing } from './enforce.js'
import { answerHeaders } from './headers.js'
import { judge } from './judge.js'
import type { Outlet } from './outlets/outlet.js'
import type { Answered } from './respond.js'
import { restored } from './restore.js'
import { stamp, type Stamp } from './stamp.js'
import type { Trail } from '../trail.js'
import { withoutWithheld } from './withhold.js'

type WholeAnswer = Extract<Answer, { form: 'whole' }>

/** An answer in one piece. Throws where it failed and the caller's dialect has no form for that. */
export function whole(exchange: Routed, answering: Answering, answer: WholeAnswer, outlet: Outlet): Answered {
  const { attempt, ingress, signal } = exchange
  const { outcome } = answer.generated
  judge(exchange, outcome)
  // What an upstream says of the gateway's credentials must not leave either.
  if (outcome.status === 'failed' && (!ingress.tellsFailure || outcome.failure.kind === 'unauthorized'))
    throw exhausted(fromUpstream(outcome.failure, attempt.candidate.account.name))
  if (answer.unread !== undefined) passUnread(answering, exchange, answer.unread)
  const native = attempt.lane === 'native' ? nativeWire(exchange, answering) : undefined
  const marks = stamp(stampFacts(exchange))
  const { generated, enforced } = marked(answer.generated, exchange, marks)
  answering.endedAt = seconds()
  const body = (): object =>
    native ? native.whole(withoutWithheld(answer.wire, enforced, answering)) : ingress.codec.response.encode(generated, answering)
  return {
    ...exchange,
    answering,
    generated,
    hidden: marks.hidden,
    end: signal.aborted ? 'client_closed' : outcome.status,
    reply: body,
    kept() {
      if (ingress.stateful) return { response: body(), hidden: native?.hidden ?? marks.hidden }
      return { response: responseObject(generated, answering, exchange), hidden: marks.hidden }
    },
    release() {
      const headers = answerHeaders(exchange, attempt, answering.stored)
      outlet.reply(200, { ...headers, 'server-timing': serverTiming(exchange) }, body())
    },
  }
}

/** The items as the caller may see them: its own tools' names, no call that it does not allow, an id on each, tokens tagged. */
function marked(generated: Generated, exchange: Routed, marks: Stamp): { generated: Generated; enforced: Enforcing } {
  const items: Item[] = []
  const enforced = enforcing(exchange, limitsOf(exchange), (raw) => {
    const event = marks.event(raw)
    if (event?.type === 'item-end') items.push(event.end)
  })
  for (const [place, item] of generated.items.entries()) {
    const end = restored(item, exchange.attempt.names)
    enforced.event({ type: 'item-start', item: place, start: end })
    enforced.event({ type: 'item-end', item: place, end })
  }
  enforced.event({ type: 'turn-end', outcome: generated.outcome })
  return { generated: { ...generated, items }, enforced }
}

/** Milliseconds in the gateway and upstream, for answers whose end is known when the head leaves. */
export function serverTiming({ trail }: { readonly trail: Trail }): string {
  const upstream = trail.attempts.at(-1)?.latency ?? 0
  return `upstream;dur=${upstream}, total;dur=${Date.now() - trail.startedAt}`
}
