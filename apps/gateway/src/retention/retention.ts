// Forgets what nobody has used for as long as it is kept. It runs beside the callers' work and never in its way.
import { setTimeout as pass } from 'node:timers/promises'
import type { Clock } from '../ports/clock.js'
import type { Sweeping } from '../ports/sweeping.js'

export interface RetentionOptions {
  /** Those of them that can sweep are swept; whatever else is among them is passed over. */
  readonly ports: object
  readonly clock: Clock
  /** Milliseconds after its last use for which a thing is kept. Infinity: for ever. */
  readonly keepFor: number
  /** Hears of a port whose sweep failed; the others, and the next round, go on. */
  readonly report: (port: string, error: unknown) => void
  /** Waits so many milliseconds, or until the signal is aborted. For tests. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
  /** From 0 to 1. For tests. */
  readonly random?: () => number
}

export interface Retention {
  /** Begins no further batch; resolves when the one under way has ended. */
  stop(): Promise<void>
}

const hour = 3_600_000
/** Rows in one write: few enough that a caller's write behind them does not notice. */
const batch = 200
/** Between two batches, so that a large backlog takes no more than a quarter of the writer's time. Milliseconds. */
const pauseAfter = (took: number): number => Math.max(5, Math.round(3 * took))

/** Sweeps at once and then about every hour, until it is stopped. Never throws. */
export function startRetention({
  ports,
  clock,
  keepFor,
  report,
  wait = idle,
  random = Math.random,
}: RetentionOptions): Retention {
  const stopping = new AbortController()
  const { signal } = stopping
  // What is kept for ever is asked for nothing that was ever used; some of it has an end of its own, which is no matter of use.
  const momentBefore = (time: number): number => (time === Infinity ? 0 : Math.max(0, Math.floor(clock.now() - time)))
  const running = (async () => {
    while (!signal.aborted) {
      for (const [name, port] of Object.entries(ports))
        if (sweeps(port))
          await sweepAll(port, momentBefore(port.keepsFor ?? keepFor), signal, wait).catch((error: unknown) =>
            report(name, error),
          )
      // Replicas over one store that were started together drift apart.
      await wait(Math.round(hour * (0.9 + 0.2 * random())), signal)
    }
  })()
  return {
    stop() {
      stopping.abort()
      return running
    },
  }
}

async function sweepAll(
  port: Sweeping,
  before: number,
  signal: AbortSignal,
  wait: NonNullable<RetentionOptions['wait']>,
): Promise<void> {
  while (!signal.aborted) {
    const begun = performance.now()
    if ((await port.sweep(before, batch)) === 0) return
    await wait(pauseAfter(performance.now() - begun), signal)
  }
}

const sweeps = (port: unknown): port is Sweeping =>
  typeof port === 'object' && port !== null && 'sweep' in port && typeof port.sweep === 'function'

/** Holds up no process that has nothing else to do. */
const idle = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  pass(milliseconds, undefined, { signal, ref: false }).catch(() => undefined)
