import { folding, type Answering, type Event, type Folding, type Generated, type Outcome } from '@weir/dialects'
import type { GatewayError } from '@weir/contracts'
import { toGatewayError } from '../errors.js'
import type { Routed } from '../route/route.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { responseObject, seconds } from './answering.js'
import { judge } from './judge.js'
import type { Outlet } from './outlets/outlet.js'
import { pumped, type Lane } from './pump.js'
import type { Answered } from './respond.js'

/** A stream at its end: what was said, and the event that ended it. */
export interface Ended {
  readonly generated: Generated
  /** A `turn-end` or an `error`; an `error` also where nothing ended it. */
  readonly ending: Event
  /** What went wrong in the gateway itself. */
  readonly broke: GatewayError | undefined
}

/** Runs a stream through a lane, which adds to the fold what the caller may see, to an end of which one can tell. */
export async function ended(
  exchange: Routed,
  stream: AnswerStream,
  outlet: Outlet,
  laneOf: (fold: Folding) => Lane,
): Promise<Ended> {
  const fold = folding()
  const lane = laneOf(fold)
  let ending: Event | undefined
  let broke: GatewayError | undefined
  try {
    await pumped(exchange, stream, outlet, {
      ...lane,
      event(event) {
        if (event.type === 'turn-end' || event.type === 'error') ending = event
        lane.event(event)
      },
    })
  } catch (thrown) {
    broke = toGatewayError(thrown)
    ending = { type: 'error', failure: { kind: 'failed', message: broke.message } }
    fold.add(ending)
  }
  const generated = fold.result()
  return { generated, ending: ending ?? unended(generated.outcome), broke }
}

/** The answer of a stream, as far as it came. `native`: the response object as the upstream itself has it. */
export function answered(
  exchange: Routed,
  answering: Answering,
  stream: Ended,
  hidden: Readonly<Record<string, string>>,
  release: (left: boolean) => void,
  native?: () => object,
): Answered {
  const left = exchange.signal.aborted
  const outcome: Outcome = left ? { status: 'incomplete', reason: 'client_closed' } : stream.generated.outcome
  const generated = { ...stream.generated, outcome }
  answering.endedAt = seconds()
  judge(exchange, outcome, stream.broke)
  return {
    ...exchange,
    answering,
    generated,
    hidden,
    end: left ? 'client_closed' : outcome.status,
    kept: () => ({ response: native && !left ? native() : responseObject(generated, answering, exchange), hidden }),
    release: () => release(left),
  }
}

function unended(outcome: Outcome): Event {
  const failure = outcome.status === 'failed' ? outcome.failure : { kind: 'cut' as const, message: 'The stream ended too early.' }
  return { type: 'error', failure }
}
