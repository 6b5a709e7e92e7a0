import type { Answering } from '@weir/dialects'
import type { Routed } from '../route/route.js'
import type { AnswerStream } from '../upstream/answer-stream.js'
import { stampFacts } from './answering.js'
import { answered, ended } from './ended.js'
import { enforcing, limitsOf } from './enforce.js'
import type { Outlet } from './outlets/outlet.js'
import { pacing } from './pump.js'
import type { Answered } from './respond.js'
import { restoring } from './restore.js'
import { stamp } from './stamp.js'
import { noteUnsayable } from './unsayable.js'

/** The translated lane: every event goes through the encoder of the caller's dialect. */
export async function rewrite(exchange: Routed, answering: Answering, stream: AnswerStream, outlet: Outlet): Promise<Answered> {
  const encoder = exchange.ingress.codec.stream.encode(answering)
  const marks = stamp(stampFacts(exchange))
  const write = pacing(outlet, stream)
  const begin = { type: 'turn-start', id: answering.id, model: answering.model, createdAt: answering.createdAt } as const

  encoder.push(begin, (frame) => outlet.write(frame))
  const end = await ended(exchange, stream, outlet, (fold) => {
    const { event } = enforcing(exchange, limitsOf(exchange), (raw) => {
      const event = marks.event(raw)
      if (event === undefined || event.type === 'turn-start') return
      fold.add(event)
      if (event.type === 'turn-end' || event.type === 'error') return
      if (event.type === 'foreign' && event.dialect !== exchange.dialect) noteUnsayable(exchange.trail, event)
      else encoder.push(event, write)
    })
    return { event: restoring(exchange.attempt.names, event), frame() {}, unread() {} }
  })
  return answered(exchange, answering, end, marks.hidden, (left) => {
    if (left) return outlet.abort()
    encoder.push(end.ending, (frame) => outlet.write(frame))
    encoder.end((frame) => outlet.write(frame))
    outlet.end()
  })
}
