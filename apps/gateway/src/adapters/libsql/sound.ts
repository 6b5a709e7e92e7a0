import { statSync } from 'node:fs'
import { StoreError } from '../../ports/store-error.js'
import { bind } from './bind.js'
import type { Connection } from './connection.js'
import { text } from './row.js'

/** Files up to this size are read through when they are opened: a second or two from a slow disk. Bytes. */
export const readThrough = 256 * 1024 * 1024

/**
 * Throws `damaged` for a file whose structure is broken, as far as that can be seen in a short time: a small file is read
 * through, of a large one the keys and the beginning of every table are. What that misses is found when it is read.
 */
export function checkSound(connection: Connection, file: string, readThroughUpTo: number): void {
  const checks = statSync(file).size <= readThroughUpTo ? ['PRAGMA quick_check(1)'] : shortChecks(connection)
  for (const sql of checks) {
    const told = connection.statement(sql).get(bind([]))
    const said = told && 'quick_check' in told ? text(told, 'quick_check') : 'ok'
    if (said !== 'ok') throw new StoreError('damaged', said.split('\n').at(-1) ?? said)
  }
}

function shortChecks(connection: Connection): string[] {
  const tables = connection.statement("SELECT name FROM sqlite_schema WHERE type = 'table'").all(bind([]))
  const names = tables.map((table) => text(table, 'name'))
  return [
    ...names.filter((name) => name === 'keys').map((name) => `PRAGMA quick_check(${name})`),
    ...names.map((name) => `SELECT * FROM "${name}" LIMIT 1`),
  ]
}
