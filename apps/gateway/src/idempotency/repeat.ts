import { GatewayError, type responses } from '@weir/contracts'
import { unfold, type SseFrame } from '@weir/dialects'
import type { Ingressed } from '../exchange.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { readStanding } from '../remember/stored-form.js'
import { eventsOf } from '../jobs/tail.js'
import type { Outlet } from '../respond/outlets/outlet.js'
import { replay } from '../respond/replay.js'
import { unfolded } from '../respond/unfolded.js'
import type { Kept } from './claim.js'
import { replayed } from './idempotency.js'

/**
 * Answers as the first request with this key was answered: the same body or, where it streamed, the same items under the same
 * ids, with one delta for each part. Throws 404 for a response that was deleted since.
 */
export async function repeat(
  exchange: Ingressed,
  kept: Kept,
  outlet: Outlet,
  ports: Pick<Ports, 'responses' | 'journal' | 'notices'>,
): Promise<void> {
  const { ask, trail, signal } = exchange
  const headers = { ...kept.headers, ...replayed }
  const stored = kept.form === 'stored' ? await storedAs(exchange, kept.id, ports) : undefined
  const body = stored ? readStanding(stored, false) : bodyOf(kept)
  trail.responseId = stored?.id ?? null
  if (ask.stream && stored) {
    // A background response goes on meanwhile, and has its own events.
    const events = await eventsOf(stored, readStanding(stored, false), -1, ports, signal)
    await replay(events, outlet, signal, headers)
  } else if (ask.stream) await replay(each(framesOf(exchange, kept, body)), outlet, signal, headers)
  else outlet.reply(200, headers, body)
  trail.outcome = signal.aborted ? 'client_closed' : 'completed'
  trail.status = signal.aborted ? 499 : 200
}

async function storedAs({ caller }: Ingressed, id: string, ports: Pick<Ports, 'responses'>): Promise<StoredResponse> {
  const found = await ports.responses.get(caller, id)
  if (found) return found
  throw new GatewayError('not_found', { message: 'The response that this idempotency-key stands for was deleted.' })
}

function bodyOf(kept: Kept): object {
  if (kept.form === 'response') return kept.response
  return kept.form === 'body' ? kept.body : {}
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
