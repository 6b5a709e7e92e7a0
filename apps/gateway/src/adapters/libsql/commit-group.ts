import { StoreError } from '../../ports/store-error.js'
import type { Connection } from './connection.js'
import type { Outcome, Write } from './writer.js'

/**
 * Commits all writes in one transaction. If one fails they are done again, each in a transaction of its own, so that only the
 * one at fault fails: that is slow, and rare enough that the ordinary group need not pay for savepoints.
 */
export function commitGroup(connection: Connection, writes: readonly Write[]): readonly Outcome[] {
  try {
    return commit(connection, writes)
  } catch (error) {
    return writes.length === 1 ? [failed(error)] : writes.map((write) => commitGroup(connection, [write])[0] ?? failed(error))
  }
}

function commit(connection: Connection, writes: readonly Write[]): readonly Outcome[] {
  connection.exec('BEGIN IMMEDIATE')
  try {
    const outcomes = writes.map((write) => write.map((change) => connection.statement(change.sql).run(change.values)))
    connection.exec('COMMIT')
    return outcomes
  } catch (error) {
    // A full disk rolls back by itself.
    if (connection.inTransaction()) connection.exec('ROLLBACK')
    throw error
  }
}

function failed(error: unknown): Outcome {
  if (error instanceof StoreError) return { fault: error.fault, message: error.message }
  return { fault: 'unavailable', message: error instanceof Error ? error.message : String(error) }
}
