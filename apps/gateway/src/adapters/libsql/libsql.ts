import type { CallMemory } from '../../ports/call-memory.js'
import type { BlobNames } from '../../ports/blobs.js'
import type { Clock } from '../../ports/clock.js'
import type { Jobs } from '../../ports/jobs.js'
import type { Journal } from '../../ports/journal.js'
import type { ConversationStore } from '../../ports/conversation-store.js'
import type { IdempotencyStore } from '../../ports/idempotency.js'
import type { KeyStore } from '../../ports/key-store.js'
import type { Ledger } from '../../ports/ledger.js'
import type { ResponseStore } from '../../ports/response-store.js'
import { StoreError } from '../../ports/store-error.js'
import type { FileStore } from '../../ports/files.js'
import { blobNames } from './blob-names.js'
import { callMemory } from './call-memory.js'
import { openConnection } from './connection.js'
import { conversationStore } from './conversation-store.js'
import type { Outbox } from '../../ports/outbox.js'
import { outbox } from './outbox.js'
import { prepareFile } from './database-file.js'
import { idempotencyStore } from './idempotency.js'
import { fileStore } from './file-store.js'
import { inlineWriter } from './inline-writer.js'
import { jobs } from './jobs.js'
import { journal } from './journal.js'
import { keyStore } from './key-store.js'
import { ledger } from './ledger.js'
import { migrate } from './migrations.js'
import { responseStore } from './response-store.js'
import { checkSound, readThrough } from './sound.js'
import { threadWriter } from './thread-writer.js'
import type { Writer } from './writer.js'

export interface LibsqlOptions {
  /** A path; or `:memory:`, which ends with `close`. */
  readonly file: string
  /** The built `writer-thread.js`, where this is not run from beside it. */
  readonly writerUrl?: URL
  readonly clock?: Clock
  /** Hears of ledger rows that could not be kept. By default a warning of the process. */
  readonly report?: (error: Error) => void
  /** Hears, once, that something in the file cannot be read, now or later. By default a warning of the process. */
  readonly damaged?: (error: StoreError) => void
  /** Bytes up to which the file is read through when it is opened. For tests. */
  readonly readThroughUpTo?: number
}

export interface LibsqlStores {
  readonly responses: ResponseStore
  readonly conversations: ConversationStore
  readonly ledger: Ledger
  readonly keys: KeyStore
  readonly jobs: Jobs
  readonly journal: Journal
  readonly outbox: Outbox
  readonly idempotency: IdempotencyStore
  readonly calls: CallMemory
  readonly files: FileStore
  /** The content that these rows name. */
  readonly blobNames: BlobNames
  /** Commits what is waiting, and closes the file. What comes later is refused as `unavailable`. */
  close(): Promise<void>
}

/**
 * The stores over one SQLite file. It reads on the calling thread and writes on another one; what a write has resolved for, every
 * read sees, and kill -9 does not lose it (power loss may lose the last commits). Throws a `StoreError` where the file cannot
 * be opened, is damaged or is newer than this code, and an error of the system where its folder cannot be used.
 */
export function openLibsql({
  file,
  writerUrl,
  clock = { now: Date.now },
  report = warn,
  damaged = warnOfDamage,
  readThroughUpTo = readThrough,
}: LibsqlOptions): LibsqlStores {
  const inMemory = file === ':memory:'
  const path = inMemory ? file : prepareFile(file)
  const hear = once(damaged)
  let opened = false
  // What is met before that is thrown to whoever opens it.
  const connection = openConnection(path, (error) => opened && hear(error))
  try {
    if (!inMemory) checkSound(connection, path, readThroughUpTo)
    migrate(connection)
    if (!inMemory) connection.exec('PRAGMA journal_mode = WAL; PRAGMA query_only = 1')
  } catch (error) {
    connection.close()
    throw error
  }
  const writer = inMemory
    ? inlineWriter(connection)
    : listening(threadWriter(path, writerUrl ?? new URL('./writer-thread.js', import.meta.url)), hear)
  opened = true
  const exchanges = ledger(connection, writer, report)
  let closed: Promise<void> | undefined

  return {
    responses: responseStore(connection, writer, clock),
    conversations: conversationStore(connection, writer, clock),
    ledger: exchanges,
    keys: keyStore(connection, writer),
    jobs: jobs(connection, writer),
    journal: journal(connection, writer),
    outbox: outbox(connection, writer),
    idempotency: idempotencyStore(connection, writer, clock),
    calls: callMemory(connection, writer, clock),
    files: fileStore(connection, writer, clock),
    blobNames: blobNames(connection),
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

function warnOfDamage(error: Error): void {
  process.emitWarning(`the database is damaged: ${error.message}`)
}

function once(hear: (error: StoreError) => void): (error: StoreError) => void {
  let heard = false
  return (error) => {
    if (!heard) hear(error)
    heard = true
  }
}

/** The writer's own thread cannot tell of damage but by the outcome of a write. */
function listening(writer: Writer, damaged: (error: StoreError) => void): Writer {
  return {
    ...writer,
    write(write) {
      const written = writer.write(write)
      written.catch((error: unknown) => {
        if (error instanceof StoreError && error.fault === 'damaged') damaged(error)
      })
      return written
    },
  }
}
