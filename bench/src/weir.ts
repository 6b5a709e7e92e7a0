import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, start, type Process, type Start } from './processes.js'

/** The key that the bench's Weir knows its caller by. */
export const adminKey = 'bench-admin-key-0123456789'

const main = fileURLToPath(new URL('../../apps/gateway/dist/main.js', import.meta.url))
const readyWithinMs = 20_000

/** A gateway that answers, and how long it took from spawn to ready. */
export interface Gateway {
  process: Process
  port: number
  readyMs: number
}

/** Whether there is a built Weir to start. */
export function weirIsBuilt(): boolean {
  return existsSync(main)
}

const accounts = {
  native: 'responses',
  translated: 'chat-completions',
  'translated-messages': 'messages',
  'translated-generate-content': 'generate-content',
  'translated-converse': 'converse',
}

/** Starts the built gateway with an account for each dialect before the upstream. */
export async function startWeir(
  folder: string,
  upstream: number,
  options: Pick<Start, 'core' | 'nodeOptions' | 'probe'>,
): Promise<Gateway> {
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'weir.yaml')
  await writeFile(
    config,
    Object.entries(accounts)
      .map(([name, dialect]) => account(name, dialect, upstream))
      .join('---\n'),
  )
  const port = await freePort()
  const env = {
    NODE_ENV: 'production',
    WEIR_HOST: '127.0.0.1',
    WEIR_PORT: String(port),
    WEIR_DATA_DIR: join(folder, 'data'),
    WEIR_CONFIG: config,
    WEIR_ADMIN_KEY: adminKey,
    BENCH_KEY: 'bench',
  }
  const began = performance.now()
  const gateway = start({ script: main, env, log: join(folder, 'weir.log'), ...options })
  await untilReady(gateway, `http://127.0.0.1:${port}/health/ready`)
  return { process: gateway, port, readyMs: performance.now() - began }
}

/** Waits until the address answers 200, or says in the process's own last words why it does not. */
export async function untilReady(gateway: Process, address: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs
  while (performance.now() < deadline && !gateway.ended) {
    const status = await fetch(address).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 200) return
    await sleep(5)
  }
  const words = gateway.lastWords
  await gateway.stop()
  throw new Error(`${address} did not become ready. ${words}`)
}

function account(name: string, dialect: string, upstream: number): string {
  return `type: provider-account/openai-compatible
name: ${name}
base_url: http://127.0.0.1:${upstream}/v1
dialect: ${dialect}
auth_data: { type: bearer-auth, bearer_token: env://BENCH_KEY }
`
}
