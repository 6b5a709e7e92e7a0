/** The same document without keys whose value is an empty list: the two mean the same, whatever the key. */
export function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([, field]) => !(Array.isArray(field) && field.length === 0))
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutEmptyLists(field)]))
}
