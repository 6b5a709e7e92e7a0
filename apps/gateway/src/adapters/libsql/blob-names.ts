import type { BlobNames } from '../../ports/blobs.js'
import { bind, idList } from './bind.js'
import type { Connection } from './connection.js'
import { text } from './row.js'

const namedSql = `
SELECT value AS hash FROM json_each(?1)
WHERE EXISTS (SELECT 1 FROM files WHERE files.hash = value) OR EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = value)`

export function blobNames(reader: Connection): BlobNames {
  return {
    async named(hashes) {
      const rows = reader.statement(namedSql).all(bind([idList(hashes)]))
      return new Set(rows.map((row) => text(row, 'hash')))
    },
  }
}
