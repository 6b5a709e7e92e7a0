import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLibsql, type LibsqlStores } from '../../src/adapters/libsql/libsql.js'
import { callMemorySuite } from './call-memory.suite.js'
import { jobsSuite } from './jobs.suite.js'
import { conversationStoreSuite } from './conversation-store.suite.js'
import type { Clock } from '../../src/ports/clock.js'
import { idempotencySuite } from './idempotency.suite.js'
import { fileStoreSuite } from './files.suite.js'
import { keyStoreSuite } from './key-store.suite.js'
import { ledgerSuite } from './ledger.suite.js'
import type { Open } from './opened.js'
import { outboxSuite } from './outbox.suite.js'
import { responseStoreSuite } from './response-store.suite.js'

/** Vitest runs the sources, and a worker thread needs what was built of them. */
const writerUrl = new URL('../../dist/adapters/libsql/writer-thread.js', import.meta.url)
const report = () => undefined

async function inFile(clock?: Clock): Promise<LibsqlStores> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-libsql-'))
  const stores = openLibsql({ file: join(folder, 'weir.db'), writerUrl, report, ...(clock && { clock }) })
  return {
    ...stores,
    async close() {
      await stores.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function inMemory(clock?: Clock): Promise<LibsqlStores> {
  return openLibsql({ file: ':memory:', report, ...(clock && { clock }) })
}

function one<Store>(open: () => Promise<LibsqlStores>, pick: (stores: LibsqlStores) => Store): Open<Store> {
  return async () => {
    const stores = await open()
    return { store: pick(stores), close: stores.close }
  }
}

for (const [name, open] of [
  ['libsql in memory', inMemory],
  ['libsql in a file', inFile],
] as const) {
  responseStoreSuite(
    name,
    one(open, (stores) => stores.responses),
  )
  conversationStoreSuite(
    name,
    one(open, ({ conversations, responses }) => ({ conversations, responses })),
  )
  ledgerSuite(
    name,
    one(open, (stores) => stores.ledger),
  )
  keyStoreSuite(
    name,
    one(open, (stores) => stores.keys),
  )
  jobsSuite(
    name,
    one(open, ({ responses, jobs, journal }) => ({ responses, jobs, journal })),
  )
  idempotencySuite(name, async (now) => {
    const stores = await open({ now })
    return { store: stores.idempotency, close: stores.close }
  })
  callMemorySuite(name, async (now) => {
    const stores = await open({ now })
    return { store: { memory: stores.calls, responses: stores.responses }, close: stores.close }
  })
  fileStoreSuite(name, async (clock) => {
    const stores = await open(clock)
    return { store: stores.files, names: stores.blobNames, close: stores.close }
  })
  outboxSuite(
    name,
    one(open, ({ outbox, responses }) => ({ outbox, responses })),
  )
}
