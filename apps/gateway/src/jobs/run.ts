// One job, from its claim to its end.
import type { Configuration } from '../configuration.js'
import type { CarriedJob } from '../exchange.js'
import { receive } from '../ingress/receive.js'
import { carryOut } from '../journey.js'
import type { Observe } from '../observe/observe.js'
import { generate } from '../operations/generate.js'
import type { Job } from '../ports/jobs.js'
import type { Chunk } from '../ports/journal.js'
import type { Ports } from '../ports/ports.js'
import type { Beside, StoredResponse } from '../ports/response-store.js'
import { StoreError } from '../ports/store-error.js'
import { readInput, readStanding } from '../remember/stored-form.js'
import { toGatewayError } from '../errors.js'
import { failureOf } from '../respond/fail.js'
import { journalOutlet } from '../respond/outlets/journal.js'
import { conclude } from './conclude.js'
import { readJobRequest } from './job-request.js'
import { journalTopic } from './topics.js'

/** The number of `response.in_progress`: what comes before it was written when the call was queued. */
const firstNumber = 2
/** Between two attempts to keep an end, while the store cannot be reached. Milliseconds. */
const patience = 1_000

export interface RunOptions {
  readonly ports: Ports
  /** The one that this run uses from its beginning to its end. */
  readonly configuration: Configuration
  readonly observe: Observe
  /** Aborted when the job is somebody else's by now, or gone. */
  readonly signal: AbortSignal
  /** To be called when that was found out here. */
  readonly lost: () => void
}

/**
 * Carries a job out: the journey of its call, written to its journal. Whatever went wrong ends it as failed, unless it is somebody
 * else's by now. Throws a `StoreError` where its end cannot be kept; its lease then runs out.
 */
export async function run(job: Job, { ports, configuration, observe, signal, lost }: RunOptions): Promise<void> {
  const { id, owner } = job
  const stored = await ports.responses.get(owner, id)
  if (!stored) return
  const { exchange, startedAt, stream, role, headers, body } = readJobRequest(job.request)
  const outlet = journalOutlet({
    opening: { type: 'response.in_progress', response: readStanding({ ...stored, job: 'in_progress' }, false) },
    next: firstNumber,
    lost,
    signal,
    async append(chunk: Chunk) {
      const kept = await ports.journal.append(job, chunk)
      if (kept) ports.notices.tell(journalTopic(id))
      return kept
    },
  })
  const carried: CarriedJob = {
    id,
    stream,
    input: readInput(stored.input),
    async end(response: StoredResponse, beside: Beside, release: () => void) {
      const chunk = await outlet.rest(release)
      const ended = chunk !== undefined && (await persisting(() => ports.jobs.end(job, response, chunk, beside), signal))
      if (ended) ports.notices.tell(journalTopic(id))
      return ended
    },
  }
  const received = receive(
    {
      id: exchange,
      operation: generate,
      dialect: 'responses',
      head: { headers },
      signal,
      configuration,
      startedAt,
      readBody: () => Promise.resolve(body),
      job: carried,
    },
    ports,
  )
  received.trail.owner = owner
  try {
    await carryOut({ ...received, caller: { ...owner, role } }, outlet, ports, observe)
  } catch (error) {
    const chunk = await outlet.rest()
    if (signal.aborted) return
    if (chunk) await persisting(() => ports.journal.append(job, chunk), signal)
    await persisting(() => conclude(job, { status: 'failed', failure: failureOf(toGatewayError(error)) }, ports), signal)
  }
}

/** Does a write, again and again while the store cannot be reached and the job is this run's. */
async function persisting<Done>(write: () => Promise<Done>, signal: AbortSignal): Promise<Done> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      const passes = error instanceof StoreError && error.fault === 'unavailable'
      if (!passes || signal.aborted) throw error
      await new Promise((resolve) => setTimeout(resolve, patience))
    }
  }
}
