import type { JsonSchema } from '@weir/contracts'

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mostBranches = 64

/** Takes so many entries from what may still be read; whether there were as many. */
export type Spend = (entries: number) => boolean

/** The entries of a schema, and of the lists and objects right in it: what it takes to copy it. */
export function sizeOf(schema: JsonSchema): number {
  let size = 0
  for (const value of Object.values(schema))
    size += 1 + (Array.isArray(value) ? value.length : isSchema(value) ? Object.keys(value).length : 0)
  return size
}

/**
 * One schema that asks for all that these ask. Where two speak of the same thing the narrower wins, or else the later. `false`
 * where nothing fits, or where it takes more than may be spent.
 */
export function merged(schemas: readonly unknown[], spend: Spend): JsonSchema | false {
  let all: JsonSchema = {}
  for (const schema of schemas) {
    if (schema === false) return false
    if (!isSchema(schema)) continue
    // To see what it would take, takes something too.
    if (!spend(1) || !spend(sizeOf(all) + sizeOf(schema))) return false
    all = Object.fromEntries([...Object.entries(all), ...narrowed(all, schema)])
  }
  return all
}

function narrowed(all: JsonSchema, schema: JsonSchema): [string, unknown][] {
  return Object.entries(schema).map(([name, value]) => [
    name,
    Object.hasOwn(all, name) ? narrower(name, all[name], value) : value,
  ])
}

function narrower(name: string, one: unknown, other: unknown): unknown {
  switch (name) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isSchema(one) && isSchema(other) ? mergedProperties(one, other) : other
    case 'required':
      return [...new Set([...list(one), ...list(other)])]
    case 'enum':
      return common(list(one), list(other))
    case 'type':
      return commonTypes(list(one), list(other))
    case 'anyOf':
    case 'oneOf':
      return pairs(list(one).slice(0, mostBranches), list(other).slice(0, mostBranches)).slice(0, mostBranches)
    case 'allOf':
      return [...list(one), ...list(other)]
    default:
      if (typeof one !== 'number' || typeof other !== 'number') return other
      return /^(min|exclusiveMin)/.test(name)
        ? Math.max(one, other)
        : /^(max|exclusiveMax)/.test(name)
          ? Math.min(one, other)
          : other
  }
}

function mergedProperties(one: JsonSchema, other: JsonSchema): JsonSchema {
  const entries = Object.entries(other).map(([name, schema]): [string, unknown] => [
    name,
    Object.hasOwn(one, name) ? { allOf: [one[name], schema] } : schema,
  ])
  return Object.fromEntries([...Object.entries(one), ...entries])
}

const pairs = (one: readonly unknown[], other: readonly unknown[]): object[] =>
  one.flatMap((first) => other.map((second) => ({ allOf: [first, second] })))

function common(one: readonly unknown[], other: readonly unknown[]): unknown[] {
  const known = new Set(other.map((value) => JSON.stringify(value)))
  return one.filter((value) => known.has(JSON.stringify(value)))
}

/** An integer is a number. */
function commonTypes(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const common = one.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number')))
  return one.includes('number') && other.includes('integer') && !common.includes('integer') ? [...common, 'integer'] : common
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
