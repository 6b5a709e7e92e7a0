import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, start, type Process, type Start } from './processes.js'
import { untilReady } from './weir.js'

const version = '1.15.2'

/** Installs the peer into `folder` with npm; it is never a dependency of this workspace. */
export async function installPortkey(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  // With a newer @hono/node-server this version does not stream.
  const manifest = {
    private: true,
    dependencies: { '@portkey-ai/gateway': version },
    overrides: { '@hono/node-server': '1.14.0' },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await promisify(execFile)('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    shell: process.platform === 'win32',
  })
}

/** Starts the installed peer without its console. */
export async function startPortkey(
  folder: string,
  log: string,
  options: Pick<Start, 'core' | 'nodeOptions'>,
): Promise<{ process: Process; port: number }> {
  const port = await freePort()
  const script = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js')
  const env = { NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' }
  const peer = start({ script, args: [`--port=${port}`, '--headless'], env, log, ...options })
  await untilReady(peer, `http://127.0.0.1:${port}/`)
  return { process: peer, port }
}

/** The headers that make it call our upstream. */
export function portkeyHeaders(upstream: number): Record<string, string> {
  return {
    authorization: 'Bearer bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstream}/v1`,
  }
}
