import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The key that every process of a test takes, unless it is told otherwise. */
export const adminKey = 'admin-key-of-a-process-01'

/** A folder that goes when the test ends. */
export async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'weir-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

/** A manifest file with one account, `up`, whose upstream answers here. */
export async function manifestFile(path: string, baseURL: string, dialect: string): Promise<string> {
  const file = join(path, 'weir.yaml')
  await writeFile(file, `type: provider-account/openai-compatible\nname: up\nbase_url: ${baseURL}\ndialect: ${dialect}\n`)
  return file
}

/** A process that ends with the test. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  kill(signal: NodeJS.Signals): void
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** What it has printed. */
  readonly printed: () => { readonly out: string; readonly error: string }
}

export interface RunningGateway extends Running {
  /** The origin, once the banner has said it. */
  readonly url: string
  call(path: string, body?: object, signal?: AbortSignal): Promise<Response>
}

export type Variables = Readonly<Record<string, string | undefined>>

/** Starts a program, or an option of Node's before one, with this environment and nothing else of ours. */
export function start(script: string, parameters: readonly string[], variables: Variables): Running {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [script, ...parameters], {
    env: { PATH, HOME, WEIR_PORT: '0', WEIR_LOG_LEVEL: 'silent', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group, so that what it starts ends with it.
    detached: true,
  })
  let out = ''
  let error = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (error += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }))
  return {
    pid: child.pid ?? 0,
    kill: (signal) => void child.kill(signal),
    ended,
    printed: () => ({ out, error }),
    async [Symbol.asyncDispose]() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
      await ended
    },
  }
}

/** The built gateway, once it listens. Throws with what it printed where it does not start. */
export async function startProcess(variables: Variables, key = adminKey): Promise<RunningGateway> {
  const running = start(main, [], { WEIR_ADMIN_KEY: key, ...variables })
  return listening(running, key)
}

/** A gateway that tells what it holds in memory. */
export interface MeasuredGateway extends RunningGateway {
  /** Bytes of heap and of what the heap refers to outside of it, after its garbage was collected. */
  holds(): Promise<number>
}

export async function startMeasured(variables: Variables): Promise<MeasuredGateway> {
  const probe = new URL('./memory-on-signal.mjs', import.meta.url).href
  const running = start('--expose-gc', ['--import', probe, main], { WEIR_ADMIN_KEY: adminKey, ...variables })
  const gateway = await listening(running, adminKey)
  const answers = (): readonly string[] => gateway.printed().out.match(/^holds \d+$/gm) ?? []
  return {
    ...gateway,
    async holds() {
      const before = answers().length
      gateway.kill('SIGUSR2')
      while (answers().length === before) await new Promise((resolve) => setTimeout(resolve, 20))
      return Number(answers().at(-1)?.split(' ')[1])
    },
  }
}

/** Waits for the banner of a gateway. */
export async function listening(running: Running, key: string): Promise<RunningGateway> {
  const url = await origin(running)
  return {
    ...running,
    url,
    call: (path, body, signal) =>
      fetch(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      }),
  }
}

async function origin({ ended, printed, [Symbol.asyncDispose]: close }: Running): Promise<string> {
  let over = false
  void ended.then(() => (over = true))
  while (!over) {
    const said = /Weir is at (http:\S+)/.exec(printed().out)?.[1]
    if (said !== undefined) return said
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await close()
  throw new Error(`The gateway did not start: ${printed().error}`)
}

/** The gateway as it is started, with no word on whether it comes up. */
export const startUnheard = (variables: Variables): Running => start(main, [], variables)
