import type { Clock } from '../../ports/clock.js'
import type { JobStatus } from '../../ports/jobs.js'
import type { Owner } from '../../ports/owner.js'
import {
  chainDepth,
  type Beside,
  type Bookmark,
  type ChainLink,
  type ResponseStore,
  type StoredResponse,
} from '../../ports/response-store.js'
import { StoreError } from '../../ports/store-error.js'
import { bind, idList } from './bind.js'
import type { Connection } from './connection.js'
import { appendChanges } from './conversation-items.js'
import { deliveryChanges } from './outbox.js'
import { itemChanges, responsesHolding } from './response-items.js'
import { number, text, textOrNull, type Row } from './row.js'
import { markLag } from './retention.js'
import { change, type Write, type Writer } from './writer.js'

const putSql = `
INSERT INTO responses (id, tenant, subject, parent, conversation, conversation_place, created_at, used_at, input, response)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, conversation = excluded.conversation,
  conversation_place = excluded.conversation_place, created_at = excluded.created_at, used_at = excluded.used_at,
  input = excluded.input, response = excluded.response
WHERE tenant = excluded.tenant AND subject = excluded.subject`

const jobSql = '(SELECT status FROM jobs WHERE jobs.response = responses.id) AS job'

const columns = `id, parent, conversation, conversation_place, created_at, input, response, ${jobSql}`

const getSql = `SELECT ${columns} FROM responses WHERE id = ? AND tenant = ? AND subject = ?`

const getManySql = `
SELECT ${columns} FROM responses WHERE id IN (SELECT value FROM json_each(?1)) AND tenant = ?2 AND subject = ?3`

const deleteSql = 'DELETE FROM responses WHERE id = ? AND tenant = ? AND subject = ?'

// UNION and not UNION ALL: an id that comes again adds no row, so a cycle ends. The texts are joined last, once for each id.
// CROSS JOIN holds SQLite to this order of the tables.
const chainSql = `
WITH RECURSIVE links (id, parent) AS (
  SELECT id, parent FROM responses WHERE id = ?1 AND tenant = ?2 AND subject = ?3
  UNION
  SELECT responses.id, responses.parent FROM links
  CROSS JOIN responses ON responses.id = links.parent AND responses.tenant = ?2 AND responses.subject = ?3
  LIMIT ${chainDepth + 1}
)
SELECT responses.id, responses.parent, responses.conversation, responses.conversation_place, responses.used_at, responses.input,
  responses.response, ${jobSql}
FROM links CROSS JOIN responses USING (id)`

const touchSql = `
UPDATE responses SET used_at = ?1 WHERE tenant = ?2 AND subject = ?3 AND id IN (SELECT value FROM json_each(?4))`

// One statement, and so against the responses as they are when it is done: a child or a mark written before it counts. Ends of
// chains first, then each parent that has no other child. The inner LIMIT is the smaller: to find an end costs more than to go up
// from it.
const sweepSql = `
WITH RECURSIVE gone (id, parent) AS (
  SELECT id, parent FROM (
    SELECT id, parent FROM responses
    WHERE used_at < ?1 AND NOT EXISTS (SELECT 1 FROM responses AS child WHERE child.parent = responses.id)
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.response = responses.id)
    LIMIT max(1, ?2 / 10)
  )
  UNION
  SELECT responses.id, responses.parent FROM gone
  CROSS JOIN responses ON responses.id = gone.parent
  WHERE responses.used_at < ?1 AND (SELECT count(*) FROM responses AS child WHERE child.parent = responses.id) = 1
  LIMIT ?2
)
DELETE FROM responses WHERE id IN (SELECT id FROM gone)`

export function responseStore(reader: Connection, writer: Writer, clock: Clock): ResponseStore {
  const touch = (owner: Owner, rows: readonly Row[]) => {
    const now = Math.floor(clock.now())
    const stale = rows.filter((row) => number(row, 'used_at') <= now - markLag).map((row) => text(row, 'id'))
    if (stale.length === 0) return
    const values = [now, owner.tenant, owner.subject, idList(stale)]
    // A mark that is lost is made again by the next reader.
    writer.write([change(touchSql, values)]).catch(() => undefined)
  }

  return {
    async put(response, beside) {
      const [changed] = await writer.write(responseWrite(response, beside))
      if (changed !== 1) throw new StoreError('taken', `response ${response.id} belongs to another owner`)
    },
    async get(owner, id) {
      const row = reader.statement(getSql).get(bind([id, owner.tenant, owner.subject]))
      return row && storedResponse(owner, row)
    },
    async delete(owner, id) {
      const [changed] = await writer.write([change(deleteSql, [id, owner.tenant, owner.subject])])
      return changed === 1
    },
    async chain(owner, id) {
      const rows = reader.statement(chainSql).all(bind([id, owner.tenant, owner.subject]))
      const links = oldestFirst(id, rows)
      if (links) touch(owner, rows)
      return links
    },
    async sweep(before, most) {
      const [changed = 0] = await writer.write([change(sweepSql, [before - markLag, most])])
      return changed
    },
    async holding(owner, itemIds) {
      const responses = responsesHolding(reader, owner, itemIds)
      const values = [idList([...new Set(responses.values())]), owner.tenant, owner.subject]
      const rows = reader.statement(getManySql).all(bind(values))
      const byId = new Map(rows.map((row) => [text(row, 'id'), storedResponse(owner, row)]))
      const found = [...responses].map(([item, response]) => [item, byId.get(response)] as const)
      return new Map(found.filter((entry): entry is [string, StoredResponse] => entry[1] !== undefined))
    },
  }
}

/** Everything that keeping a response commits at once; the first change tells by its rows whether it was done. */
export function responseWrite(
  { id, owner, parent, conversation, createdAt, input, response }: StoredResponse,
  beside?: Beside,
): Write {
  const bookmark = [conversation?.id ?? null, conversation?.place ?? null]
  return [
    change(putSql, [id, owner.tenant, owner.subject, parent, ...bookmark, createdAt, input, response]),
    ...(beside ? itemChanges(id, owner, beside) : []),
    ...(beside?.appended ? appendChanges(owner, beside.appended, createdAt, id) : []),
    ...deliveryChanges(id, owner, beside?.deliveries ?? []),
  ]
}

function storedResponse(owner: Owner, row: Row): StoredResponse {
  return {
    id: text(row, 'id'),
    owner,
    parent: textOrNull(row, 'parent'),
    ...bookmarkOf(row),
    createdAt: number(row, 'created_at'),
    input: text(row, 'input'),
    response: text(row, 'response'),
    ...jobOf(row),
  }
}

/** The status of its job, where it has one still. */
function jobOf(row: Row): { readonly job?: JobStatus } {
  const job = textOrNull(row, 'job')
  // Written by the jobs alone.
  return job === null ? {} : { job: job as JobStatus }
}

function bookmarkOf(row: Row): { readonly conversation?: Bookmark } {
  const id = textOrNull(row, 'conversation')
  return id === null ? {} : { conversation: { id, place: number(row, 'conversation_place') } }
}

/** Follows the parents through the rows, which come in no certain order. */
function oldestFirst(id: string, rows: readonly Row[]): readonly ChainLink[] | undefined {
  if (rows.length > chainDepth) throw new StoreError('chain', `the chain of ${id} is longer than ${chainDepth} responses`)
  const byId = new Map(rows.map((row) => [text(row, 'id'), row]))
  const links: ChainLink[] = []
  for (let next: string | null = id; next !== null;) {
    if (links.length === rows.length) {
      if (byId.has(next)) throw new StoreError('chain', `the chain of ${id} is a cycle`)
      return undefined
    }
    const row = byId.get(next)
    if (!row) return undefined
    const [input, response] = [text(row, 'input'), text(row, 'response')]
    links.push({ id: next, ...bookmarkOf(row), input, response, ...jobOf(row) })
    next = textOrNull(row, 'parent')
  }
  return links.toReversed()
}
