import type { Clock } from '../../ports/clock.js'
import type { FileStore, StoredFile } from '../../ports/files.js'
import type { Owner } from '../../ports/owner.js'
import { bind, idList } from './bind.js'
import type { Connection } from './connection.js'
import { number, numberOrNull, text, type Row } from './row.js'
import { change, type Writer } from './writer.js'

const columns = 'id, created_at, expires_at, filename, purpose, media_type, bytes, hash'

const putSql = `INSERT INTO files (tenant, subject, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// ?1 and ?2 are the owner, ?3 is now: an expired file is there until it is swept, and nobody sees it.
const visible = 'tenant = ?1 AND subject = ?2 AND (expires_at IS NULL OR expires_at > ?3)'

const findSql = `SELECT ${columns} FROM files WHERE ${visible} AND id IN (SELECT value FROM json_each(?4))`

const listSql = (order: 'ASC' | 'DESC', beyond: '>' | '<'): string => `
SELECT ${columns} FROM files WHERE ${visible} AND (?4 IS NULL OR purpose = ?4)
  AND (?5 IS NULL OR (created_at, id) ${beyond} (SELECT created_at, id FROM files WHERE id = ?5 AND tenant = ?1 AND subject = ?2))
ORDER BY created_at ${order}, id ${order} LIMIT ?6`

const lists = { asc: listSql('ASC', '>'), desc: listSql('DESC', '<') }

const deleteSql = 'DELETE FROM files WHERE id = ? AND tenant = ? AND subject = ?'

const sweepSql = 'DELETE FROM files WHERE id IN (SELECT id FROM files WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)'

export function fileStore(reader: Connection, writer: Writer, clock: Clock): FileStore {
  const now = (): number => Math.floor(clock.now())

  const find = (owner: Owner, ids: readonly string[]): ReadonlyMap<string, StoredFile> => {
    const rows = reader.statement(findSql).all(bind([owner.tenant, owner.subject, now(), idList(ids)]))
    return new Map(rows.map((row) => [text(row, 'id'), storedFile(owner, row)]))
  }

  return {
    async put({ id, owner, createdAt, expiresAt, filename, purpose, mediaType, bytes, hash }) {
      const values = [owner.tenant, owner.subject, id, createdAt, expiresAt, filename, purpose, mediaType, bytes, hash]
      await writer.write([change(putSql, values)])
    },
    async get(owner, id) {
      return find(owner, [id]).get(id)
    },
    async find(owner, ids) {
      return find(owner, ids)
    },
    async list(owner, { limit, order, after, purpose }) {
      const values = [owner.tenant, owner.subject, now(), purpose ?? null, after ?? null, limit]
      const rows = reader.statement(lists[order]).all(bind(values))
      return rows.map((row) => storedFile(owner, row))
    },
    async delete(owner, id) {
      const file = find(owner, [id]).get(id)
      if (!file) return undefined
      const [changed] = await writer.write([change(deleteSql, [id, owner.tenant, owner.subject])])
      return changed === 1 ? file : undefined
    },
    async sweep(_, most) {
      const [deleted] = await writer.write([change(sweepSql, [now(), most])])
      return deleted ?? 0
    },
  }
}

function storedFile({ tenant, subject }: Owner, row: Row): StoredFile {
  return {
    id: text(row, 'id'),
    owner: { tenant, subject },
    createdAt: number(row, 'created_at'),
    expiresAt: numberOrNull(row, 'expires_at'),
    filename: text(row, 'filename'),
    purpose: text(row, 'purpose'),
    mediaType: text(row, 'media_type'),
    bytes: number(row, 'bytes'),
    hash: text(row, 'hash'),
  }
}
