// The end of a background response that no run of it brings: it was cancelled, or its run failed or died.
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { responses as wire } from '@weir/contracts'
import { folding, responses, type Event, type SseFrame, type UpstreamFailure } from '@weir/dialects'
import type { Chunk } from '../ports/journal.js'
import type { Job } from '../ports/jobs.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { idsOf } from '../remember/keeping.js'
import { readInput, readResponse, writeResponse } from '../remember/stored-form.js'
import { journalTopic } from './topics.js'

/** Why there is an end. */
export type Conclusion = { readonly status: 'cancelled' } | { readonly status: 'failed'; readonly failure: UpstreamFailure }

/** Chunks of a journal that are in memory at once, and read in one turn: a long one is not to hold up everybody else. */
const page = 8

/**
 * Ends a job that is held: its response keeps what its journal has told so far, and its last events say how it ended. Gives the
 * response; `undefined` where the job is somebody else's by now, or its response is gone.
 */
export async function conclude(
  job: Job,
  conclusion: Conclusion,
  ports: Pick<Ports, 'jobs' | 'journal' | 'notices' | 'responses'>,
): Promise<wire.ResponseObject | undefined> {
  const { id, owner } = job
  const stored = await ports.responses.get(owner, id)
  if (!stored) return undefined
  const { response, events } = await ending(stored, conclusion, ports)
  const row = { ...stored, response: writeResponse(response, {}) }
  const beside = { given: idsOf(readInput(stored.input)), made: idsOf(response.output) }
  if (!(await ports.jobs.end(job, row, events, beside))) return undefined
  ports.notices.tell(journalTopic(id))
  return response
}

interface Told {
  readonly response: wire.ResponseObject
  readonly events: Chunk
}

/** The events that follow those of the journal, in the words of the encoder that would have gone on with them. */
async function ending(stored: StoredResponse, conclusion: Conclusion, ports: Pick<Ports, 'journal'>): Promise<Told> {
  const queued = readResponse(stored.response, false)
  const decoder = responses.stream.decode()
  const encoder = responses.stream.encode({
    asked: { model: queued.model, items: [], sampling: {}, stream: true, state: {} },
    id: queued.id,
    createdAt: queued.created_at,
    model: queued.model,
    provider: queued.provider ?? '',
    stored: true,
  })
  const fold = folding()
  const open = new Set<number>()
  const again = (event: Event): void => {
    if (event.type === 'item-start') open.add(event.item)
    if (event.type === 'item-end') open.delete(event.item)
    fold.add(event)
    encoder.push(event, () => {})
  }
  let last = -1
  let readable = true
  for (let chunks = await next(); chunks.length > 0; chunks = await next()) {
    for (const chunk of chunks) {
      last = chunk.last
      for (const data of chunk.events.split('\n')) readable &&= reads(() => decoder.push({ data }, again))
    }
    await othersTurn()
  }

  const frames: SseFrame[] = []
  const keep = (frame: SseFrame): void => void (frame.data === '[DONE]' || frames.push(frame))
  if (conclusion.status === 'failed') encoder.push({ type: 'error', failure: conclusion.failure }, keep)
  else {
    const { items } = fold.result()
    for (const item of open) {
      const end = items[item]
      if (end) encoder.push({ type: 'item-end', item, end }, keep)
    }
    encoder.push({ type: 'turn-end', outcome: { status: 'incomplete', reason: 'cancelled' } }, keep)
  }

  let response = queued
  const events = frames.map(({ data }, index) => {
    // Made by the encoder a moment ago.
    const event = JSON.parse(data) as { response?: wire.ResponseObject }
    if (event.response) {
      const { output, error } = event.response
      response = { ...queued, status: conclusion.status, output, error }
      event.response = response
    }
    return JSON.stringify({ ...event, sequence_number: last + 1 + index })
  })
  return { response, events: { first: last + 1, last: last + events.length, events: events.join('\n') } }

  function next(): Promise<readonly Chunk[]> {
    return ports.journal.read(stored.id, last, page)
  }
}

/** What an upstream said and nobody could read has been told all the same: what follows it is not looked at. */
function reads(read: () => void): boolean {
  try {
    read()
    return true
  } catch {
    return false
  }
}
