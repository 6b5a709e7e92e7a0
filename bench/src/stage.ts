import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Remote } from './ipc.js'
import type { LoadCommands } from './load.js'
import { start, type Process } from './processes.js'
import type { UpstreamCommands } from './upstream.js'

/** Where a run takes place: the upstream, the load generator, their cores and a folder that is gone afterwards. */
export interface Stage extends AsyncDisposable {
  folder: string
  upstreamPort: number
  upstream: Remote<UpstreamCommands>
  load: Remote<LoadCommands>
  /** The core of the process under measurement; undefined where processes cannot be held to one. */
  core: number | undefined
  /** Which process has which core, in words. */
  cores: string
}

/** Starts the upstream and the load generator, away from the first core. */
export async function setStage(): Promise<Stage> {
  const [gatewayCore, upstreamCore, loadCore] = coresOfThree()
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-'))
  // Also where a signal ends the run.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const upstreamProcess = start({ script: 'upstream.ts', core: upstreamCore })
  const loadProcess = start({ script: 'load.ts', core: loadCore })
  const upstream = upstreamProcess.remote<UpstreamCommands>()
  const upstreamPort = await upstream('listen')
  return {
    folder,
    upstreamPort,
    upstream,
    load: loadProcess.remote<LoadCommands>(),
    core: gatewayCore,
    cores:
      gatewayCore === undefined
        ? 'processes are not held to cores here'
        : `gateway on core ${gatewayCore}, upstream on ${upstreamCore}, load on ${loadCore}`,
    [Symbol.asyncDispose]: () => strike([upstreamProcess, loadProcess]),
  }
}

async function strike(processes: Process[]): Promise<void> {
  await Promise.all(processes.map((each) => each.stop()))
}

function coresOfThree(): (number | undefined)[] {
  if (process.platform !== 'linux' || availableParallelism() < 2) return []
  const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  const allowed = list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  return [allowed[0], allowed[1], allowed[2] ?? allowed[1]]
}
