import type { Clock } from '../../ports/clock.js'
import type { Jobs } from '../../ports/jobs.js'
import type { Journal } from '../../ports/journal.js'
import type { KeyStore } from '../../ports/key-store.js'
import type { Ledger } from '../../ports/ledger.js'
import type { ResponseStore } from '../../ports/response-store.js'
import { openConnection } from './connection.js'
import { prepareFile } from './database-file.js'
import { inlineWriter } from './inline-writer.js'
import { jobs } from './jobs.js'
import { journal } from './journal.js'
import { keyStore } from './key-store.js'
import { ledger } from './ledger.js'
import { migrate } from './migrations.js'
import { responseStore } from './response-store.js'
import { threadWriter } from './thread-writer.js'

export interface LibsqlOptions {
  /** A path; or `:memory:`, which ends with `close`. */
  readonly file: string
  /** The built `writer-thread.js`, where this is not run from beside it. */
  readonly writerUrl?: URL
  readonly clock?: Clock
  /** Hears of ledger rows that could not be kept. By default a warning of the process. */
  readonly report?: (error: Error) => void
}

export interface LibsqlStores {
  readonly responses: ResponseStore
  readonly ledger: Ledger
  readonly keys: KeyStore
  readonly jobs: Jobs
  readonly journal: Journal
  /** Commits what is waiting, and closes the file. What comes later is refused as `unavailable`. */
  close(): Promise<void>
}

/**
 * The stores over one SQLite file. It reads on the calling thread and writes on another one; what a write has resolved for, every
 * read sees, and kill -9 does not lose it (power loss may lose the last commits). Throws a `StoreError` where the file cannot
 * be opened or is newer than this code.
 */
export function openLibsql({ file, writerUrl, clock = { now: Date.now }, report = warn }: LibsqlOptions): LibsqlStores {
  const inMemory = file === ':memory:'
  const path = inMemory ? file : prepareFile(file)
  const connection = openConnection(path)
  try {
    migrate(connection)
    if (!inMemory) connection.exec('PRAGMA journal_mode = WAL; PRAGMA query_only = 1')
  } catch (error) {
    connection.close()
    throw error
  }
  const writer = inMemory
    ? inlineWriter(connection)
    : threadWriter(path, writerUrl ?? new URL('./writer-thread.js', import.meta.url))
  const exchanges = ledger(connection, writer, report)
  let closed: Promise<void> | undefined

  return {
    responses: responseStore(connection, writer, clock),
    ledger: exchanges,
    keys: keyStore(connection, writer),
    jobs: jobs(connection, writer),
    journal: journal(connection, writer),
    close() {
      // What is waiting is sent before the writer closes. A row that could not be kept has been reported by then.
      closed ??= Promise.all([exchanges.flush().catch(() => {}), writer.close()]).then(() => connection.close())
      return closed
    },
  }
}

function warn(error: Error): void {
  process.emitWarning(`an exchange is missing in the ledger: ${error.message}`)
}
