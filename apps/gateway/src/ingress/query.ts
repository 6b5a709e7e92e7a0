import type * as z from 'zod'

/**
 * A query as its schema reads it. A list is written `include=a&include=b`, `include[]=a&include[]=b` or `include[0]=a`; what is
 * no list and comes twice is left as a list, which its schema refuses: it would mean one thing to us and another to the caller.
 */
export function readQuery(schema: z.ZodObject, query: string): Record<string, string | string[]> {
  const lists = new Set(Object.entries(schema.shape).flatMap(([name, field]) => (isList(field) ? [name] : [])))
  const values = new Map<string, string[]>()
  for (const [key, value] of new URLSearchParams(query)) {
    const name = key.replace(/\[\d*\]$/, '')
    const field = lists.has(name) ? name : key
    values.set(field, [...(values.get(field) ?? []), value])
  }
  return Object.fromEntries(
    [...values].map(([name, [first = '', ...more]]) => [name, lists.has(name) || more.length > 0 ? [first, ...more] : first]),
  )
}

/** Whether a field, behind its wrappers, is an array. */
function isList({ _zod }: z.core.$ZodType): boolean {
  // Only wrappers have an inner type.
  const { type, innerType } = _zod.def as z.core.$ZodTypeDef & { readonly innerType?: z.core.$ZodType }
  return type === 'array' || (innerType !== undefined && isList(innerType))
}
