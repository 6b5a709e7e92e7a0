import type { Clock } from '../../ports/clock.js'
import type { ConversationItem, ConversationStore, PageQuery, StoredConversation } from '../../ports/conversation-store.js'
import type { Owner } from '../../ports/owner.js'
import { bind, idList } from './bind.js'
import type { Connection } from './connection.js'
import { appendChanges } from './conversation-items.js'
import { markLag } from './retention.js'
import { number, text, type Row } from './row.js'
import { change, type Writer } from './writer.js'

const createSql = `
INSERT INTO conversations (id, tenant, subject, created_at, used_at, metadata) VALUES (?1, ?2, ?3, ?4, ?4, ?5)`
const getSql = 'SELECT id, created_at, used_at, metadata FROM conversations WHERE id = ? AND tenant = ? AND subject = ?'
const updateSql = 'UPDATE conversations SET metadata = ?1, used_at = ?2 WHERE id = ?3 AND tenant = ?4 AND subject = ?5'
const touchSql = 'UPDATE conversations SET used_at = ?1 WHERE id = ?2 AND tenant = ?3 AND subject = ?4'

const deleteSql = 'DELETE FROM conversations WHERE id = ? AND tenant = ? AND subject = ?'
const sweepSql = `
DELETE FROM conversations WHERE id IN (SELECT id FROM conversations WHERE used_at < ?1 ORDER BY used_at LIMIT ?2)`

const historySql = `
SELECT place, id, item FROM conversation_items WHERE conversation = ?1 AND place <= ?2 ORDER BY place`
const ofConversation = 'tenant = ? AND subject = ? AND id = ? AND conversation = ?'
const itemSql = `SELECT place, id, item FROM conversation_items WHERE ${ofConversation}`
const deleteItemSql = `DELETE FROM conversation_items WHERE ${ofConversation}`
const addedSql = `
SELECT place, id, item FROM conversation_items
WHERE tenant = ?1 AND subject = ?2 AND id IN (SELECT value FROM json_each(?3)) AND conversation = ?4 ORDER BY place`
const holdingSql = `
SELECT place, id, item FROM conversation_items
WHERE tenant = ?1 AND subject = ?2 AND id IN (SELECT value FROM json_each(?3)) ORDER BY place`

const pageSql = {
  asc: 'SELECT id, item FROM conversation_items WHERE conversation = ? AND place > ? ORDER BY place LIMIT ?',
  desc: 'SELECT id, item FROM conversation_items WHERE conversation = ? AND place < ? ORDER BY place DESC LIMIT ?',
}

export function conversationStore(reader: Connection, writer: Writer, clock: Clock): ConversationStore {
  const find = (owner: Owner, id: string) => reader.statement(getSql).get(bind([id, owner.tenant, owner.subject]))
  const findItem = (owner: Owner, id: string, itemId: string) =>
    reader.statement(itemSql).get(bind([owner.tenant, owner.subject, itemId, id]))
  const now = () => Math.floor(clock.now())

  const touch = ({ tenant, subject }: Owner, conversation: Row) => {
    if (number(conversation, 'used_at') > now() - markLag) return
    // A mark that is lost is made again by the next reader.
    writer.write([change(touchSql, [now(), text(conversation, 'id'), tenant, subject])]).catch(() => undefined)
  }

  const startOf = (owner: Owner, id: string, { order, after }: PageQuery): number | undefined => {
    if (after === undefined) return order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER
    const last = findItem(owner, id, after)
    return last && number(last, 'place')
  }

  return {
    async create({ id, owner, createdAt, metadata }, items) {
      const values = [id, owner.tenant, owner.subject, Math.floor(createdAt), JSON.stringify(metadata)]
      await writer.write([change(createSql, values), ...appendChanges(owner, { conversation: id, items }, createdAt)])
    },
    async get(owner, id) {
      const row = find(owner, id)
      return row && storedConversation(owner, row)
    },
    async update(owner, id, metadata) {
      const values = [JSON.stringify(metadata), now(), id, owner.tenant, owner.subject]
      const [changed] = await writer.write([change(updateSql, values)])
      return changed === 1
    },
    async delete(owner, id) {
      const [changed] = await writer.write([change(deleteSql, [id, owner.tenant, owner.subject])])
      return changed === 1
    },
    async append(owner, id, items) {
      const [added = 0, known] = await writer.write(appendChanges(owner, { conversation: id, items }, now()))
      if (known !== 1) return undefined
      const ids = idList(items.flatMap((item) => [item.id, item.spare]))
      const rows = reader.statement(addedSql).all(bind([owner.tenant, owner.subject, ids, id]))
      // An item that had one of these ids before stands before those that were added.
      return rows.slice(Math.max(0, rows.length - added)).map(conversationItem)
    },
    async page(owner, id, query) {
      const start = find(owner, id) && startOf(owner, id, query)
      if (start === undefined) return undefined
      return reader
        .statement(pageSql[query.order])
        .all(bind([id, start, query.limit]))
        .map(conversationItem)
    },
    async item(owner, id, itemId) {
      const row = findItem(owner, id, itemId)
      return row && conversationItem(row)
    },
    async deleteItem(owner, id, itemId) {
      const [changed] = await writer.write([change(deleteItemSql, [owner.tenant, owner.subject, itemId, id])])
      return changed === 1
    },
    async history(owner, id, place = Number.MAX_SAFE_INTEGER) {
      const conversation = find(owner, id)
      if (!conversation) return undefined
      touch(owner, conversation)
      const rows = reader.statement(historySql).all(bind([id, place]))
      const last = rows.at(-1)
      return { items: rows.map(conversationItem), place: last ? number(last, 'place') : 0 }
    },
    async holding(owner, itemIds) {
      const rows = reader.statement(holdingSql).all(bind([owner.tenant, owner.subject, idList(itemIds)]))
      // The newest of an id comes last, and stays.
      return new Map(rows.map((row) => [text(row, 'id'), conversationItem(row)]))
    },
    async sweep(before, most) {
      const [swept = 0] = await writer.write([change(sweepSql, [Math.floor(before) - markLag, most])])
      return swept
    },
  }
}

function storedConversation(owner: Owner, row: Row): StoredConversation {
  const metadata = JSON.parse(text(row, 'metadata')) as StoredConversation['metadata'] // Written above, of this very type.
  return { id: text(row, 'id'), owner, createdAt: number(row, 'created_at'), metadata }
}

const conversationItem = (row: Row): ConversationItem => ({ id: text(row, 'id'), item: text(row, 'item') })
