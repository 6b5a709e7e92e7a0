import type { KeyStore, StoredKey } from '../../ports/key-store.js'
import { bind } from './bind.js'
import type { Connection } from './connection.js'
import { number, text, type Row } from './row.js'
import { change, type Writer } from './writer.js'

const putSql = 'INSERT INTO keys (id, tenant, subject, role, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)'
const findSql = 'SELECT id, tenant, subject, role, hash, created_at FROM keys WHERE hash = ?'
const countSql = 'SELECT count(*) AS count FROM keys'

export function keyStore(reader: Connection, writer: Writer): KeyStore {
  return {
    async put({ id, tenant, subject, role, hash, createdAt }) {
      await writer.write([change(putSql, [id, tenant, subject, role, hash, createdAt])])
    },
    async find(hash) {
      const row = reader.statement(findSql).get(bind([hash]))
      return row && storedKey(row)
    },
    async count() {
      const row = reader.statement(countSql).get(bind([]))
      return row ? number(row, 'count') : 0
    },
  }
}

function storedKey(row: Row): StoredKey {
  return {
    id: text(row, 'id'),
    tenant: text(row, 'tenant'),
    subject: text(row, 'subject'),
    // Written by `put` alone.
    role: text(row, 'role') as StoredKey['role'],
    hash: text(row, 'hash'),
    createdAt: number(row, 'created_at'),
  }
}
