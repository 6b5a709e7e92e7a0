import type { Answering, SseFrame } from '@weir/dialects'
import type { Routed } from '../route/route.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { issuerOf, nativeWire, passUnread, responseObject, reveals } from './answering.js'
import { answered, ended } from './ended.js'
import { complete, continued, type NativeWire } from './native-wire.js'
import type { Outlet } from './outlets/outlet.js'
import { pacing } from './pump.js'
import type { Answered } from './respond.js'
import { stamp } from './stamp.js'

/** The native lane: frames pass as they are, and are decoded beside that for the record and the store. */
export async function relay(exchange: Routed, answering: Answering, stream: AnswerStream, outlet: Outlet): Promise<Answered> {
  const wire = nativeWire(exchange, answering)
  const marks = stamp(issuerOf(exchange), reveals(exchange))
  const write = pacing(outlet, stream)
  let over = false
  let last: SseFrame | undefined
  let passed: SseFrame | undefined
  const end = await ended(exchange, stream, outlet, (fold) => ({
    event(raw) {
      const event = marks.event(raw)
      if (event) fold.add(event)
      over = raw.type === 'turn-end' || raw.type === 'error'
    },
    frame(frame) {
      if (over) {
        last = frame
        return
      }
      const seen = wire.frame(frame)
      if (!seen) return
      passed = seen
      write(seen)
    },
    unread: (reason) => passUnread(answering, exchange, reason),
  }))
  const { ending, generated } = end
  // The terminal frame of the upstream; where it sent none that can be passed on, the dialect's own ending stands in for it.
  const terminal = ending.type === 'turn-end' && last ? complete(last, () => output(generated, answering, exchange)) : undefined
  const own = terminal !== undefined && exchange.dialect === 'responses'

  return answered(
    exchange,
    answering,
    end,
    own && !exchange.signal.aborted ? wire.hidden : marks.hidden,
    (left) => {
      if (left) return outlet.abort()
      if (ending.type === 'turn-end') {
        const frame = terminal && wire.frame(terminal)
        if (frame) outlet.write(frame)
        outlet.write({ data: '[DONE]' })
      } else {
        const frames: SseFrame[] = []
        const encoder = exchange.ingress.codec.stream.encode(answering)
        // The beginning has come from the upstream.
        encoder.push({ type: 'turn-start' }, () => {})
        encoder.push(ending, (frame) => void frames.push(frame))
        const response = exchange.dialect === 'responses' ? responseObject(generated, answering, exchange) : undefined
        for (const frame of continued(frames, passed, response)) outlet.write(frame)
      }
      outlet.end()
    },
    own ? () => terminalResponse(wire, terminal) : undefined,
  )
}

const output = (...answer: Parameters<typeof responseObject>) => responseObject(...answer).output

/** The response object of a native terminal frame, as it will leave. */
function terminalResponse(wire: NativeWire, frame: SseFrame): object {
  const rewritten = wire.frame(frame) ?? frame
  return (JSON.parse(rewritten.data) as { response: object }).response
}
