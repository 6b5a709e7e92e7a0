import { StoreError } from '../../ports/store-error.js'
import { commitGroup } from './commit-group.js'
import type { Connection } from './connection.js'
import { changedRows, type Writer } from './writer.js'

/** Writes on the caller's own thread, for a database in memory, which no other thread can open. */
export function inlineWriter(connection: Connection): Writer {
  let closed = false
  return {
    async write(write) {
      if (closed) throw new StoreError('unavailable', 'the store is closed')
      const changed = changedRows(commitGroup(connection, [write])[0])
      if (changed instanceof StoreError) throw changed
      return changed
    },
    async close() {
      closed = true
    },
  }
}
