import type { Answering, Event, SseFrame } from '@weir/dialects'
import type { Routed } from '../route/route.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { nativeWire, passUnread, responseObject, stampFacts } from './answering.js'
import { answered, ended } from './ended.js'
import { enforcing, limitsOf } from './enforce.js'
import { complete, continued, numbering, type NativeWire } from './native/native-wire.js'
import type { Outlet } from './outlets/outlet.js'
import { pacing } from './pump.js'
import type { Answered } from './respond.js'
import { stamp } from './stamp.js'
import { withholding } from './withhold.js'

/** The native lane: frames pass as they are, and are decoded beside that for the record and the store. */
export async function relay(exchange: Routed, answering: Answering, stream: AnswerStream, outlet: Outlet): Promise<Answered> {
  const wire = nativeWire(exchange, answering)
  const marks = stamp(stampFacts(exchange))
  const write = pacing(outlet, stream)
  const { stateful } = exchange.ingress
  // The events of other dialects have no numbers.
  const numbered = stateful ? numbering() : (frame: SseFrame) => frame
  let over = false
  let last: SseFrame | undefined
  let passed: SseFrame | undefined
  let add: (event: Event) => void = () => {}
  const enforced = enforcing(exchange, limitsOf(exchange), (raw) => {
    const event = marks.event(raw)
    if (event) add(event)
  })
  const held = withholding(enforced, answering)
  const end = await ended(exchange, stream, outlet, (fold) => {
    add = (event) => fold.add(event)
    return {
      event(raw) {
        enforced.event(raw)
        over = raw.type === 'turn-end' || raw.type === 'error'
      },
      frame(raw) {
        const frame = numbered(raw)
        if (over) {
          last = frame
          return
        }
        const kept = held.frame(frame)
        const seen = kept && wire.frame(kept)
        if (!seen) return
        passed = seen
        write(seen)
      },
      unread: (reason) => passUnread(answering, exchange, reason),
    }
  })
  const { ending, generated } = end
  const folded = () => responseObject(generated, answering, exchange)
  // The terminal frame of the upstream; where it sent none that can be passed on, the dialect's own ending stands in for it.
  const left = ending.type === 'turn-end' && last ? held.terminal(last) : undefined
  const terminal = left && (stateful ? complete(left.frame, folded) : left.frame)
  const own = terminal !== undefined && stateful

  return answered(
    exchange,
    answering,
    end,
    own && !exchange.signal.aborted ? wire.hidden : marks.hidden,
    (hasLeft) => {
      if (hasLeft) return outlet.abort()
      // What tells the whole response at its end has not ended without that.
      if (ending.type === 'turn-end' && (terminal || !stateful)) {
        for (const frame of left?.before ?? []) outlet.write(frame)
        const frame = terminal && wire.frame(terminal)
        if (frame) outlet.write(frame)
        const { marker } = exchange.ingress
        if (marker) outlet.write(marker)
      } else {
        const frames: SseFrame[] = []
        const encoder = exchange.ingress.codec.stream.encode(answering)
        // The beginning has come from the upstream.
        encoder.push({ type: 'turn-start' }, () => {})
        encoder.push(ending, (frame) => void frames.push(frame))
        for (const frame of continued(frames, passed, stateful ? folded() : undefined)) outlet.write(frame)
      }
      outlet.end()
    },
    own ? () => terminalResponse(wire, terminal) : undefined,
  )
}

/** The response object of a native terminal frame, as it will leave. */
function terminalResponse(wire: NativeWire, frame: SseFrame): object {
  const rewritten = wire.frame(frame) ?? frame
  return (JSON.parse(rewritten.data) as { response: object }).response
}
