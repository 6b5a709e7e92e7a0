import { randomUUID } from 'node:crypto'
import type { Owner } from '../../ports/owner.js'
import type { ClaimedDelivery, Delivery, DeliveryQuery, NewDelivery, Outbox } from '../../ports/outbox.js'
import { bind, type Bindable } from './bind.js'
import type { Connection } from './connection.js'
import { number, numberOrNull, text, textOrNull, type Row } from './row.js'
import { change, type Change, type Writer } from './writer.js'

// Nothing is written beside a response that was refused.
const insertSql = `
INSERT INTO webhook_deliveries (id, tenant, subject, event, url, type, response, body, created_at, status, attempts, tries, next_at, claim)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending', 0, 0, ?9, ''
WHERE EXISTS (SELECT 1 FROM responses WHERE id = ?7 AND tenant = ?2 AND subject = ?3)`

const due = "status = 'pending' AND next_at <= ?1"
const anyDueSql = `SELECT 1 FROM webhook_deliveries WHERE ${due} LIMIT 1`
// What is taken is marked with a text of its own, by which it is read afterwards: the writer tells rows by their number only.
const claimSql = `
UPDATE webhook_deliveries SET next_at = ?3, claim = ?4
WHERE id IN (SELECT id FROM webhook_deliveries WHERE ${due} ORDER BY next_at LIMIT ?2)`
const claimedSql = 'SELECT * FROM webhook_deliveries WHERE claim = ? ORDER BY created_at, id'

const settleSql = `
UPDATE webhook_deliveries SET attempts = attempts + 1, tries = tries + 1, status = ?3, next_at = ?4, last_status = ?5,
  last_error = ?6, last_at = ?7, delivered_at = CASE WHEN ?3 = 'delivered' THEN ?7 ELSE delivered_at END, claim = ''
WHERE id = ?1 AND claim = ?2`
const releaseSql = "UPDATE webhook_deliveries SET next_at = ?3, claim = '' WHERE id = ?1 AND claim = ?2"

const forWhom = 'tenant = ?1 AND (?2 IS NULL OR subject = ?2)'
const resendSql = `
UPDATE webhook_deliveries SET status = 'pending', tries = 0, next_at = ?4, claim = '' WHERE ${forWhom} AND id = ?3`
const getSql = `SELECT * FROM webhook_deliveries WHERE ${forWhom} AND id = ?3`

const sweepSql = `
DELETE FROM webhook_deliveries WHERE id IN (
  SELECT id FROM webhook_deliveries WHERE status <> 'pending' AND created_at < ?1 ORDER BY created_at LIMIT ?2
)`

/** The changes that put deliveries of a response here. */
export function deliveryChanges(response: string, { tenant, subject }: Owner, deliveries: readonly NewDelivery[]): Change[] {
  return deliveries.map(({ id, eventId, url, type, body, createdAt }) =>
    change(insertSql, [id, tenant, subject, eventId, url, type, response, body, Math.floor(createdAt)]),
  )
}

export function outbox(reader: Connection, writer: Writer): Outbox {
  return {
    async claim(now, most, until) {
      // Asked again and again, mostly in vain: that costs no write.
      if (!reader.statement(anyDueSql).get(bind([now]))) return []
      const claim = randomUUID()
      await writer.write([change(claimSql, [now, most, until, claim])])
      const rows = reader.statement(claimedSql).all(bind([claim]))
      return rows.map((row): ClaimedDelivery => ({ ...deliveryOf(row), claim }))
    },
    async settle({ id, claim }, { status, nextAt, lastStatus, lastError, at }) {
      await writer.write([change(settleSql, [id, claim, status, nextAt, lastStatus, lastError, at])])
    },
    async release({ id, claim }, nextAt) {
      await writer.write([change(releaseSql, [id, claim, nextAt])])
    },
    async list(query) {
      const { sql, values } = listStatement(query)
      return reader.statement(sql).all(bind(values)).map(deliveryOf)
    },
    async resend({ tenant, subject }, id, now) {
      const [changed] = await writer.write([change(resendSql, [tenant, subject ?? null, id, now])])
      const row = changed === 1 ? reader.statement(getSql).get(bind([tenant, subject ?? null, id])) : undefined
      return row && deliveryOf(row)
    },
    async sweep(before, most) {
      const [swept = 0] = await writer.write([change(sweepSql, [Math.floor(before), most])])
      return swept
    },
  }
}

function listStatement({ tenant, subject, status, after, limit }: DeliveryQuery): { sql: string; values: Bindable[] } {
  const conditions = ['tenant = ?']
  const values: Bindable[] = [tenant]
  const narrow = (condition: string, ...more: Bindable[]): void => {
    conditions.push(condition)
    values.push(...more)
  }
  if (subject !== undefined) narrow('subject = ?', subject)
  if (status !== undefined) narrow('status = ?', status)
  if (after !== undefined)
    narrow('(created_at, id) < (SELECT created_at, id FROM webhook_deliveries WHERE id = ? AND tenant = ?)', after, tenant)
  const sql = `SELECT * FROM webhook_deliveries WHERE ${conditions.join(' AND ')} ORDER BY created_at DESC, id DESC LIMIT ?`
  return { sql, values: [...values, limit] }
}

function deliveryOf(row: Row): Delivery {
  const status = text(row, 'status') as Delivery['status']
  return {
    id: text(row, 'id'),
    owner: { tenant: text(row, 'tenant'), subject: text(row, 'subject') },
    eventId: text(row, 'event'),
    url: text(row, 'url'),
    // These two were written by this file alone.
    type: text(row, 'type') as Delivery['type'],
    status,
    responseId: text(row, 'response'),
    body: text(row, 'body'),
    createdAt: number(row, 'created_at'),
    attempts: number(row, 'attempts'),
    tries: number(row, 'tries'),
    nextAt: status === 'pending' ? number(row, 'next_at') : null,
    lastAt: numberOrNull(row, 'last_at'),
    lastStatus: numberOrNull(row, 'last_status'),
    lastError: textOrNull(row, 'last_error'),
    deliveredAt: numberOrNull(row, 'delivered_at'),
  }
}
