import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Answer, Commands, Question, Remote } from './ipc.js'

/** What a process has used: CPU milliseconds over all its threads since it began, and resident megabytes now. */
export interface Usage {
  cpuMs: number
  rssMb: number
}

interface Probe {
  rss: number
  heapUsed: number
  external: number
  cpuMicroseconds: number
}

type ProbeCommands = { probe(ask: { collect: boolean }): Probe }

/** How to start a process: a script of this folder by name, or any JavaScript file by its path. */
export interface Start {
  script: string
  args?: string[]
  env?: Record<string, string>
  core: number | undefined
  /** A file that takes what the process prints; without it the output is dropped. */
  log?: string
  nodeOptions?: string[]
  /** False where even the preload would be in the way: a cold start. */
  probe?: boolean
}

const children = new Set<ChildProcess>()
const probeFile = fileURLToPath(new URL('probe.mjs', import.meta.url))
let questions = 0

/** A process that the bench started, and ends. */
export class Process implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #log: string | undefined
  readonly #waiting = new Map<string, { resolve(value: unknown): void; reject(error: Error): void }>()

  constructor(child: ChildProcess, log: string | undefined) {
    if (child.pid === undefined) throw new Error('a process could not be started')
    this.pid = child.pid
    this.#child = child
    this.#log = log
    child.on('message', (message) => this.#settle(message as Answer))
    child.once('exit', () => this.#abandon())
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The last lines that it printed, for the message of a failure. */
  get lastWords(): string {
    return this.#log === undefined ? '' : readFileSync(this.#log, 'utf8').split('\n').slice(-12).join('\n')
  }

  remote<C extends Commands>(): Remote<C> {
    return (name, ...argument) => this.#ask(name, argument[0]) as never
  }

  /** CPU and memory: from /proc on Linux, which asks nothing of a busy event loop, and from the probe elsewhere. */
  async usage(): Promise<Usage> {
    if (process.platform === 'linux') return usageFromProc(this.pid)
    const { cpuMicroseconds, rss } = await this.remote<ProbeCommands>()('probe', { collect: false })
    return { cpuMs: cpuMicroseconds / 1000, rssMb: rss / 1e6 }
  }

  /** Megabytes of heapUsed + external after a forced collection; the process needs `--expose-gc`. */
  async heapMb(): Promise<number> {
    const { heapUsed, external } = await this.remote<ProbeCommands>()('probe', { collect: true })
    return (heapUsed + external) / 1e6
  }

  async stop(): Promise<void> {
    if (this.ended) return
    const exited = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    const patience = new AbortController()
    await Promise.race([exited, sleep(5000, undefined, { signal: patience.signal }).catch(() => undefined)])
    patience.abort()
    if (!this.ended) this.#child.kill('SIGKILL')
    await exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #ask(name: string, argument: unknown): Promise<unknown> {
    const id = `${name}-${(questions += 1)}`
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(new Error(`process ${this.pid} has ended before ${name}`))
      this.#waiting.set(id, { resolve, reject })
      this.#child.send({ id, name, argument } satisfies Question)
    })
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (answer.error === undefined) waiting?.resolve(answer.value)
    else waiting?.reject(new Error(answer.error))
  }

  #abandon(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`process ${this.pid} ended. ${this.lastWords}`))
    this.#waiting.clear()
  }
}

/** Starts a Node process, held to one core where `taskset` exists, and remembers it for `killAll`. */
export function start(options: Start): Process {
  const { script, args = [], env = {}, core, log, nodeOptions = [], probe = true } = options
  const own = script.endsWith('.ts')
  const path = own ? fileURLToPath(new URL(script, import.meta.url)) : script
  const loader = own ? ['--import', import.meta.resolve('tsx')] : []
  // A script of ours imports the probe itself: preloaded, it would take questions before the script can hear them.
  const preload = probe && !own ? ['--import', probeFile] : []
  const command = [process.execPath, ...nodeOptions, ...loader, ...preload, path, ...args]
  const pinned = core === undefined ? command : ['taskset', '-c', String(core), ...command]
  const output = log === undefined ? 'ignore' : openSync(log, 'a')
  const [program = '', ...parameters] = pinned
  const stdio = ['ignore', output, log === undefined ? 'inherit' : output, 'ipc'] as const
  // `advanced` carries NaN, the figure of what did not happen, which JSON would make null.
  const child = spawn(program, parameters, { stdio: [...stdio], env: { ...process.env, ...env }, serialization: 'advanced' })
  if (typeof output === 'number') closeSync(output)
  children.add(child)
  child.once('exit', () => children.delete(child))
  return new Process(child, log)
}

/** Ends, at once, every process that this one has started: for a signal or a failure. */
export function killAll(): void {
  for (const child of children) child.kill('SIGKILL')
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

// Kernel ticks are 10 ms on every Linux that Node runs on; the name in brackets may hold spaces.
function usageFromProc(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, rssMb: (Number(resident?.[1] ?? 0) * 1024) / 1e6 }
}
