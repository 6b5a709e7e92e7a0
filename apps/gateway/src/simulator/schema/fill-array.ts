import type { JsonSchema } from '@weir/contracts'
import type { Fill } from './fill-schema.js'

const longest = 1_000

/** An array of as few elements as are allowed, all different where they must be. */
export function fillArray(schema: JsonSchema, nth: number, fill: Fill): readonly unknown[] | undefined {
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0
  const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : longest
  // The nth array differs from the others by its length, or else by its first element.
  const length = Math.min(least + nth, most)
  if (length < least || length > longest) return undefined
  if (nth > 0 && length === 0) return undefined
  const variant = nth > 0 && length < least + nth ? nth : 0

  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
  const values: unknown[] = []
  for (let place = 0; place < length; place++) {
    const rule: unknown = place < first.length ? first[place] : schema['items']
    const value = schema['uniqueItems'] === true ? unlike(values, rule, variant, fill) : fill(rule, place === 0 ? variant : 0)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

function unlike(values: readonly unknown[], rule: unknown, variant: number, fill: Fill): unknown {
  const known = new Set(values.map((value) => JSON.stringify(value)))
  for (let nth = variant; nth <= values.length + variant; nth++) {
    const value = fill(rule, nth)
    if (value !== undefined && !known.has(JSON.stringify(value))) return value
  }
  return undefined
}
