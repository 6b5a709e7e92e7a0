import type { Clock } from '../../ports/clock.js'
import { keptTime, leaseTime, type IdempotencyKey, type IdempotencyStore } from '../../ports/idempotency.js'
import { bind } from './bind.js'
import type { Connection } from './connection.js'
import { text, textOrNull } from './row.js'
import { change, type Writer } from './writer.js'

// One statement, so that of two callers at once exactly one changes a row.
const claimSql = `
INSERT INTO idempotency (tenant, subject, route, key, holder, fingerprint, touched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT DO UPDATE SET holder = excluded.holder, fingerprint = excluded.fingerprint, touched_at = excluded.touched_at,
  answer = NULL
WHERE touched_at <= CASE WHEN answer IS NULL THEN ?8 ELSE ?9 END`

const found = 'tenant = ?1 AND subject = ?2 AND route = ?3 AND key = ?4'
const getSql = `SELECT fingerprint, answer FROM idempotency WHERE ${found}`
const renewSql = `UPDATE idempotency SET touched_at = ?6 WHERE ${found} AND holder = ?5 AND answer IS NULL`
const keepSql = `UPDATE idempotency SET touched_at = ?6, answer = ?7 WHERE ${found} AND holder = ?5 AND answer IS NULL`
const freeSql = `DELETE FROM idempotency WHERE ${found} AND holder = ?5 AND answer IS NULL`
const sweepSql = `
DELETE FROM idempotency WHERE rowid IN (SELECT rowid FROM idempotency WHERE touched_at < ?1 ORDER BY touched_at LIMIT ?2)`

const place = ({ owner, route, key }: IdempotencyKey): readonly string[] => [owner.tenant, owner.subject, route, key]

export function idempotencyStore(reader: Connection, writer: Writer, clock: Clock): IdempotencyStore {
  const now = (): number => Math.floor(clock.now())
  return {
    keepsFor: keptTime,
    async claim(key, holder, fingerprint) {
      const at = now()
      const values = [...place(key), holder, fingerprint, at, at - leaseTime, at - keptTime]
      const [changed] = await writer.write([change(claimSql, values)])
      if (changed === 1) return { state: 'claimed' }
      const row = reader.statement(getSql).get(bind(place(key)))
      // Given up between the two: whoever asks again will have it.
      if (!row) return { state: 'taken', fingerprint, answer: null }
      return { state: 'taken', fingerprint: text(row, 'fingerprint'), answer: textOrNull(row, 'answer') }
    },
    async renew(key, holder) {
      await writer.write([change(renewSql, [...place(key), holder, now()])])
    },
    async keep(key, holder, answer) {
      await writer.write([change(keepSql, [...place(key), holder, now(), answer])])
    },
    async free(key, holder) {
      await writer.write([change(freeSql, [...place(key), holder])])
    },
    async sweep(before, most) {
      const [changed = 0] = await writer.write([change(sweepSql, [Math.floor(before), most])])
      return changed
    },
  }
}
