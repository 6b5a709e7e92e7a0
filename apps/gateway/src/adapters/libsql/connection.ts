import Database from 'libsql'
import { StoreError, type StoreFault } from '../../ports/store-error.js'
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

type Hear = (error: StoreError) => unknown
const ignore: Hear = () => {}

/** `damaged` hears of every statement that meets what cannot be read; it throws all the same. */
export function openConnection(file: string, damaged: Hear = ignore): Connection {
  const database = attempt(() => new Database(file))
  const statements = new Map<string, Statement>()
  attempt(() => database.exec(`PRAGMA busy_timeout = ${busyTimeout}`))

  return {
    exec(sql) {
      attempt(() => database.exec(sql), damaged)
    },
    statement(sql) {
      const known = statements.get(sql)
      if (known) return known
      const prepared = prepare(database, sql, damaged)
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

function prepare(database: InstanceType<typeof Database>, sql: string, damaged: Hear): Statement {
  const prepared = attempt(() => database.prepare(sql), damaged)
  const expected = placeholders(sql)
  // libsql binds NULL for what is missing and ignores what is too much; a list is passed as one argument, since a single null
  // or object would be taken for named parameters.
  const checked = (values: Bound) => {
    if (values.length !== expected) throw new TypeError(`${values.length} values for ${expected} placeholders`)
    return values
  }
  // The rows of a libsql statement are plain objects of columns; row.ts checks each value.
  return {
    run: (values) => attempt(() => prepared.run(checked(values)).changes, damaged),
    get: (values) => attempt(() => prepared.get(checked(values)) as Row | undefined, damaged),
    all: (values) => attempt(() => prepared.all(checked(values)) as Row[], damaged),
  }
}

function placeholders(sql: string): number {
  const numbered = [...sql.matchAll(/\?(\d+)/g)].map((match) => Number(match[1]))
  return numbered.length > 0 ? Math.max(...numbered) : sql.split('?').length - 1
}

function attempt<Result>(act: () => Result, damaged: Hear = ignore): Result {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error
    const fault = new StoreError(faultOf(error.code), `libsql: ${error.message}`, { cause: error })
    if (fault.fault === 'damaged') damaged(fault)
    throw fault
  }
}

function faultOf(code: string): StoreFault {
  if (code.startsWith('SQLITE_CONSTRAINT')) return 'taken'
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' ? 'damaged' : 'unavailable'
}
