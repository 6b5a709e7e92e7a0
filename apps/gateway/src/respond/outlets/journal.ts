import type { SseFrame } from '@weir/dialects'
import type { Chunk } from '../../ports/journal.js'
import type { Outlet } from './outlet.js'

/** How long events gather before they are written as one chunk: no reader sees one before. Milliseconds. */
const gathering = 25
/** Characters that may wait before the upstream has to. */
const bound = 256 * 1024
/** After a store that could not be reached. Milliseconds. */
const patience = 500

/** The event of a frame. Some servers name it beside the data only, and a journal keeps nothing but the data. */
function typed({ event, data }: SseFrame): { readonly type?: unknown } {
  const wire = JSON.parse(data) as { readonly type?: unknown }
  return typeof wire.type === 'string' || event === undefined ? wire : { ...wire, type: event }
}

/** A journal has its own beginning, which was written before anybody was asked. */
const beginning = new Set<unknown>(['response.created', 'response.queued', 'response.in_progress'])

/** An answer in the Responses dialect on its way into a journal. */
export interface JournalOutlet extends Outlet {
  /**
   * The events that are not in the journal yet, for the commit of the end, and those that `last` writes with them; `undefined` for
   * none. Nothing is written after.
   */
  rest(last?: () => void): Promise<Chunk | undefined>
}

export interface JournalOptions {
  /** The first event, as an object without its number. */
  readonly opening: object
  /** Its number. */
  readonly next: number
  /** Writes a chunk. `false`: the job is somebody else's by now. Rejects where the store cannot be reached; it is tried again. */
  readonly append: (chunk: Chunk) => Promise<boolean>
  /** Called once when a chunk was refused. */
  readonly lost: () => void
  /** Aborted when nobody wants more: what has not been written by then never will be. */
  readonly signal: AbortSignal
}

/** An outlet that numbers events on without gaps and writes them in chunks, one after the other. */
export function journalOutlet({ opening, next, append, lost, signal }: JournalOptions): JournalOutlet {
  let lines: string[] = []
  let size = 0
  let number = next
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let ending = false
  let givenUp = false
  let full = false
  let caughtUp = (): void => {}

  function add(event: object): void {
    const line = JSON.stringify({ ...event, sequence_number: number++ })
    lines.push(line)
    size += line.length
    gather()
  }

  function gather(): void {
    if (writing || ending || givenUp || lines.length === 0) return
    if (size > bound / 2) send()
    else timer ??= setTimeout(send, gathering)
  }

  function take(): Chunk {
    const chunk = { first: number - lines.length, last: number - 1, events: lines.join('\n') }
    lines = []
    size = 0
    return chunk
  }

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    writing = write(take()).then(() => {
      writing = undefined
      const waits = full
      full = false
      // It may write at once, and be told to wait again.
      if (waits) caughtUp()
      gather()
    })
  }

  /** Never rejects. What is not written stands in the way of whatever follows, so that there is no gap. */
  async function write(chunk: Chunk): Promise<void> {
    while (!givenUp) {
      try {
        if (await append(chunk)) return
        giveUp()
        return lost()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, patience))
      }
    }
  }

  function giveUp(): void {
    givenUp = true
    lines = []
    clearTimeout(timer)
  }

  signal.addEventListener('abort', giveUp, { once: true })
  add(opening)
  return {
    begun: true,
    wrote: true,
    begin() {},
    write(frame: SseFrame) {
      if (givenUp || frame.data === '[DONE]') return true
      const event = typed(frame)
      if (!beginning.has(event.type)) add(event)
      full = size > bound
      return !full
    },
    drained: (listener) => void (caughtUp = listener),
    end() {},
    // Whoever carries out a job tells of its failure, after what has come.
    reply() {},
    abort() {},
    async rest(last) {
      ending = true
      clearTimeout(timer)
      last?.()
      await writing
      return lines.length > 0 ? take() : undefined
    },
  }
}
