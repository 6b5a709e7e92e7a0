// The composition root: configuration, adapters, app, listen, drain. Only this file imports adapters.
import { mintId } from '@weir/contracts'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { openLibsql, type LibsqlStores } from './adapters/libsql/libsql.js'
import { memoryNotices } from './adapters/memory/notices.js'
import { diskBlobs } from './adapters/disk/blobs.js'
import { undiciTransport } from './adapters/undici/undici.js'
import { undiciWeb } from './adapters/undici/web.js'
import { createApp } from './app.js'
import { readSettings, StartError } from './config.js'
import { administrator, compileConfiguration, hashKey } from './configuration.js'
import { drain, onSignals, openExchanges } from './drain.js'
import { startJobs } from './jobs/jobs.js'
import { largeParts } from './large-parts/large-parts.js'
import { logExchanges, openLog } from './observe/log.js'
import { startRetention } from './retention/retention.js'
import type { KeyStore } from './ports/key-store.js'
import type { Ports } from './ports/ports.js'
import { StoreError } from './ports/store-error.js'
import { byScheme } from './ports/transports.js'
import { openSeal } from './seal.js'
import { startFault } from './start-fault.js'
import { simulatorTransport } from './simulator/simulator.js'
import { announcing } from './webhooks/announcing.js'
import { startWebhooks } from './webhooks/webhooks.js'
import { webSocket } from './websocket/websocket.js'

/** Half a gigabyte over a thin line takes longer than Node gives a request. Milliseconds. */
const longestUpload = 60 * 60 * 1000
/** What background responses that were given up may take to be kept as failed. Milliseconds. */
const lastCommits = 5_000

const within = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds).unref())

async function start(): Promise<void> {
  const settings = readSettings()
  const configuration = compileConfiguration(settings)
  const log = openLog(settings.logLevel)
  for (const warning of configuration.warnings) log.warn(warning)

  let unready: string | undefined
  const store = openStore(settings.dataDir, (error) => {
    unready = 'The store is damaged.'
    log.error({ err: error }, `store: ${mending}`)
  })
  const network = undiciTransport()
  const transport = byScheme({ 'http:': network, 'https:': network, 'simulator:': simulatorTransport() })
  const blobs = await diskBlobs({ folder: join(settings.dataDir, 'blobs'), names: store.blobNames })
  const [clock, notices] = [{ now: Date.now }, memoryNotices()]
  const large = largeParts(store, blobs)
  const ports: Ports = {
    ledger: store.ledger,
    keys: store.keys,
    journal: store.journal,
    notices,
    outbox: store.outbox,
    idempotency: store.idempotency,
    calls: store.calls,
    files: store.files,
    blobs,
    ...large,
    jobs: announcing(large.jobs, () => configuration, { clock, notices }),
    seal: openSeal(settings),
    transport,
    web: undiciWeb(),
    clock,
  }

  const version = versionOf(new URL('../package.json', import.meta.url))
  let serving = true
  const carrier = { ports, configuration: () => configuration, observe: logExchanges(log), serving: () => serving }
  const app = createApp({ ...carrier, version, unready: () => unready })
  const open = openExchanges()
  const handler = open.counted(app.callback())
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: longestUpload, highWaterMark: 64 * 1024 }, handler)
  // A caller that asks before it sends its body is told to go on by whoever reads the body, and so never as a stranger.
  server.on('checkContinue', handler)
  const sockets = webSocket({ ...carrier, track: open.track })
  sockets.attach(server)

  await new Promise<void>((resolve, reject) => {
    const { host, port } = settings
    const [setting, named] = [`WEIR_HOST and WEIR_PORT`, `${host} and ${port}`]
    server.once('error', (error) => reject(startFault(setting, named, error)))
    server.listen(settings.port, settings.host, resolve)
  })
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : settings.port
  const baseURL = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`
  const key = settings.adminKey === undefined ? await firstKey(ports.keys) : undefined
  process.stdout.write(banner(baseURL, key, settings.simulators))

  const report = (work: string) => (error: unknown) => log.error({ err: error }, work)
  const jobs = startJobs({ ...carrier, most: settings.backgroundLimit, report: report('background') })
  const webhooks = startWebhooks({ ports, configuration: () => configuration, report: report('webhooks') })
  const retention = startRetention({
    ports,
    clock: ports.clock,
    keepFor: settings.retention,
    report: (port, error) => log.error({ port, err: error }, 'retention'),
  })

  onSignals(async () => {
    serving = false
    unready = 'The gateway is shutting down.'
    const over = Promise.all([retention.stop(), webhooks.stop()])
    const carriedOut = jobs.stop()
    const deadline = within(settings.drainSeconds * 1000)
    await drain(server, sockets, settings.drainSeconds * 1000, () => transport.close())
    // Callers do not wait for background responses, and so nobody did up to here.
    await Promise.race([carriedOut, deadline])
    await transport.close()
    await Promise.race([carriedOut, within(lastCommits)])
    // What was cut is still on its way to the ledger.
    await open.settled()
    await over
    await store.close()
    log.flush()
  })
}

/** What mends a damaged database. */
const mending =
  'Stop Weir, keep a copy of the file, and restore a backup, or save what can be read with "sqlite3 weir.db .recover" into a new file.'

/** Throws a `StartError` or a `StoreError` that says what to do. */
function openStore(dataDir: string, damaged: (error: StoreError) => void): LibsqlStores {
  const file = join(dataDir, 'weir.db')
  try {
    return openLibsql({ file, damaged })
  } catch (error) {
    if (error instanceof StoreError && error.fault === 'damaged')
      throw new StartError(`The database ${file} is damaged (${error.message}). ${mending}`, { cause: error })
    throw startFault('WEIR_DATA_DIR', dataDir, error)
  }
}

/** Makes the first key, where there is none yet. It is shown once; only its hash is kept. */
async function firstKey(keys: KeyStore): Promise<string | undefined> {
  if ((await keys.count()) > 0) return undefined
  const key = `weir-${randomBytes(24).toString('base64url')}`
  await keys.put({ id: mintId('key'), ...administrator, hash: hashKey(key), createdAt: Date.now() })
  return key
}

function banner(baseURL: string, key: string | undefined, simulators: boolean): string {
  const curl = `  curl ${baseURL}/v1/responses \\
    -H "Authorization: Bearer ${key ?? '$WEIR_KEY'}" \\
    -H "Content-Type: application/json" \\
    -d '{"model": "simulator/talker", "input": "Hello!"}'`
  return [
    '',
    `  Weir is at ${baseURL} (base URL for SDKs: ${baseURL}/v1)`,
    ...(key === undefined ? [] : ['', `  Your admin key, shown this once:  ${key}`]),
    ...(simulators ? ['', `  Try it${key === undefined ? ', with your key' : ''}:`, '', curl] : []),
    '',
    `  API reference: ${baseURL}/docs`,
    '',
    '',
  ].join('\n')
}

function versionOf(manifest: URL): string {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return version
}

// A reader of the banner or the log that goes away is no reason to stop serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  await start()
} catch (error) {
  // What an operator can mend is said in a sentence; anything else is a fault of ours and needs its stack.
  const told = error instanceof StartError || error instanceof StoreError || (error instanceof Error && 'code' in error)
  process.stderr.write(
    `Weir did not start. ${told || !(error instanceof Error) ? String(error instanceof Error ? error.message : error) : error.stack}\n`,
  )
  process.exit(1)
}
