import type { Appended } from '../../ports/conversation-store.js'
import type { Owner } from '../../ports/owner.js'
import { rowList } from './bind.js'
import { change, type Change } from './writer.js'

// One statement, so that what is added together stands together. An id that is taken there gives way to the spare one. `?5` is
// the response that brings the items: nothing is added for one that was refused.
const appendSql = `
INSERT INTO conversation_items (conversation, tenant, subject, id, item)
SELECT ?1, ?2, ?3, CASE WHEN EXISTS (
    SELECT 1 FROM conversation_items AS there
    WHERE there.tenant = ?2 AND there.subject = ?3 AND there.id = json_extract(value, '$[0]') AND there.conversation = ?1
  ) THEN json_extract(value, '$[1]') ELSE json_extract(value, '$[0]') END, json_extract(value, '$[2]')
FROM json_each(?4)
WHERE EXISTS (SELECT 1 FROM conversations WHERE id = ?1 AND tenant = ?2 AND subject = ?3)
  AND (?5 IS NULL OR EXISTS (SELECT 1 FROM responses WHERE id = ?5 AND tenant = ?2 AND subject = ?3))
ORDER BY key`

const usedSql = 'UPDATE conversations SET used_at = max(used_at, ?1) WHERE id = ?2 AND tenant = ?3 AND subject = ?4'

/** Adds items at the end of a conversation and marks it as used. Nothing where it is unknown to this owner. */
export function appendChanges(
  { tenant, subject }: Owner,
  { conversation, items }: Appended,
  now: number,
  response: string | null = null,
): readonly [Change, Change] {
  const rows = rowList(items.map(({ id, spare, item }) => [id, spare, item]))
  return [
    change(appendSql, [conversation, tenant, subject, rows, response]),
    change(usedSql, [Math.floor(now), conversation, tenant, subject]),
  ]
}
