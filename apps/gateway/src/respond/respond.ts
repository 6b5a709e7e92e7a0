import { GatewayError, type responses as responsesWireTypes } from '@weir/contracts'
import { folding, responses, type Answering, type Event, type Generated, type Outcome, type SseFrame } from '@weir/dialects'
import { fromUpstream } from '../errors.js'
import type { Routed } from '../route/route.js'
import { noteLatestAttempt } from '../trail.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { streamOf } from '../upstream/upstream.js'
import { answerHeaders } from './headers.js'
import { chatWire, complete, continued, responsesWire, type NativeWire } from './native-wire.js'
import type { Outlet } from './outlets/outlet.js'
import { stamp } from './stamp.js'

/** An answer whose last word is still held back: it leaves with `release`, once the response is kept. */
export interface Answered extends Routed {
  readonly answering: Answering
  readonly generated: Generated
  readonly end: 'completed' | 'incomplete' | 'failed' | 'client_closed'
  /** The response object as the caller has it, with the replay tokens that it did not ask for. */
  readonly kept: () => { readonly response: object; readonly hidden: Readonly<Record<string, string>> }
  /** Writes the ending. `answering.stored` must be true to what happened by then. */
  readonly release: () => void
}

/**
 * The one event engine: begins the answer once, carries every event of it to the outlet, and holds back its end. What the
 * caller reads, what is stored and what is recorded come from the same sequence, so they cannot disagree.
 */
export async function respond(exchange: Routed, outlet: Outlet): Promise<Answered> {
  const { answer, attempt } = exchange
  const answering = answeringOf(exchange)
  if (!exchange.ask.stream && answer.form === 'whole') return whole(exchange, answering, answer, outlet)
  const stream = answer.form === 'stream' ? answer.stream : streamOf(answer.generated)
  outlet.begin(answerHeaders(exchange, attempt))
  const native = attempt.lane === 'native' && answer.form === 'stream'
  return native ? relay(exchange, answering, stream, outlet) : rewrite(exchange, answering, stream, outlet)
}

function answeringOf({ attempt, ask, asked, trail, dialect }: Routed): Answering {
  let generation: ReturnType<typeof asked> | undefined
  return {
    // Decoding what was asked is put off: most native answers never look at it.
    get asked() {
      return (generation ??= asked())
    },
    id: dialect === 'responses' ? (trail.responseId ?? trail.id) : `chatcmpl-${trail.id.slice('req_'.length)}`,
    createdAt: Math.floor(trail.startedAt / 1000),
    model: attempt.candidate.target.model,
    provider: attempt.candidate.account.name,
    stored: ask.store,
  }
}

const now = (): number => Math.floor(Date.now() / 1000)

const issuerOf = ({ attempt }: Routed) => ({ account: attempt.candidate.account.name, model: attempt.candidate.target.model })
const reveals = ({ ask, dialect }: Routed): boolean =>
  dialect === 'responses' && ask.include.includes('reasoning.encrypted_content')

const nativeWire = (exchange: Routed, answering: Answering): NativeWire =>
  (exchange.dialect === 'responses' ? responsesWire : chatWire)({
    answering,
    issuer: issuerOf(exchange),
    reveals: reveals(exchange),
  })

function whole(exchange: Routed, answering: Answering, answer: { wire: object; generated: Generated }, outlet: Outlet): Answered {
  noteLatestAttempt(exchange.trail, { upstreamId: answer.generated.id ?? null })
  const native = exchange.attempt.lane === 'native' ? nativeWire(exchange, answering) : undefined
  const marks = stamp(issuerOf(exchange), reveals(exchange))
  const generated = native ? answer.generated : stamped(answer.generated, marks)
  answering.endedAt = now()
  judge(exchange, generated.outcome)
  const body = (): object => (native ? native.whole(answer.wire) : exchange.ingress.codec.response.encode(generated, answering))
  const headers = answerHeaders(exchange, exchange.attempt)
  return {
    ...exchange,
    answering,
    generated,
    end: exchange.signal.aborted ? 'client_closed' : generated.outcome.status,
    kept() {
      const hidden = native?.hidden ?? marks.hidden
      if (exchange.dialect === 'responses') return { response: body(), hidden }
      return { response: responseObject(generated, answering, exchange), hidden }
    },
    release: () => outlet.reply(200, { ...headers, 'server-timing': serverTiming(exchange) }, body()),
  }
}

function stamped(generated: Generated, marks: ReturnType<typeof stamp>): Generated {
  const items = generated.items.map((end, item) => {
    const event = marks.event({ type: 'item-end', item, end })
    return event?.type === 'item-end' ? event.end : end
  })
  return { ...generated, items }
}

/** Milliseconds in the gateway and upstream, for answers whose end is known when the head leaves. */
function serverTiming({ trail }: Routed): string {
  const upstream = trail.attempts.at(-1)?.latency ?? 0
  return `upstream;dur=${upstream}, total;dur=${Date.now() - trail.startedAt}`
}

/** The translated lane: every event goes through the encoder of the caller's dialect. */
async function rewrite(exchange: Routed, answering: Answering, stream: AnswerStream, outlet: Outlet): Promise<Answered> {
  const encoder = exchange.ingress.codec.stream.encode(answering)
  const marks = stamp(issuerOf(exchange), reveals(exchange))
  const fold = folding()
  let ending: Event | undefined
  let full = false
  const write = (frame: SseFrame): void => {
    full = !outlet.write(frame) || full
  }

  encoder.push({ type: 'turn-start', id: answering.id, model: answering.model, createdAt: answering.createdAt }, write)
  await pumped(exchange, stream, outlet, {
    event(raw) {
      const event = marks.event(raw)
      if (event === undefined || event.type === 'turn-start') return
      fold.add(event)
      if (event.type === 'turn-end' || event.type === 'error') ending = event
      else if (event.type !== 'foreign' || event.dialect === exchange.dialect) encoder.push(event, write)
    },
    frame() {},
    full: () => full && !(full = false),
  })
  return answered(
    exchange,
    answering,
    fold.result(),
    () => marks.hidden,
    (result) => {
      if (result.end === 'client_closed') return outlet.abort()
      encoder.push(ending ?? failed(result.generated.outcome), write)
      encoder.end(write)
      outlet.end()
    },
  )
}

/** The native lane: frames pass as they are, and are decoded beside that for the record and the store. */
async function relay(exchange: Routed, answering: Answering, stream: AnswerStream, outlet: Outlet): Promise<Answered> {
  const wire = nativeWire(exchange, answering)
  const fold = folding()
  let ending: Event | undefined
  let last: SseFrame | undefined
  let passed: SseFrame | undefined
  let full = false
  await pumped(exchange, stream, outlet, {
    event(event) {
      fold.add(event)
      if (event.type === 'turn-end' || event.type === 'error') ending = event
    },
    frame(frame) {
      if (ending) last = frame
      else {
        const seen = wire.frame(frame)
        if (!seen) return
        passed = seen
        full = !outlet.write(seen) || full
      }
    },
    full: () => full && !(full = false),
  })
  const generated = fold.result()
  const asResponse = (): responsesWireTypes.ResponseObject => responseObject(generated, answering, exchange)
  const ended = ending?.type === 'turn-end' && last ? complete(last, () => asResponse().output) : undefined
  return answered(
    exchange,
    answering,
    generated,
    () => wire.hidden,
    (result) => {
      if (result.end === 'client_closed') return outlet.abort()
      if (ending?.type === 'turn-end') {
        const frame = ended && wire.frame(ended)
        if (frame) outlet.write(frame)
        outlet.write({ data: '[DONE]' })
      } else {
        const frames: SseFrame[] = []
        const encoder = exchange.ingress.codec.stream.encode(answering)
        // The beginning has come from the upstream.
        encoder.push({ type: 'turn-start' }, () => {})
        encoder.push(ending ?? failed(generated.outcome), (frame) => void frames.push(frame))
        const response = exchange.dialect === 'responses' ? asResponse() : undefined
        for (const frame of continued(frames, passed, response)) outlet.write(frame)
      }
      outlet.end()
    },
    ended && exchange.dialect === 'responses' ? () => terminalResponse(wire, ended) : undefined,
  )
}

/** The response object of a native terminal frame, as it will leave. */
function terminalResponse(wire: NativeWire, frame: SseFrame): object {
  const rewritten = wire.frame(frame) ?? frame
  return (JSON.parse(rewritten.data) as { response: object }).response
}

function responseObject(generated: Generated, answering: Answering, { trail }: Routed): responsesWireTypes.ResponseObject {
  return responses.response.encode(generated, { ...answering, asked: answering.asked, id: trail.responseId ?? answering.id })
}

function failed(outcome: Outcome): Event {
  const failure = outcome.status === 'failed' ? outcome.failure : { kind: 'cut' as const, message: 'The stream ended too early.' }
  return { type: 'error', failure }
}

interface Pumping {
  event(event: Event): void
  frame(frame: SseFrame): void
  /** Whether the reader fell behind since this was last asked. */
  full(): boolean
}

/** Runs a stream to its end, or to the moment when the caller leaves. A slow reader makes the upstream wait. */
function pumped({ signal, trail }: Routed, stream: AnswerStream, outlet: Outlet, pump: Pumping): Promise<void> {
  return new Promise((resolve) => {
    const leave = (): void => {
      stream.destroy()
      resolve()
    }
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave, { once: true })
    const afterwards = (): void => {
      if (pump.full()) stream.pause()
    }
    outlet.drained(() => stream.resume())
    stream.start({
      event(event) {
        if (event.type === 'turn-start' && event.id !== undefined) noteLatestAttempt(trail, { upstreamId: event.id })
        pump.event(event)
        afterwards()
      },
      frame(frame) {
        pump.frame(frame)
        afterwards()
      },
      done() {
        signal.removeEventListener('abort', leave)
        resolve()
      },
    })
  })
}

function answered(
  exchange: Routed,
  answering: Answering,
  folded: Generated,
  hidden: () => Readonly<Record<string, string>>,
  release: (result: { end: Answered['end']; generated: Generated }) => void,
  native?: () => object,
): Answered {
  const left = exchange.signal.aborted
  const outcome: Outcome = left ? { status: 'incomplete', reason: 'client_closed' } : folded.outcome
  const generated = { ...folded, outcome }
  const end = left ? 'client_closed' : outcome.status
  answering.endedAt = now()
  judge(exchange, outcome)
  return {
    ...exchange,
    answering,
    generated,
    end,
    kept: () => ({ response: native && !left ? native() : responseObject(generated, answering, exchange), hidden: hidden() }),
    release: () => release({ end, generated }),
  }
}

/** Notes what became of the attempt after its first content: whoever left or broke off, it has not succeeded. */
function judge({ trail, attempt, signal }: Routed, outcome: Outcome): void {
  if (signal.aborted) return noteLatestAttempt(trail, { outcome: 'aborted', failure: new GatewayError('client_closed').message })
  if (outcome.status !== 'failed') return
  trail.error = fromUpstream(outcome.failure, attempt.candidate.account.name)
  noteLatestAttempt(trail, { outcome: 'failed', failure: trail.error.detail ?? trail.error.message })
}
