import type { JsonSchema } from '@weir/contracts'
import type { Fill } from './fill-schema.js'
import { isSchema } from './merge.js'

/** An object with the properties that are required, and with more only where it must have more. */
export function fillObject(schema: JsonSchema, nth: number, fill: Fill): object | undefined {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const names = new Set(Array.isArray(schema['required']) ? schema['required'].filter((name) => typeof name === 'string') : [])
  const least = typeof schema['minProperties'] === 'number' ? Math.min(schema['minProperties'], 100) : 0
  const open = schema['additionalProperties'] !== false
  for (const name of Object.keys(properties)) if (names.size < least || (nth > 0 && names.size === 0)) names.add(name)
  for (let more = 1; open && (names.size < least || (nth > 0 && names.size === 0)); more++) names.add(`property${more}`)
  if (names.size < least) return undefined

  const entries: [string, unknown][] = []
  // Two objects differ when one of their values does.
  let differs = nth === 0
  for (const name of names) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties']
    const other = differs ? undefined : fill(rule, nth)
    const value = other === undefined ? fill(rule, 0) : other
    if (value === undefined) return undefined
    differs ||= other !== undefined
    entries.push([name, value])
  }
  return differs ? Object.fromEntries(entries) : undefined
}
