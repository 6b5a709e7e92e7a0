import { StoreError } from '../../ports/store-error.js'
import { bind } from './bind.js'
import type { Connection } from './connection.js'
import { number } from './row.js'
import { migrations as current } from './schema.js'

/**
 * Brings the database to the newest version in one transaction: all of it or nothing. Throws `unfit` where the database is
 * newer than this code, and leaves it as it is.
 */
export function migrate(connection: Connection, migrations: readonly string[] = current): void {
  // Taking the write lock before reading the version lets two processes start on one file.
  connection.exec('BEGIN IMMEDIATE')
  try {
    const version = readVersion(connection)
    if (version > migrations.length) throw newer(version, migrations.length)
    for (const migration of migrations.slice(version)) connection.exec(migration)
    connection.exec(`PRAGMA user_version = ${migrations.length}`)
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.inTransaction()) connection.exec('ROLLBACK')
    throw error
  }
}

function readVersion(connection: Connection): number {
  const row = connection.statement('PRAGMA user_version').get(bind([]))
  return row ? number(row, 'user_version') : 0
}

function newer(version: number, known: number): StoreError {
  return new StoreError(
    'unfit',
    `The database is of version ${version}, and this Weir knows versions up to ${known}. Start a newer Weir, or restore a backup.`,
  )
}
