import { GatewayError, type responses } from '@weir/contracts'
import { unfold, type SseFrame } from '@weir/dialects'
import type { Ingressed } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import { readResponse } from '../remember/stored-form.js'
import type { Outlet } from '../respond/outlets/outlet.js'
import { replay } from '../respond/replay.js'
import { unfolded } from '../respond/unfolded.js'
import type { Kept } from './claim.js'
import { replayed } from './idempotency.js'

/**
 * Answers as the first request with this key was answered: the same body or, where it streamed, the same items under the same
 * ids, with one delta for each part. Throws 404 for a response that was deleted since.
 */
export async function repeat(exchange: Ingressed, kept: Kept, outlet: Outlet, ports: Pick<Ports, 'responses'>): Promise<void> {
  const { ask, trail, signal } = exchange
  const headers = { ...kept.headers, ...replayed }
  const body = await bodyOf(exchange, kept, ports)
  trail.responseId = kept.form === 'stored' ? kept.id : null
  if (ask.stream) await replay(each(framesOf(exchange, kept, body)), outlet, signal, headers)
  else outlet.reply(200, headers, body)
  trail.outcome = signal.aborted ? 'client_closed' : 'completed'
  trail.status = signal.aborted ? 499 : 200
}

async function bodyOf({ caller }: Ingressed, kept: Kept, ports: Pick<Ports, 'responses'>): Promise<object> {
  switch (kept.form) {
    case 'stored': {
      const found = await ports.responses.get(caller, kept.id)
      if (found) return readResponse(found.response, false)
      throw new GatewayError('not_found', { message: 'The response that this idempotency-key stands for was deleted.' })
    }
    case 'response':
      return kept.response
    default:
      return kept.form === 'body' ? kept.body : {}
  }
}

function framesOf({ ingress, asked }: Ingressed, kept: Kept, body: object): readonly SseFrame[] {
  // A response object that left as one.
  if (kept.form !== 'events') return unfolded(body as responses.ResponseObject)
  const encoder = ingress.codec.stream.encode({ asked: asked(), ...kept.facts })
  const frames: SseFrame[] = []
  for (const event of unfold(kept.generated)) encoder.push(event, (frame) => frames.push(frame))
  return frames
}

async function* each(frames: readonly SseFrame[]): AsyncGenerator<SseFrame> {
  yield* frames
}
