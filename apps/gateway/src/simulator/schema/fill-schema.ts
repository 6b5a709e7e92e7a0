import type { JsonSchema } from '@weir/contracts'
import { fillArray } from './fill-array.js'
import { fillNumber } from './fill-number.js'
import { fillObject } from './fill-object.js'
import { fillString } from './fill-string.js'
import { isSchema, merged, sizeOf, type Spend } from './merge.js'

/** A value that fits, or `undefined` where none was found. `nth` asks for distinct values, from 0. */
export type Fill = (schema: unknown, nth: number) => unknown

// Schemas come from callers: one that doubles at each reference or nests without end must not hold up the process.
const mostValues = 5_000
const deepest = 100
/** Entries of schemas that are read and copied on the way, and characters that are written. */
const mostEntries = 500_000

/**
 * A small value that fits a JSON Schema, always the same for the same schema; `undefined` where there is none or it is not
 * found. Known are types, enum, const, allOf, anyOf, oneOf (the first that works), local $ref, and the bounds of objects,
 * arrays, strings and numbers; not `not`, `if`, `pattern`, `contains` and `dependent…`, which are passed over.
 */
export function fillSchema(root: JsonSchema): unknown {
  const within = new Set<string>()
  let values = 0
  let depth = 0
  let left = mostEntries
  const spend: Spend = (entries) => (left -= entries) >= 0

  function fill(schema: unknown, nth: number): unknown {
    if (schema === false || ++values > mostValues || depth >= deepest) return undefined
    if (!isSchema(schema)) return fillString({}, nth)
    if (!spend(1) || !spend(sizeOf(schema))) return undefined
    depth++
    const value = settle(schema, nth)
    depth--
    return typeof value !== 'string' || spend(value.length) ? value : undefined
  }

  function settle(schema: JsonSchema, nth: number): unknown {
    const { $ref: reference, allOf, anyOf, oneOf, ...rest } = schema
    if (typeof reference === 'string') {
      // A value inside which the same definition stands again is never the smallest: another branch ends it.
      if (within.has(reference)) return undefined
      const target = resolve(root, reference)
      if (target === undefined) return undefined
      within.add(reference)
      const value = fill(merged([target, without(schema, '$ref')], spend), nth)
      within.delete(reference)
      return value
    }
    if (Array.isArray(allOf)) return fill(merged([without(schema, 'allOf'), ...allOf.map(opened)], spend), nth)
    for (const [name, branches] of Object.entries({ anyOf, oneOf })) {
      if (!Array.isArray(branches) || branches.length === 0) continue
      const others = without(schema, name)
      return first(branches, (branch) => fill(merged([others, branch], spend), nth))
    }
    return fillPlain(rest, nth, fill)
  }

  /** Two references cannot stand in one schema: where schemas are merged, what is referred to stands itself. */
  function opened(branch: unknown): unknown {
    if (!isSchema(branch) || typeof branch['$ref'] !== 'string') return branch
    return merged([resolve(root, branch['$ref']) ?? false, without(branch, '$ref')], spend)
  }

  return fill(root, 0)
}

function fillPlain(schema: JsonSchema, nth: number, fill: Fill): unknown {
  if ('const' in schema) return nth === 0 ? schema['const'] : undefined
  if (Array.isArray(schema['enum'])) return schema['enum'].filter((value) => isOf(typesOf(schema), value))[nth]
  const types = schema['type'] === undefined ? [impliedType(schema)] : typesOf(schema)
  const [nulls, others] = [types.filter((type) => type === 'null'), types.filter((type) => type !== 'null')]
  return first([...others, ...nulls], (type) => fillType(type, schema, nth, fill))
}

function fillType(type: string, schema: JsonSchema, nth: number, fill: Fill): unknown {
  switch (type) {
    case 'object':
      return fillObject(schema, nth, fill)
    case 'array':
      return fillArray(schema, nth, fill)
    case 'number':
    case 'integer':
      return fillNumber(schema, type, nth)
    case 'boolean':
      return nth < 2 ? nth === 0 : undefined
    case 'null':
      return nth === 0 ? null : undefined
    default:
      return fillString(schema, nth)
  }
}

function typesOf({ type }: JsonSchema): readonly string[] {
  return Array.isArray(type) ? type : typeof type === 'string' ? [type] : []
}

function isOf(types: readonly string[], value: unknown): boolean {
  if (types.length === 0) return true
  if (value === null) return types.includes('null')
  if (Array.isArray(value)) return types.includes('array')
  if (typeof value === 'number') return types.includes('number') || (types.includes('integer') && Number.isInteger(value))
  return types.includes(typeof value)
}

function impliedType(schema: JsonSchema): string {
  const says = (...names: string[]): boolean => names.some((name) => name in schema)
  if (says('properties', 'required', 'additionalProperties', 'minProperties')) return 'object'
  if (says('items', 'prefixItems', 'minItems')) return 'array'
  if (says('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return 'number'
  return 'string'
}

/** What a local reference such as `#/$defs/address` points to. */
function resolve(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  let found: unknown = root
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

function without(schema: JsonSchema, name: string): JsonSchema {
  const { [name]: _, ...rest } = schema
  return rest
}

function first<T>(choices: readonly T[], fill: (choice: T) => unknown): unknown {
  for (const choice of choices) {
    const value = fill(choice)
    if (value !== undefined) return value
  }
  return undefined
}
