import { createHash } from 'node:crypto'

/** What was asked, in 43 characters: the same for two bodies that differ in the order of their fields only. */
export const fingerprint = (body: unknown): string => createHash('sha256').update(canonical(body)).digest('base64url')

/** JSON with the keys of each object in order. A body is JSON that was read, so nothing else is in it. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`
}
