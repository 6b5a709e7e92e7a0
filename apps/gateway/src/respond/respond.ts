import type { Answering, Generated } from '@weir/dialects'
import type { Routed } from '../route/route.js'
import { streamOf } from '../upstream/upstream.js'
import { answeringOf } from './answering.js'
import { answerHeaders } from './headers.js'
import { ledBy } from './led-by.js'
import type { Outlet } from './outlets/outlet.js'
import { relay } from './relay.js'
import { rewrite } from './rewrite.js'
import { unsayable } from './unsayable.js'
import { whole } from './whole.js'

/** An answer whose last word is still held back: it leaves with `release`, once the response is kept. */
export interface Answered extends Routed {
  readonly answering: Answering
  readonly generated: Generated
  readonly end: 'completed' | 'incomplete' | 'failed' | 'client_closed'
  /** The response object as the caller has it, with the replay tokens that it did not ask for. */
  readonly kept: () => { readonly response: object; readonly hidden: Readonly<Record<string, string>> }
  /** The replay tokens that the caller does not see, tagged, by the id of their item. */
  readonly hidden: Readonly<Record<string, string>>
  /** The body of an answer in one piece. */
  readonly reply?: () => object
  /** Writes the ending. `answering.stored` must be true to what happened by then. */
  readonly release: () => void
}

/**
 * The one event engine: begins the answer once, carries every event of it to the outlet, and holds back its end. What the
 * caller reads, what is stored and what is recorded come from the same sequence, so they cannot disagree.
 */
export async function respond(exchange: Routed, outlet: Outlet): Promise<Answered> {
  const answered = await carry(exchange, outlet)
  const { trail, dialect } = exchange
  trail.losses = [...trail.losses, ...unsayable(answered.generated.items, dialect)]
  return answered
}

async function carry(exchange: Routed, outlet: Outlet): Promise<Answered> {
  const { attempt, compacted } = exchange
  const answer = compacted ? ledBy(compacted.item, exchange.answer) : exchange.answer
  const answering = answeringOf(exchange)
  if (answer.form === 'whole' && !exchange.ask.stream) return whole(exchange, answering, answer, outlet)
  const stream = answer.form === 'stream' ? answer.stream : streamOf(answer.generated)
  outlet.begin(answerHeaders(exchange, attempt, answering.stored))
  return attempt.lane === 'native' && answer.form === 'stream'
    ? relay(exchange, answering, stream, outlet)
    : rewrite(exchange, answering, stream, outlet)
}
