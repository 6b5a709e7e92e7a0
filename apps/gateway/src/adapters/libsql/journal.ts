import type { Held } from '../../ports/jobs.js'
import type { Chunk, Journal } from '../../ports/journal.js'
import { bind } from './bind.js'
import type { Connection } from './connection.js'
import { number, numberOrNull, text } from './row.js'
import { change, type Change, type Writer } from './writer.js'

const appendSql = `
INSERT INTO journal (response, first, last, events) SELECT response, ?3, ?4, ?5 FROM jobs WHERE response = ?1 AND epoch = ?2
ON CONFLICT (response, last) DO UPDATE SET first = excluded.first, events = excluded.events`

const readSql = 'SELECT first, last, events FROM journal WHERE response = ?1 AND last > ?2 ORDER BY last LIMIT ?3'

const lastSql = 'SELECT max(last) AS last FROM journal WHERE response = ?'

export function journal(reader: Connection, writer: Writer): Journal {
  return {
    async append(held, chunk) {
      const [changed] = await writer.write([appendChange(held, chunk)])
      return changed === 1
    },
    async read(id, after, most) {
      const rows = reader.statement(readSql).all(bind([id, after, most]))
      return rows.map((row) => ({ first: number(row, 'first'), last: number(row, 'last'), events: text(row, 'events') }))
    },
    async last(id) {
      const row = reader.statement(lastSql).get(bind([id]))
      return (row && numberOrNull(row, 'last')) ?? undefined
    },
  }
}

/** Changes nothing where the job is not held under this epoch. */
export const appendChange = ({ id, epoch }: Held, { first, last, events }: Chunk): Change =>
  change(appendSql, [id, epoch, first, last, events])
