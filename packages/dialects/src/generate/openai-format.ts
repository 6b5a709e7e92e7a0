import type { Format } from './canonical/request.js'
import { isBoolean, isRecord, isString, known, type Known, type Taking } from './narrow.js'

type SchemaFormat = Extract<Format, { type: 'json-schema' }>
type Facts = Omit<SchemaFormat, 'type'>

/** What both OpenAI dialects say of a schema; chat says it one level deeper. Its name is for the dialect to judge. */
export function takeSchemaFormat({ take }: Taking, name: string): SchemaFormat {
  return {
    type: 'json-schema',
    name,
    schema: take('schema', isRecord) ?? {},
    ...known({ strict: take('strict', isBoolean), description: take('description', isString) }),
  }
}

/** A format in the words of the OpenAI dialects; `nest` puts the facts of a schema where a dialect has them. */
export function encodeOpenAiFormat<Nested>(
  format: Format,
  nest: (facts: Known<Facts>) => Nested,
): { type: 'text' } | { type: 'json_object' } | ({ type: 'json_schema' } & Nested) {
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema': {
      const { type: _, ...facts } = format
      return { type: 'json_schema', ...nest(known(facts)) }
    }
    default:
      return format satisfies never
  }
}
