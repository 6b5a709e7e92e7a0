/** What a load generator has seen since it was last asked. Times are milliseconds. */
export interface Counters {
  elapsedMs: number
  requests: number
  /** Answers other than 200, and connections lost while one was awaited. */
  errors: number
  aborted: number
  events: number
  latency: Quantiles
  first: Quantiles
}

/** The middle and the tail. */
export interface Quantiles {
  p50: number
  p99: number
}

/** Counts for one generator; `take` gives what came since the last one. */
export class Tally {
  requests = 0
  errors = 0
  aborted = 0
  events = 0
  readonly latencies: number[] = []
  readonly firsts: number[] = []
  #since = performance.now()

  take(): Counters {
    const now = performance.now()
    const { requests, errors, aborted, events } = this
    const taken = { elapsedMs: now - this.#since, requests, errors, aborted, events }
    const counters = { ...taken, latency: quantiles(this.latencies), first: quantiles(this.firsts) }
    this.#since = now
    this.requests = this.errors = this.aborted = this.events = 0
    this.latencies.length = this.firsts.length = 0
    return counters
  }
}

function quantiles(samples: number[]): Quantiles {
  const sorted = Float64Array.from(samples).toSorted()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
