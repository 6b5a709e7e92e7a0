// The packages as somebody else gets them: packed, installed with npm in a folder outside the repository, type-checked under
// strict NodeNext together with their declaration files, and run against a gateway.
import { execFile, spawn, type ExecFileOptions } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { program } from './program.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const windows = process.platform === 'win32'
const packages = ['contracts', 'dialects', 'client']
const apiKey = 'a-key-for-this-test-alone'

let folder: string
let baseURL: string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'weir-packed-')))
  const tarballs = join(folder, 'tarballs')
  await mkdir(tarballs)
  const pnpm = join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs')
  for (const name of packages)
    await run(process.execPath, [pnpm, 'pack', '--pack-destination', tarballs], { cwd: join(root, 'packages', name) })

  const files = await readdir(tarballs)
  const dependencies = Object.fromEntries(packages.map((name) => [`@weir/${name}`, `file:tarballs/${tarballOf(name, files)}`]))
  await writeJson('package.json', { name: 'throw-away', private: true, type: 'module', dependencies })
  await writeJson('tsconfig.json', {
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023', 'DOM', 'DOM.Iterable', 'esnext.disposable'],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      types: [],
      outDir: 'out',
    },
    include: ['program.ts'],
  })
  baseURL = `http://127.0.0.1:${await freePort()}`
  await writeFile(join(folder, 'program.ts'), program({ baseURL, apiKey }))
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, shell: windows })
})

afterAll(() => rm(folder, { recursive: true, force: true }))

it('packs no test, no source and no build info', async () => {
  for (const name of packages) {
    const installed = await readdir(join(folder, 'node_modules', '@weir', name), { recursive: true })
    expect(installed).toContain('package.json')
    expect(installed.filter((path) => /\.test\.|tsbuildinfo|(^|[/\\])(test|fixtures|node_modules)([/\\]|$)/.test(path))).toEqual(
      [],
    )
  }
})

it('type-checks and runs in a project that knows nothing of this repository', async () => {
  await run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], { cwd: folder })
  await using gateway = await startGateway()
  const { stdout } = await run(process.execPath, [join('out', 'program.js')], { cwd: folder })
  expect(gateway.exited(), 'the gateway is still there').toBe(false)
  const said = JSON.parse(stdout) as Record<string, unknown>
  expect(said).toEqual({
    answered: expect.stringContaining('Hello from afar'),
    fetched: said['answered'],
    streamed: said['answered'],
    models: expect.arrayContaining(['simulator/talker']),
    refused: { status: 404, code: 'model_not_found' },
    translated: { model: 'elsewhere', input: expect.anything() },
    framed: ['one', 'two'],
  })
})

const execute = promisify(execFile)

/** Runs a command to its end; a failure says what the command said. */
async function run(command: string, parameters: string[], options: ExecFileOptions): Promise<{ stdout: string }> {
  try {
    const { stdout } = await execute(command, parameters, { ...options, encoding: 'utf8' })
    return { stdout }
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${parameters.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

function tarballOf(name: string, files: readonly string[]): string {
  const file = files.find((candidate) => candidate.startsWith(`weir-${name}-`))
  if (file === undefined) throw new Error(`There is no tarball of ${name} among ${files.join(', ')}.`)
  return file
}

/** The built gateway in a process and a data folder of its own. */
async function startGateway(): Promise<AsyncDisposable & { exited: () => boolean }> {
  const gateway = spawn(process.execPath, [join(root, 'apps', 'gateway', 'dist', 'main.js')], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      WEIR_PORT: new URL(baseURL).port,
      WEIR_DATA_DIR: join(folder, 'data'),
      WEIR_ADMIN_KEY: apiKey,
      WEIR_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  gateway.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()))
  const exited = (): boolean => gateway.exitCode !== null || gateway.signalCode !== null
  await vi.waitFor(
    async () => {
      if (exited()) throw new Error(`The gateway did not start:\n${complaint}`)
      expect((await fetch(`${baseURL}/health/ready`)).status).toBe(200)
    },
    { timeout: 20_000, interval: 100 },
  )
  return {
    exited,
    async [Symbol.asyncDispose]() {
      if (exited()) return
      gateway.kill('SIGTERM')
      await once(gateway, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const writeJson = (name: string, value: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify(value, null, 2))
