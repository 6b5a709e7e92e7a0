import type { AttemptRow, ExchangeRow, Ledger, LedgerQuery } from '../../ports/ledger.js'
import { bind, idList, type Bindable } from './bind.js'
import type { Connection } from './connection.js'
import { attemptRow, exchangeRow, exchangesWrite } from './exchange-row.js'
import { text, type Row } from './row.js'
import type { Writer } from './writer.js'

const getSql = 'SELECT * FROM exchanges WHERE tenant = ? AND id = ?'

const attemptsSql = `
SELECT * FROM attempts WHERE tenant = ? AND exchange IN (SELECT value FROM json_each(?)) ORDER BY exchange, number`

/**
 * How long rows gather before they are written as one group, in milliseconds. Nobody waits for a row, and a group costs little
 * more than a row does. A killed process loses at most the rows of this time.
 */
const gathering = 25

/** `report` hears of a row that could not be kept: `append` itself has nobody to tell. */
export function ledger(reader: Connection, writer: Writer, report: (error: Error) => void): Ledger {
  const pending = new Set<Promise<void>>()
  let gathered: ExchangeRow[] = []
  let timer: NodeJS.Timeout | undefined
  let lost: Error | undefined

  const lose = (error: unknown) => {
    lost = error instanceof Error ? error : new Error(String(error))
    report(lost)
  }

  // A group that is refused is written again row by row, so that only the row at fault is lost.
  const keep = (rows: readonly ExchangeRow[]): Promise<void> =>
    write(writer, rows).catch((error: unknown) =>
      rows.length > 1 ? Promise.all(rows.map((row) => write(writer, [row]).catch(lose))).then(() => {}) : lose(error),
    )

  const send = () => {
    clearTimeout(timer)
    timer = undefined
    if (gathered.length === 0) return
    const written = keep(gathered)
    gathered = []
    pending.add(written)
    void written.then(() => pending.delete(written))
  }

  const sent = async () => {
    send()
    await Promise.all(pending)
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
      gathered.push(row)
      timer ??= setTimeout(send, gathering).unref()
    },
    async flush() {
      await sent()
      const error = lost
      lost = undefined
      if (error) throw error
    },
    // Readers see what has been appended here, however fresh.
    async list(query) {
      await sent()
      const { sql, values } = listStatement(query)
      return withAttempts(query.tenant, reader.statement(sql).all(bind(values)))
    },
    async get(tenant, id) {
      await sent()
      const row = reader.statement(getSql).get(bind([tenant, id]))
      return row && withAttempts(tenant, [row])[0]
    },
  }
}

// Async, so that a value that cannot be bound is a rejection as well.
async function write(writer: Writer, rows: readonly ExchangeRow[]): Promise<void> {
  await writer.write(exchangesWrite(rows))
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
