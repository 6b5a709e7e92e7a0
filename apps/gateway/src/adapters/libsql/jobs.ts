import { randomUUID } from 'node:crypto'
import type { Held, Job, Jobs, JobStatus } from '../../ports/jobs.js'
import { StoreError } from '../../ports/store-error.js'
import { bind, rowList } from './bind.js'
import type { Connection } from './connection.js'
import { appendChange } from './journal.js'
import { responseWrite } from './response-store.js'
import { flag, number, text, type Row } from './row.js'
import { change, type Write, type Writer } from './writer.js'

const addSql = `
INSERT INTO jobs (response, tenant, subject, status, ran, epoch, queued_at, leased_until, claim, request)
VALUES (?, ?, ?, 'queued', 0, 0, ?, 0, '', ?)`

// What is taken is marked with a text of its own, by which it is read afterwards: the writer tells rows by their number only.
const claimSql = `
UPDATE jobs SET status = 'in_progress', ran = 1, epoch = epoch + 1, leased_until = ?2, claim = ?3
WHERE response IN (SELECT response FROM jobs WHERE status = 'queued' ORDER BY queued_at, response LIMIT ?1)`

const anyQueuedSql = "SELECT 1 FROM jobs WHERE status = 'queued' LIMIT 1"
const anyExpiredSql = "SELECT 1 FROM jobs WHERE status <> 'queued' AND leased_until < ?1 LIMIT 1"

const takeOverSql = `
UPDATE jobs SET epoch = epoch + 1, leased_until = ?3, claim = ?4
WHERE response IN (SELECT response FROM jobs WHERE status <> 'queued' AND leased_until < ?1 ORDER BY leased_until LIMIT ?2)`

const cancelSql = `
UPDATE jobs SET status = 'cancelled', epoch = epoch + 1, leased_until = ?4, claim = ?5
WHERE response = ?1 AND tenant = ?2 AND subject = ?3 AND status <> 'cancelled'`

const claimedSql = 'SELECT * FROM jobs WHERE claim = ? ORDER BY queued_at, response'

const heldIn = `(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?1))`
const renewSql = `UPDATE jobs SET leased_until = ?2 WHERE (response, epoch) IN ${heldIn}`
const stillHeldSql = `SELECT response FROM jobs WHERE (response, epoch) IN ${heldIn}`

// A null where there must be none: the whole write fails, and nothing of it is done.
const guardSql = `
INSERT INTO held (job) SELECT (SELECT response FROM jobs WHERE response = ?1 AND epoch = ?2)`
const unguardSql = 'DELETE FROM held'
const removeSql = 'DELETE FROM jobs WHERE response = ?'

export function jobs(reader: Connection, writer: Writer): Jobs {
  const take = async (sql: string, values: readonly (string | number)[]): Promise<readonly Job[]> => {
    const claim = randomUUID()
    const [changed] = await writer.write([change(sql, [...values, claim])])
    return changed === 0
      ? []
      : reader
          .statement(claimedSql)
          .all(bind([claim]))
          .map(jobOf)
  }

  // They are asked for again and again, and a write that changes nothing is a write all the same.
  const isThere = (sql: string, values: readonly number[]): boolean => reader.statement(sql).get(bind(values)) !== undefined

  return {
    async add(response, request, chunk) {
      const { id, owner, createdAt } = response
      const [changed] = await writer.write([
        ...responseWrite(response),
        change(addSql, [id, owner.tenant, owner.subject, createdAt, request]),
        appendChange({ id, epoch: 0 }, chunk),
      ])
      if (changed !== 1) throw new StoreError('taken', `response ${id} belongs to another owner`)
    },
    claim: async (most, until) => (isThere(anyQueuedSql, []) ? take(claimSql, [most, until]) : []),
    takeOver: async (now, most, until) => (isThere(anyExpiredSql, [now]) ? take(takeOverSql, [now, most, until]) : []),
    async cancel({ tenant, subject }, id, until) {
      const [job] = await take(cancelSql, [id, tenant, subject, until])
      return job
    },
    async renew(held, until) {
      const list = rowList(held.map(({ id, epoch }) => [id, epoch]))
      await writer.write([change(renewSql, [list, until])])
      const rows = reader.statement(stillHeldSql).all(bind([list]))
      const kept = new Set(rows.map((row) => text(row, 'response')))
      return held.map(({ id }) => id).filter((id) => !kept.has(id))
    },
    async end(held, response, chunk, beside) {
      const removal = change(removeSql, [held.id])
      return ifHeld(writer, held, [...responseWrite(response, beside), appendChange(held, chunk), removal])
    },
  }
}

/** Does this write if the job is held under this epoch; else nothing of it. */
async function ifHeld(writer: Writer, { id, epoch }: Held, write: Write): Promise<boolean> {
  try {
    await writer.write([change(guardSql, [id, epoch]), ...write, change(unguardSql, [])])
    return true
  } catch (error) {
    if (error instanceof StoreError && error.fault === 'taken') return false
    throw error
  }
}

function jobOf(row: Row): Job {
  return {
    id: text(row, 'response'),
    owner: { tenant: text(row, 'tenant'), subject: text(row, 'subject') },
    epoch: number(row, 'epoch'),
    // Written here alone.
    status: text(row, 'status') as JobStatus,
    ran: flag(row, 'ran'),
    request: text(row, 'request'),
  }
}
