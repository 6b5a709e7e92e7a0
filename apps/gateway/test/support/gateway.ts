import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DialectName } from '@weir/dialects'
import { diskBlobs } from '../../src/adapters/disk/blobs.js'
import { openLibsql, type LibsqlStores } from '../../src/adapters/libsql/libsql.js'
import { memoryNotices } from '../../src/adapters/memory/notices.js'
import { undiciTransport } from '../../src/adapters/undici/undici.js'
import { undiciWeb } from '../../src/adapters/undici/web.js'
import { createApp } from '../../src/app.js'
import { administrator, hashKey, type Account, type Configuration, type ConfiguredKey } from '../../src/configuration.js'
import type { Clock } from '../../src/ports/clock.js'
import { startJobs } from '../../src/jobs/jobs.js'
import { largeParts } from '../../src/large-parts/large-parts.js'
import type { ExchangeRow } from '../../src/ports/ledger.js'
import type { Ports } from '../../src/ports/ports.js'
import { byScheme } from '../../src/ports/transports.js'
import { openSeal } from '../../src/seal.js'
import { simulatorTransport } from '../../src/simulator/simulator.js'
import type { Trail } from '../../src/trail.js'
import { bearer } from '../../src/upstream/credentials/bearer.js'
import { providers } from '../../src/upstream/providers/providers.js'
import type { WebSocketLimits } from '../../src/websocket/limits.js'
import { announcing } from '../../src/webhooks/announcing.js'
import { startWebhooks } from '../../src/webhooks/webhooks.js'
import { webSocket, type WebSockets } from '../../src/websocket/websocket.js'

/** Keys of a test gateway: an administrator and two virtual accounts, which are two owners. */
export const keys = {
  admin: 'admin-key-for-tests-0001',
  alice: 'alice-key-for-tests-0001',
  bob: 'bob-key-for-tests-00001',
} as const

/** Seals what a test gateway seals, so that another gateway of a test can open it. */
const sealKey = 'a key of thirty-two characters, or more'

export interface TestGateway extends AsyncDisposable {
  /** The origin, without a prefix. */
  readonly url: string
  readonly ports: Ports
  /** Its WebSocket connections. */
  readonly sockets: WebSockets
  /** Takes a key away, for whatever begins from now on. */
  revoke(key: string): void
  /** Where its blobs lie. */
  readonly blobFolder: string
  /** Every exchange that has ended, newest last; resolves once `count` of them have. */
  ended(count: number): Promise<readonly ExchangeRow[]>
  /** A call as Alice (or another key, or none), with a JSON body where there is one. */
  call(path: string, options?: CallOptions): Promise<Response>
}

export interface CallOptions {
  readonly method?: string
  readonly body?: unknown
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Accounts of a test, by name: a provider's name and where it answers. */
export type TestAccounts = Readonly<
  Record<
    string,
    {
      provider: string
      baseURL: string
      dialect?: DialectName
      models?: readonly string[]
      keepsState?: boolean
    }
  >
>

export interface TestGatewayOptions {
  /** A compiled configuration, in the place of the one that tests have. */
  readonly configuration?: Configuration
  readonly accounts?: TestAccounts
  readonly settings?: Partial<
    Pick<Configuration, 'bodyLimit' | 'fileLimit' | 'attachmentLimit' | 'fetchAllow' | 'upstreamTimeout' | 'streamIdleTimeout'>
  >
  /** Where it keeps its state, so that another gateway can go on with it; in memory, if absent. */
  readonly folder?: string
  /** What time it is to the whole gateway. */
  readonly clock?: Clock
  readonly webSockets?: Partial<WebSocketLimits>
  /** False for a gateway that is about to stop. */
  readonly serving?: boolean
  /** How it carries out background responses: so many at once, each held so many milliseconds at a time. */
  readonly background?: { readonly most?: number; readonly lease?: number }
}

/** A whole gateway on a free port of 127.0.0.1, with its stores in memory and the network as it is. */
export async function startGateway({
  accounts = {},
  settings = {},
  folder,
  clock = { now: Date.now },
  webSockets = {},
  serving = true,
  background,
  configuration = testConfiguration(accounts, settings),
}: TestGatewayOptions = {}): Promise<TestGateway> {
  const store = openStores(folder, clock)
  const blobFolder = join(folder ?? tmpdir(), folder === undefined ? `weir-blobs-${randomUUID()}` : 'blobs')
  const network = undiciTransport()
  const transport = byScheme({ 'http:': network, 'https:': network, 'simulator:': simulatorTransport() })
  const blobs = await diskBlobs({ folder: blobFolder, names: store.blobNames })
  let current = configuration
  const notices = memoryNotices()
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
    jobs: announcing(large.jobs, () => current, { clock, notices }),
    seal: openSeal({ sealKeys: [sealKey], dataDir: '' }),
    transport,
    web: undiciWeb(),
    clock,
  }
  const webhooks = startWebhooks({ ports, configuration: () => current, report: () => {}, random: () => 0.5 })
  const rows: ExchangeRow[] = []
  const waiting = new Set<() => void>()
  const carrier = {
    ports,
    configuration: () => current,
    observe(_: Trail, row: ExchangeRow | undefined) {
      if (row) rows.push(row)
      for (const wake of waiting) wake()
    },
    serving: () => serving,
  }
  const jobs = startJobs({ ...carrier, most: 100, ...background, report: () => {} })
  const app = createApp({ ...carrier, version: '0.0.0-test', unready: () => undefined })
  const server = createServer(app.callback())
  server.on('checkContinue', app.callback())
  const sockets = webSocket({ ...carrier, limits: webSockets })
  sockets.attach(server)
  const url = await listen(server)
  return {
    url,
    ports,
    sockets,
    revoke: (key) => void (current = { ...current, keys: new Map([...current.keys].filter(([hash]) => hash !== hashKey(key))) }),
    blobFolder,
    async ended(count) {
      while (rows.length < count) await new Promise<void>((resolve) => waiting.add(resolve))
      return rows
    },
    call(path, { method, body, key = keys.alice, headers, signal } = {}) {
      return fetch(url + path, {
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(key !== null && { authorization: `Bearer ${key}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal && { signal }),
      })
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      sockets.cut()
      await new Promise((resolve) => server.close(resolve))
      await transport.close()
      await jobs.stop()
      await webhooks.stop()
      await store.close()
      if (folder === undefined) await rm(blobFolder, { recursive: true, force: true })
    },
  }
}

/** In a file, the writer is a thread, and a thread needs what was built. */
function openStores(folder: string | undefined, clock: Clock): LibsqlStores {
  if (folder === undefined) return openLibsql({ file: ':memory:', clock })
  const writerUrl = new URL('../../dist/adapters/libsql/writer-thread.js', import.meta.url)
  return openLibsql({ file: join(folder, 'weir.db'), writerUrl, clock })
}

function testConfiguration(accounts: TestAccounts, settings: TestGatewayOptions['settings']): Configuration {
  const all = new Map<string, Account>()
  for (const provider of providers.filter(({ credential }) => credential.header === 'none')) {
    const { name, baseURL = '', dialects, models } = provider
    all.set(name, {
      name,
      provider,
      baseURL,
      dialects,
      keepsState: false,
      authorize: (request) => request,
      models: models && new Map(models.map((model) => [model, model])),
    })
  }
  for (const [name, { provider: named, baseURL, dialect, models, keepsState = false }] of Object.entries(accounts)) {
    const provider = providers.find((each) => each.name === named)
    if (!provider) throw new Error(`There is no provider ${named}.`)
    all.set(name, {
      name,
      provider,
      baseURL,
      dialects: dialect ? [dialect] : provider.dialects,
      keepsState,
      authorize: bearer('upstream-key'),
      models: models && new Map(models.map((model) => [model, model])),
    })
  }
  const member = (name: string): ConfiguredKey => ({
    caller: { tenant: 'default', subject: `virtualaccount:${name}`, role: 'member' },
  })
  return {
    accounts: all,
    keys: new Map([
      [hashKey(keys.admin), { caller: administrator }],
      [hashKey(keys.alice), member('alice')],
      [hashKey(keys.bob), member('bob')],
    ]),
    webhooks: new Map(),
    warnings: [],
    bodyLimit: 32 * 1024 * 1024,
    fileLimit: 512 * 1024 * 1024,
    attachmentLimit: 50 * 1024 * 1024,
    fetchAllow: new Set(),
    upstreamTimeout: 10_000,
    streamIdleTimeout: 10_000,
    ...settings,
  }
}

/** Listens on a free port of 127.0.0.1 and gives the origin. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
