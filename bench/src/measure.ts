import { setTimeout as sleep } from 'node:timers/promises'
import type { Counters } from './counters.js'
import type { Job } from './load.js'
import type { Stage } from './stage.js'
import type { Subject } from './subjects.js'

/** What one window of load showed. CPU and memory are the subject's process; zero for `direct`. */
export interface Measured extends Counters {
  cpuMs: number
  /** CPU time of the process as a share of the window: about 1 (or more, with helper threads) is saturated. */
  coreShare: number
  peakRssMb: number
}

/** How long to load before counting, and how long to count. */
export interface Window {
  warmMs: number
  windowMs: number
}

const memorySampleMs = 250

/** Puts a load on a subject and counts over a window in the middle of it, so that neither the start nor the end is counted. */
export async function measure(stage: Stage, subject: Subject, job: Omit<Job, 'port'>, window: Window): Promise<Measured> {
  await stage.load('begin', { ...job, port: subject.port })
  try {
    await sleep(window.warmMs)
    await stage.load('take')
    const before = await subject.process?.usage()
    const peakRssMb = await watchMemory(subject, window.windowMs)
    const counters = await stage.load('take')
    const after = await subject.process?.usage()
    const cpuMs = (after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)
    return { ...counters, cpuMs, coreShare: cpuMs / counters.elapsedMs, peakRssMb }
  } finally {
    await stage.load('stop')
  }
}

async function watchMemory(subject: Subject, forMs: number): Promise<number> {
  const deadline = performance.now() + forMs
  let peak = 0
  for (let left = forMs; left > 0; left = deadline - performance.now()) {
    await sleep(Math.min(left, memorySampleMs))
    const usage = await subject.process?.usage()
    peak = Math.max(peak, usage?.rssMb ?? 0)
  }
  return peak
}
