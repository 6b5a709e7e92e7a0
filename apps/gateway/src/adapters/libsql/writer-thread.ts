// The thread that writes. One message is one group of writes, one answer is their outcomes, in order.
import { parentPort, workerData } from 'node:worker_threads'
import { bind } from './bind.js'
import { commitGroup } from './commit-group.js'
import { openConnection } from './connection.js'
import { text, type Row } from './row.js'
import type { Write } from './writer.js'

/** About as many bytes of WAL as are kept before they are moved into the database. */
const checkpointAfter = 8 * 1024 * 1024
const page = 4096

const port = parentPort
if (!port) throw new Error('writer-thread runs as a worker')

// Worker data is whatever was passed: thread-writer.ts passes { file }.
const connection = openConnection(text(workerData as Row, 'file'))
connection.exec('PRAGMA journal_mode = WAL')
connection.exec('PRAGMA synchronous = NORMAL')
connection.exec('PRAGMA wal_autocheckpoint = 0')

let grown = 0

// The other end posts groups of writes and, at last, 'close'.
port.on('message', (message: readonly Write[] | 'close') => {
  if (message === 'close') return close()
  port.postMessage(commitGroup(connection, message))
  // After the answer, so that nobody who waits for this group waits for the checkpoint.
  grown += estimate(message)
  if (grown > checkpointAfter) checkpoint('PASSIVE')
})

function estimate(writes: readonly Write[]): number {
  let bytes = page
  for (const { values } of writes.flat()) {
    bytes += page
    for (const value of values) if (typeof value === 'string') bytes += value.length
  }
  return bytes
}

function checkpoint(mode: 'PASSIVE' | 'TRUNCATE'): void {
  grown = 0
  try {
    connection.statement(`PRAGMA wal_checkpoint(${mode})`).all(bind([]))
  } catch (error) {
    // What is committed stays in the WAL, and the next checkpoint takes it.
    process.emitWarning(`checkpoint of the database failed: ${String(error)}`)
  }
}

function close(): void {
  checkpoint('TRUNCATE')
  connection.close()
  port?.close()
}
