// The load generator, in a process of its own. Closed loop: each connection sends its next request when an answer has
// ended. Open loop: requests leave when they are due, whatever has been answered.
import { Connection, type ConnectionOwner } from './connection.js'
import { Tally, type Counters } from './counters.js'
import { serveCommands } from './ipc.js'
import { requestBytes, type Request } from './requests.js'

/** A load to put on a port until it is stopped. Requests are sent in turn. */
export interface Job {
  port: number
  requests: Request[]
  connections: number
  /** Requests a second; without it the loop is closed. */
  rate?: number
  /** The connections begin evenly spread over this time, in milliseconds. */
  rampMs?: number
  /** The share of requests whose client leaves at some moment up to `abortWithinMs`. */
  abortShare?: number
  abortWithinMs?: number
}

/** What the bench may ask of the generator. */
export type LoadCommands = typeof commands

interface Generator {
  readonly tally: Tally
  stop(): void
}

/** More connections than this are not opened for requests that find none free: they count as errors. */
const openLoopLimit = 2000
// Node's timers are whole milliseconds; a delay beyond that is a stall, and is charged to the request that met it.
const timerGrainMs = 2

let running: Generator | undefined

const commands = {
  begin(job: Job): void {
    running?.stop()
    running = job.rate === undefined ? new ClosedLoop(job) : new OpenLoop(job, job.rate)
  },
  take(): Counters {
    if (running === undefined) throw new Error('no load is running')
    return running.tally.take()
  },
  stop(): void {
    running?.stop()
    running = undefined
  },
}

class ClosedLoop implements Generator, ConnectionOwner {
  readonly tally = new Tally()
  readonly #job: Job
  readonly #bytes: Buffer[]
  readonly #connections = new Set<Connection>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #counted = new WeakMap<Connection, number>()
  readonly #leaving = new WeakSet<Connection>()
  #next = 0
  #seed = 1
  #stopped = false

  constructor(job: Job) {
    this.#job = job
    this.#bytes = job.requests.map(requestBytes)
    const pause = (job.rampMs ?? 0) / job.connections
    for (let index = 0; index < job.connections; index++) this.#later(() => this.#open(), index * pause)
  }

  first(connection: Connection): void {
    this.tally.firsts.push(performance.now() - connection.began)
  }

  ended(connection: Connection): void {
    this.#countEvents(connection)
    this.tally.requests += 1
    if (connection.status === 200) this.tally.latencies.push(performance.now() - connection.began)
    else this.tally.errors += 1
    this.#send(connection)
  }

  closed(connection: Connection, busy: boolean): void {
    this.#connections.delete(connection)
    if (this.#stopped) return
    if (this.#leaving.has(connection)) this.tally.aborted += 1
    else if (busy) this.tally.errors += 1
    // A server that refuses is asked again, but not in a spin.
    if (busy && !this.#leaving.has(connection)) this.#later(() => this.#open(), 50)
    else this.#open()
  }

  /** Also counts what has come of answers that have not ended. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#meter)
    for (const timer of this.#timers) clearTimeout(timer)
    for (const connection of this.#connections) connection.destroy()
  }

  // Long streams would otherwise be counted at their ends only.
  readonly #meter = setInterval(() => {
    for (const connection of this.#connections) if (connection.busy) this.#countEvents(connection)
  }, 50)

  #countEvents(connection: Connection): void {
    this.tally.events += connection.events - (this.#counted.get(connection) ?? 0)
    this.#counted.set(connection, connection.events)
  }

  #open(): void {
    if (this.#stopped) return
    const connection = new Connection(this.#job.port, this)
    this.#connections.add(connection)
    this.#send(connection)
  }

  #send(connection: Connection): void {
    if (this.#stopped) return
    this.#counted.set(connection, 0)
    const bytes = this.#bytes[this.#next % this.#bytes.length]
    this.#next += 1
    if (bytes === undefined) return
    connection.send(bytes, performance.now())
    if (this.#random() >= (this.#job.abortShare ?? 0)) return
    this.#later(() => this.#leave(connection), this.#random() * (this.#job.abortWithinMs ?? 0))
  }

  #leave(connection: Connection): void {
    this.#leaving.add(connection)
    connection.destroy()
  }

  #later(act: () => void, delayMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, delayMs)
    this.#timers.add(timer)
  }

  // The same sequence in each round (mulberry32), since rounds are compared.
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

class OpenLoop implements Generator, ConnectionOwner {
  readonly tally = new Tally()
  readonly #job: Job
  readonly #bytes: Buffer[]
  readonly #connections = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #interval: number
  readonly #timer: NodeJS.Timeout
  #due = performance.now()
  #next = 0

  constructor(job: Job, rate: number) {
    this.#job = job
    this.#interval = 1000 / rate
    this.#bytes = job.requests.map(requestBytes)
    for (let index = 0; index < job.connections; index++) this.#idle.push(this.#open())
    this.#timer = setInterval(() => this.#sendDue(), 1)
  }

  first(connection: Connection): void {
    this.tally.firsts.push(performance.now() - connection.began)
  }

  ended(connection: Connection): void {
    this.tally.requests += 1
    if (connection.status === 200) this.tally.latencies.push(performance.now() - connection.began)
    else this.tally.errors += 1
    this.#idle.push(connection)
  }

  closed(connection: Connection, busy: boolean): void {
    this.#connections.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
    if (busy) this.tally.errors += 1
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const connection of this.#connections) connection.destroy()
  }

  // The clock of a request starts when it was due. Nothing that the subject does delays the next request, so a slow
  // answer is not hidden by a sender that waits for it.
  #sendDue(): void {
    const now = performance.now()
    while (this.#due <= now) {
      const began = now - this.#due < timerGrainMs ? performance.now() : this.#due
      this.#due += this.#interval
      const bytes = this.#bytes[this.#next % this.#bytes.length]
      this.#next += 1
      const connection = this.#idle.pop() ?? (this.#connections.size < openLoopLimit ? this.#open() : undefined)
      if (connection === undefined || bytes === undefined) this.tally.errors += 1
      else connection.send(bytes, began)
    }
  }

  #open(): Connection {
    const connection = new Connection(this.#job.port, this)
    this.#connections.add(connection)
    return connection
  }
}

serveCommands(commands)
