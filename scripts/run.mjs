// The two commands of the README, on a machine with nothing but Node and npm: installs what the lockfile names when it
// has changed, then runs the task with turbo. Built-ins only, since it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [task = 'help', ...rest] = process.argv.slice(2)
const windows = process.platform === 'win32'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24
if (!supported) fail(`Weir needs Node 20.19 or later, 22.12 or later, or 24 and up; this is ${process.version}.`)

const bin = join(root, 'node_modules', '.bin')
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  // Turbo's hash does not know the Node version; without this a second version replays the first one's results.
  WEIR_NODE_VERSION: process.version,
  TURBO_TELEMETRY_DISABLED: '1',
}

install()
if (task === 'start') start()
else if (task === 'bench') bench()
else if (task === 'check') check()
else if (['build', 'test', 'test:long'].includes(task)) turbo(task, ...rest)
else fail('Usage: node scripts/run.mjs start | build | test | test:long | check | bench')

function install() {
  const stampFile = join(root, 'node_modules', '.setup-stamp')
  const stamp = createHash('sha256')
    .update(process.version)
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pnpm = ['--yes', `--package=${packageManager}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline']
  // CI=true keeps pnpm from prompting; it is set for the install alone, since vitest reads it too.
  must('npx', pnpm, { ...environment, CI: 'true' })
  writeFileSync(stampFile, stamp)
}

function turbo(...parameters) {
  must('turbo', ['run', ...parameters, '--output-logs=errors-only'], environment)
}

function check() {
  must('oxfmt', ['--check', '.'], environment)
  must('oxlint', ['--deny-warnings'], environment)
  must('sherif', [], environment)
  turbo('build', 'types', 'package')
  must('knip', [], environment)
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  if (/tarball:|https?:\/\//.test(lockfile))
    fail('pnpm-lock.yaml names a place to download from; it may hold integrity hashes only.')
}

function bench() {
  turbo('build')
  forward(process.execPath, ['--import', 'tsx', join(root, 'bench', 'src', 'bench.ts'), ...rest])
}

// The gateway is a direct child, because npm and turbo do not pass SIGTERM on to theirs.
function start() {
  turbo('build', '--filter=@weir/gateway...')
  forward(process.execPath, [join(root, 'apps', 'gateway', 'dist', 'main.js'), ...rest])
}

function forward(command, parameters) {
  const child = spawn(command, parameters, { stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))
}

// A missing command and a killed one both have `status: null`, which is not success.
function must(command, parameters, env) {
  const result = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', env, shell: windows })
  if (result.error) fail(`${command} could not be started: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
