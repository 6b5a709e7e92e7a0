// The events of a background response, as its journal has them and as it gets them.
import { setImmediate as othersTurn } from 'node:timers/promises'
import { GatewayError, type responses } from '@weir/contracts'
import type { SseFrame } from '@weir/dialects'
import type { Chunk } from '../ports/journal.js'
import type { Notices } from '../ports/notices.js'
import type { Owner } from '../ports/owner.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { unfolded } from '../respond/unfolded.js'
import { journalTopic } from './topics.js'

/** Chunks that are in memory at once, for each reader: one that stalls holds them as long. */
const page = 4
/** A notice may be lost: so often a reader looks for itself. Milliseconds. */
const glance = 2_000

const done: SseFrame = { data: '[DONE]' }
const terminal = new Set<unknown>(['response.completed', 'response.incomplete', 'response.failed'])

/**
 * The events of a stored response after this number, and `[DONE]`: those of its journal, whether it has ended or not, or, where it
 * has none, those that would have brought it. Throws 400 for a number beyond the last event that there is.
 */
export async function eventsOf(
  stored: StoredResponse,
  response: responses.ResponseObject,
  after: number,
  ports: Pick<Ports, 'journal' | 'notices' | 'responses'>,
  signal: AbortSignal,
): Promise<AsyncIterable<SseFrame>> {
  const written = await ports.journal.last(stored.id)
  const frames = written === undefined ? unfolded(response) : []
  // The last frame is the marker, which has no number.
  const last = written ?? frames.length - 2
  if (after > last)
    throw new GatewayError('invalid_value', {
      message: `starting_after: the last event of this response has the number ${last}.`,
      param: 'starting_after',
    })
  return written === undefined ? each(frames.slice(after + 1)) : tail(stored, after, ports, signal)
}

async function* each(frames: readonly SseFrame[]): AsyncGenerator<SseFrame> {
  yield* frames
}

/**
 * Reads a journal after this number, page by page, and goes on with what is added, up to the terminal event and `[DONE]`. Ends
 * early when the signal is aborted. Throws 404 when the response is deleted meanwhile.
 */
export async function* tail(
  { owner, id }: { readonly owner: Owner; readonly id: string },
  after: number,
  { journal, notices, responses }: Pick<Ports, 'journal' | 'notices' | 'responses'>,
  signal: AbortSignal,
): AsyncGenerator<SseFrame> {
  const bell = listen(notices, journalTopic(id), signal)
  let seen = after
  let told = false
  let grown = false
  try {
    while (!signal.aborted) {
      const chunks = await journal.read(id, seen, page)
      for (const chunk of chunks)
        for (const frame of framesOf(chunk, seen)) {
          yield frame
          if (!terminal.has(frame.event)) continue
          yield done
          return
        }
      const newest = chunks.at(-1)
      if (newest) {
        seen = newest.last
        grown = told
        // Nothing else makes whoever reads as fast as it is written let go.
        if (chunks.length === page) await othersTurn()
        continue
      }
      // Whoever has seen the last event waits for nothing, and what was told need not have been of more. It may have come since the
      // journal was read.
      if (!grown) {
        const stored = await responses.get(owner, id)
        if (!stored) throw new GatewayError('not_found', { message: `The response "${id}" was deleted.` })
        if (!stored.job && (await journal.last(id)) === seen) {
          yield done
          return
        }
      }
      grown = false
      told = await bell.rings(glance)
    }
  } finally {
    bell.forget()
  }
}

/** The events of a chunk after this number. */
function framesOf({ first, events }: Chunk, after: number): SseFrame[] {
  return events
    .split('\n')
    .slice(Math.max(0, after + 1 - first))
    .map((data) => ({ event: (JSON.parse(data) as { type: string }).type, data }))
}

interface Bell {
  /** Whether it rang: since it was last waited for, or within so many milliseconds. */
  rings(milliseconds: number): Promise<boolean>
  forget(): void
}

function listen(notices: Notices, topic: string, signal: AbortSignal): Bell {
  let rung = false
  let wake = (): void => {}
  const ring = (): void => {
    rung = true
    wake()
  }
  const unhear = notices.hear(topic, ring)
  signal.addEventListener('abort', ring)
  return {
    async rings(milliseconds) {
      if (!rung)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds).unref()
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      const heard = rung
      rung = false
      return heard
    },
    forget() {
      unhear()
      signal.removeEventListener('abort', ring)
    },
  }
}
