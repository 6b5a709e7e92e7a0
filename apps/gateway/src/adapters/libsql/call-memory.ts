import { memoryTime, type CallMemory } from '../../ports/call-memory.js'
import type { Clock } from '../../ports/clock.js'
import { bind, idList, rowList } from './bind.js'
import type { Connection } from './connection.js'
import { number, text } from './row.js'
import { change, type Writer } from './writer.js'

const keepSql = `
INSERT INTO call_memory (tenant, subject, call_id, response, touched_at, memory)
SELECT ?1, ?2, json_extract(value, '$[0]'), ?3, ?4, json_extract(value, '$[1]') FROM json_each(?5) WHERE true
ON CONFLICT DO UPDATE SET response = excluded.response, touched_at = excluded.touched_at, memory = excluded.memory`

// What is to be swept is not found any more, whenever the sweeper comes.
const findSql = `
SELECT call_id, touched_at, memory FROM call_memory
WHERE tenant = ?1 AND subject = ?2 AND call_id IN (SELECT value FROM json_each(?3)) AND (response IS NOT NULL OR touched_at > ?4)`

const touchSql = `
UPDATE call_memory SET touched_at = ?4 WHERE tenant = ?1 AND subject = ?2 AND call_id IN (SELECT value FROM json_each(?3))`

const sweepSql = `
DELETE FROM call_memory WHERE rowid IN (
  SELECT rowid FROM call_memory WHERE response IS NULL AND touched_at < ?1 ORDER BY touched_at LIMIT ?2
)`

/** A use is noted at most so often. Milliseconds. */
const markLag = 60 * 60 * 1000

export function callMemory(reader: Connection, writer: Writer, clock: Clock): CallMemory {
  const now = (): number => Math.floor(clock.now())
  return {
    // An hour more, by which a use may have been noted too early.
    keepsFor: memoryTime + markLag,
    async keep({ tenant, subject }, entries, response) {
      const rows = rowList(entries.map(({ callId, memory }) => [callId, memory]))
      await writer.write([change(keepSql, [tenant, subject, response, now(), rows])])
    },
    async find({ tenant, subject }, callIds) {
      const at = now()
      const rows = reader.statement(findSql).all(bind([tenant, subject, idList(callIds), at - memoryTime - markLag]))
      const stale = rows.filter((row) => number(row, 'touched_at') <= at - markLag).map((row) => text(row, 'call_id'))
      // A use that is lost is noted by the next one who asks.
      if (stale.length > 0) writer.write([change(touchSql, [tenant, subject, idList(stale), at])]).catch(() => undefined)
      return new Map(rows.map((row) => [text(row, 'call_id'), text(row, 'memory')]))
    },
    async sweep(before, most) {
      const [changed = 0] = await writer.write([change(sweepSql, [Math.floor(before), most])])
      return changed
    },
  }
}
