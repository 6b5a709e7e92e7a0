import type { JsonSchema } from '@weir/contracts'
import { isRecord, isString, isList, type Loose } from '../narrow.js'
import { camelCased } from './fields.js'

/** Limits that are 64-bit numbers, which the JSON of protocol buffers writes as text. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/**
 * Google's own schemas, a part of OpenAPI's, as JSON Schema: types in small letters, `nullable` as one more type. Whatever else a
 * schema says means the same in both, or is kept.
 */
export function jsonSchemaOf(wire: Loose): JsonSchema {
  const schema: Loose = {}
  const { nullable, ...fields } = camelCased(wire)
  for (const [field, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue
    if (field === 'type' && isString(value)) schema.type = value.toLowerCase()
    else if (field === 'properties' && isRecord(value)) schema.properties = mapped(value)
    else if (field === 'items' && isRecord(value)) schema.items = jsonSchemaOf(value)
    else if (field === 'anyOf' && isList(value)) schema.anyOf = value.map((each) => (isRecord(each) ? jsonSchemaOf(each) : each))
    else if (counts.has(field) && isString(value) && value !== '') schema[field] = Number(value)
    else schema[field] = value
  }
  if (nullable === true) schema.type = isString(schema.type) ? [schema.type, 'null'] : ['null']
  return schema
}

/** The names of properties are the caller's own. */
function mapped(properties: Loose): Loose {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, isRecord(schema) ? jsonSchemaOf(schema) : schema]),
  )
}
