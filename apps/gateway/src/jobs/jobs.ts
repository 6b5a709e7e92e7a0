// Carries out background calls: claims what is queued, holds each job by a lease while it runs, and ends those whose holder died.
import { GatewayError } from '@weir/contracts'
import type { Configuration } from '../configuration.js'
import type { Observe } from '../observe/observe.js'
import type { Job } from '../ports/jobs.js'
import type { Ports } from '../ports/ports.js'
import { failureOf } from '../respond/fail.js'
import { conclude } from './conclude.js'
import { recordUnrun } from './record-unrun.js'
import { run } from './run.js'
import { jobsTopic, jobTopic } from './topics.js'

export interface JobsOptions {
  readonly ports: Ports
  /** The configuration that a job which begins now is to use. */
  readonly configuration: () => Configuration
  readonly observe: Observe
  /** Jobs that run at once in this process; the others wait, the oldest first. */
  readonly most: number
  /** Hears of what could not be done in the store; it is tried again. */
  readonly report: (error: unknown) => void
  /** Milliseconds for which a job is held without being renewed: so long it stays where its process died. */
  readonly lease?: number
}

export interface RunningJobs {
  /** Begins no other job, and resolves when those that run have ended. Closing the transport ends them at once, as failed. */
  stop(): Promise<void>
}

interface Running {
  readonly job: Job
  readonly stopping: AbortController
}

/** A stalled process of ours is not taken for a dead one; a dead one leaves its callers waiting no longer than this. */
const defaultLease = 15_000
/** Beats in a lease: the job survives one that fails. */
const beats = 3
/** Jobs that are claimed or taken over by one write. */
const batch = 32

/** Carries out what is queued and whatever comes, until it is stopped. */
export function startJobs({ ports, configuration, observe, most, report, lease = defaultLease }: JobsOptions): RunningJobs {
  const { jobs, clock, notices } = ports
  const running = new Map<string, Running>()
  const ends = new Set<Promise<void>>()
  let stopping = false
  let claiming: Promise<void> | undefined
  let inheriting: Promise<void> | undefined
  let again = false

  const until = (): number => clock.now() + lease

  function track(work: Promise<void>): void {
    const end = work.catch(report).finally(() => ends.delete(end))
    ends.add(end)
  }

  async function carry(job: Job): Promise<void> {
    const held = { job, stopping: new AbortController() }
    running.set(job.id, held)
    const lost = (): void => held.stopping.abort()
    const unhear = notices.hear(jobTopic(job.id), () => void renew([held]).catch(report))
    try {
      await run(job, { ports, configuration: configuration(), observe, signal: held.stopping.signal, lost })
    } finally {
      unhear()
      if (running.get(job.id) === held) running.delete(job.id)
      wake()
    }
  }

  async function claim(): Promise<void> {
    do {
      again = false
      for (let free = most - running.size; free > 0 && !stopping; free = most - running.size) {
        const claimed = await jobs.claim(Math.min(free, batch), until())
        for (const job of claimed) track(carry(job))
        if (claimed.length === 0) break
      }
    } while (again && !stopping)
  }

  function wake(): void {
    if (stopping) return
    again = true
    claiming ??= claim()
      .catch(report)
      .finally(() => {
        claiming = undefined
        // Told after it had looked for the last time.
        if (again) wake()
      })
  }

  async function renew(held: readonly Running[]): Promise<void> {
    const lost = new Set(
      await jobs.renew(
        held.map(({ job }) => job),
        until(),
      ),
    )
    for (const { job, stopping } of held) if (lost.has(job.id)) stopping.abort()
  }

  /** Ends what nobody ends any more: never by another run, since nobody knows what the first one has done. */
  async function inherit(before: number): Promise<void> {
    let taken: readonly Job[]
    do {
      taken = await jobs.takeOver(before, batch, until())
      // One that cannot be ended keeps no other one from its end.
      for (const job of taken) await end(job).catch(report)
    } while (taken.length === batch && !stopping)
  }

  async function end(job: Job): Promise<void> {
    const response = await conclude(job, job.status === 'cancelled' ? { status: 'cancelled' } : died, ports)
    if (response) await recordUnrun(job, response, ports, observe)
  }

  async function beat(): Promise<void> {
    // As of now, and after the leases of this process were prolonged: one that stalled is not to inherit from itself.
    const now = clock.now()
    if (running.size > 0) await renew([...running.values()])
    if (stopping) return
    inheriting ??= inherit(now)
      .catch(report)
      .finally(() => (inheriting = undefined))
    wake()
  }

  let beating: Promise<void> | undefined
  const timer = setInterval(() => {
    beating ??= beat()
      .catch(report)
      .finally(() => (beating = undefined))
  }, lease / beats).unref()
  const unhear = notices.hear(jobsTopic, wake)
  track(beat())

  return {
    async stop() {
      stopping = true
      unhear()
      await claiming
      while (ends.size > 0) await Promise.all(ends)
      clearInterval(timer)
      await beating
      await inheriting
    },
  }
}

const died = {
  status: 'failed',
  failure: failureOf(
    new GatewayError('server_error', { message: 'The gateway stopped in the middle of this response. It was not run again.' }),
  ),
} as const
