import type { JsonSchema } from '@weir/contracts'

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mostBranches = 64

/** One schema that asks for all that these ask. Where two speak of the same thing the narrower wins, or else the later. */
export function merged(schemas: readonly unknown[]): JsonSchema | false {
  let all: JsonSchema = {}
  for (const schema of schemas) {
    if (schema === false) return false
    if (isSchema(schema)) all = Object.fromEntries([...Object.entries(all), ...narrowed(all, schema)])
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
      return list(one).filter((value) => list(other).some((also) => JSON.stringify(also) === JSON.stringify(value)))
    case 'type':
      return commonTypes(list(one), list(other))
    case 'anyOf':
    case 'oneOf':
      return list(one)
        .flatMap((first) => list(other).map((second) => ({ allOf: [first, second] })))
        .slice(0, mostBranches)
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

/** An integer is a number. */
function commonTypes(one: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const common = one.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number')))
  return one.includes('number') && other.includes('integer') && !common.includes('integer') ? [...common, 'integer'] : common
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
