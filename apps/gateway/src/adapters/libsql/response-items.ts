import type { Owner } from '../../ports/owner.js'
import type { Beside } from '../../ports/response-store.js'
import { bind, idList, rowList } from './bind.js'
import type { Connection } from './connection.js'
import { text } from './row.js'
import { change, type Change } from './writer.js'

// One statement over one text, since binding row by row costs many times as much. Nothing is written beside a response that
// was refused.
const insertSql = `
INSERT INTO response_items (response, tenant, subject, id, made)
SELECT ?1, ?2, ?3, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?4)
WHERE EXISTS (SELECT 1 FROM responses WHERE id = ?1 AND tenant = ?2 AND subject = ?3)
ON CONFLICT (response, id) DO UPDATE SET made = max(made, excluded.made)`

// What a response made stands before what it was merely given: only there does a replay token stay when it is sent back without.
const holdingSql = `
SELECT wanted.value AS id, (
  SELECT response FROM response_items WHERE tenant = ?1 AND subject = ?2 AND id = wanted.value
  ORDER BY made DESC, response DESC LIMIT 1
) AS response
FROM json_each(?3) AS wanted WHERE response IS NOT NULL`

/** Makes the items of a response known by their ids; nothing where it has none. */
export function itemChanges(response: string, owner: Owner, { given, made }: Beside): Change[] {
  const rows = new Map<string, number>()
  for (const id of given) rows.set(id, 0)
  for (const id of made) rows.set(id, 1)
  if (rows.size === 0) return []
  return [change(insertSql, [response, owner.tenant, owner.subject, rowList([...rows])])]
}

/** The id of the response that holds each item, by item id. */
export function responsesHolding(reader: Connection, owner: Owner, itemIds: readonly string[]): ReadonlyMap<string, string> {
  const rows = reader.statement(holdingSql).all(bind([owner.tenant, owner.subject, idList(itemIds)]))
  return new Map(rows.map((row) => [text(row, 'id'), text(row, 'response')]))
}
