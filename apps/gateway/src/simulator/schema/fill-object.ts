import type { JsonSchema } from '@weir/contracts'
import type { Fill } from './fill-schema.js'
import { isSchema } from './merge.js'

/** Names for properties that must be there and are not named. */
const invented = Array.from({ length: 100 }, (_, place) => `property${place + 1}`)

/** An object with the properties that are required, and with more only where it must have more. */
export function fillObject(schema: JsonSchema, nth: number, fill: Fill): object | undefined {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const rest = schema['additionalProperties']
  const names = new Set(Array.isArray(schema['required']) ? schema['required'].filter((name) => typeof name === 'string') : [])
  // To differ from another object, an object must have something in it.
  const least = Math.max(typeof schema['minProperties'] === 'number' ? schema['minProperties'] : 0, Math.min(nth, 1))
  const spare = [...Object.keys(properties), ...(rest === false ? [] : invented)].filter((name) => !names.has(name))
  for (const name of spare.slice(0, Math.max(0, least - names.size))) names.add(name)
  if (names.size < least) return undefined

  const entries: [string, unknown][] = []
  // Two objects differ when one of their values does.
  let differs = nth === 0
  for (const name of names) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : rest
    const other = differs ? undefined : fill(rule, nth)
    const value = other === undefined ? fill(rule, 0) : other
    if (value === undefined) return undefined
    differs ||= other !== undefined
    entries.push([name, value])
  }
  return differs ? Object.fromEntries(entries) : undefined
}
