// The two commands of the README, on a machine with nothing but Node and npm: installs what the lockfile names when it
// has changed, then runs the task with turbo. Built-ins only, since it runs before anything is installed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [task = 'help', ...rest] = process.argv.slice(2)
const windows = process.platform === 'win32'

const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  // Turbo's hash does not know the Node version; without this a second version replays the first one's results.
  WEIR_NODE_VERSION: process.version,
  TURBO_TELEMETRY_DISABLED: '1',
}

const tasks = {
  start,
  bench,
  check,
  build: () => turbo('build', ...rest),
  test: () => turbo('test', ...rest),
  'test:long': () => turbo('test:long', ...rest),
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24
if (!supported) fail(`Weir needs Node 20.19 or later, 22.12 or later, or 24 and up; this is ${process.version}.`)
if (!Object.hasOwn(tasks, task)) fail(`Usage: node scripts/run.mjs ${Object.keys(tasks).join(' | ')}`)

/** The running command, and the signal that asked for the end while it ran. */
let child
let asked
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    asked = signal
    // On Windows the console tells every process of it by itself, and `kill` would end the child at once.
    if (!windows) child?.kill(signal)
  })
}

await install()
await tasks[task]()

async function install() {
  const stampFile = join(root, 'node_modules', '.setup-stamp')
  const stamp = createHash('sha256')
    .update(process.version)
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(readFileSync(join(root, 'pnpm-workspace.yaml')))
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  // An install that is broken off leaves no stamp, so that going back to the older lockfile installs again too.
  rmSync(stampFile, { force: true })
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pnpm = ['--yes', `--package=${packageManager}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--prefer-offline']
  // CI=true keeps pnpm from prompting; it is set for the install alone, since vitest reads it too.
  await must('npx', pnpm, { ...environment, CI: 'true' })
  writeFileSync(stampFile, stamp)
}

async function turbo(...parameters) {
  // One package that fails does not hide what others have to say.
  await must('turbo', ['run', ...parameters, '--output-logs=errors-only', '--continue=dependencies-successful'])
}

async function check() {
  await must('oxfmt', ['--check', '.'])
  await must('oxlint', ['--deny-warnings'])
  await must('sherif', [])
  await turbo('build', 'types', 'package')
  await must('knip', [])
  const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  if (/tarball:|https?:\/\//.test(lockfile))
    fail('pnpm-lock.yaml names a place to download from; it may hold integrity hashes only.')
}

async function bench() {
  await turbo('build')
  process.exit(await run(process.execPath, ['--import', 'tsx', join(root, 'bench', 'src', 'bench.ts'), ...rest]))
}

// The gateway is a direct child, because npm and turbo do not pass SIGTERM on to theirs.
async function start() {
  await turbo('build', '--filter=@weir/gateway...')
  process.exit(await run(process.execPath, [join(root, 'apps', 'gateway', 'dist', 'main.js'), ...rest]))
}

/** Goes on after success only, and not when a signal came meanwhile, whatever the command made of it. */
async function must(command, parameters, env = environment) {
  // Installed commands are .cmd files on Windows, which only a shell starts; no word of ours needs quoting.
  const code = windows
    ? await run([command, ...parameters].join(' '), [], { env, shell: true })
    : await run(command, parameters, { env })
  if (asked !== undefined) process.exit(codeOf(asked))
  if (code !== 0) process.exit(code)
}

/** Runs a command to its end and gives its exit code; a command that a signal ended has the shell's code for it. */
function run(command, parameters, options = { env: environment }) {
  return new Promise((resolve) => {
    child = spawn(command, parameters, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', (error) => fail(`${command} could not be started: ${error.message}`))
    child.on('exit', (code, signal) => resolve(code ?? codeOf(signal)))
  })
}

function codeOf(signal) {
  return 128 + (constants.signals[signal] ?? 1)
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
