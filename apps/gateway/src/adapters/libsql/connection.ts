import Database from 'libsql'
import { StoreError } from '../../ports/store-error.js'
import type { Bound } from './bind.js'
import type { Row } from './row.js'

/** A prepared statement. It takes exactly as many values as its SQL has placeholders (`?`, or `?1` and so on). */
export interface Statement {
  /** How many rows it changed. */
  run(values: Bound): number
  get(values: Bound): Row | undefined
  all(values: Bound): readonly Row[]
}

/** The one door to libsql: nothing else imports it. Throws `StoreError` only. */
export interface Connection {
  exec(sql: string): void
  /** Prepared once for each text. */
  statement(sql: string): Statement
  inTransaction(): boolean
  close(): void
}

const busyTimeout = 5_000

export function openConnection(file: string): Connection {
  const database = attempt(() => new Database(file))
  const statements = new Map<string, Statement>()
  attempt(() => database.exec(`PRAGMA busy_timeout = ${busyTimeout}`))

  return {
    exec(sql) {
      attempt(() => database.exec(sql))
    },
    statement(sql) {
      const known = statements.get(sql)
      if (known) return known
      const prepared = prepare(database, sql)
      statements.set(sql, prepared)
      return prepared
    },
    inTransaction: () => database.inTransaction,
    close() {
      // Statements that are still referenced keep the file open.
      statements.clear()
      attempt(() => database.close())
    },
  }
}

function prepare(database: InstanceType<typeof Database>, sql: string): Statement {
  const prepared = attempt(() => database.prepare(sql))
  const expected = placeholders(sql)
  // libsql binds NULL for what is missing and ignores what is too much; a list is passed as one argument, since a single null
  // or object would be taken for named parameters.
  const checked = (values: Bound) => {
    if (values.length !== expected) throw new TypeError(`${values.length} values for ${expected} placeholders`)
    return values
  }
  // The rows of a libsql statement are plain objects of columns; row.ts checks each value.
  return {
    run: (values) => attempt(() => prepared.run(checked(values)).changes),
    get: (values) => attempt(() => prepared.get(checked(values)) as Row | undefined),
    all: (values) => attempt(() => prepared.all(checked(values)) as Row[]),
  }
}

function placeholders(sql: string): number {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1]))
  return numbered.length > 0 ? Math.max(...numbered) : sql.split('?').length - 1
}

function attempt<Result>(act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error
    const fault = error.code.startsWith('SQLITE_CONSTRAINT') ? 'taken' : 'unavailable'
    throw new StoreError(fault, `libsql: ${error.message}`, { cause: error })
  }
}
