import type { AttemptRow, ExchangeRow, Ledger, LedgerQuery } from '../../ports/ledger.js'
import { bind, idList, type Bindable } from './bind.js'
import type { Connection } from './connection.js'
import { attemptRow, exchangeRow, exchangeWrite } from './exchange-row.js'
import { text, type Row } from './row.js'
import type { Writer } from './writer.js'

const getSql = 'SELECT * FROM exchanges WHERE tenant = ? AND id = ?'

const attemptsSql = `
SELECT * FROM attempts WHERE tenant = ? AND exchange IN (SELECT value FROM json_each(?)) ORDER BY exchange, number`

/** `report` hears of a row that could not be kept: `append` itself has nobody to tell. */
export function ledger(reader: Connection, writer: Writer, report: (error: Error) => void): Ledger {
  const pending = new Set<Promise<void>>()
  let lost: Error | undefined

  const lose = (error: unknown) => {
    lost = error instanceof Error ? error : new Error(String(error))
    report(lost)
  }

  const withAttempts = (tenant: string, rows: readonly Row[]) => {
    const ids = rows.map((row) => text(row, 'id'))
    const attempts = new Map<string, AttemptRow[]>(ids.map((id) => [id, []]))
    for (const row of reader.statement(attemptsSql).all(bind([tenant, idList(ids)]))) {
      attempts.get(text(row, 'exchange'))?.push(attemptRow(row))
    }
    return rows.map((row) => exchangeRow(row, attempts.get(text(row, 'id')) ?? []))
  }

  return {
    append(row) {
      const written = write(writer, row).catch(lose)
      pending.add(written)
      void written.then(() => pending.delete(written))
    },
    async flush() {
      await Promise.all(pending)
      const error = lost
      lost = undefined
      if (error) throw error
    },
    async list(query) {
      const { sql, values } = listStatement(query)
      return withAttempts(query.tenant, reader.statement(sql).all(bind(values)))
    },
    async get(tenant, id) {
      const row = reader.statement(getSql).get(bind([tenant, id]))
      return row && withAttempts(tenant, [row])[0]
    },
  }
}

// Async, so that a value that cannot be bound is a rejection as well.
async function write(writer: Writer, row: ExchangeRow): Promise<void> {
  await writer.write(exchangeWrite(row))
}

function listStatement({ tenant, subject, label, after, limit }: LedgerQuery): { sql: string; values: Bindable[] } {
  const conditions = ['tenant = ?']
  const values: Bindable[] = [tenant]
  if (subject !== undefined) {
    conditions.push('subject = ?')
    values.push(subject)
  }
  if (label !== undefined) {
    conditions.push('label = ?')
    values.push(label)
  }
  if (after !== undefined) {
    // Within what the caller may see, so that another's id tells nothing.
    conditions.push(`(started_at, id) < (SELECT started_at, id FROM exchanges WHERE ${conditions.join(' AND ')} AND id = ?)`)
    values.push(...values, after)
  }
  values.push(limit)
  return { sql: `SELECT * FROM exchanges WHERE ${conditions.join(' AND ')} ORDER BY started_at DESC, id DESC LIMIT ?`, values }
}
