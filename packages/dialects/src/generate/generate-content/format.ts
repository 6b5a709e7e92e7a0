import type { generateContent as wire } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { Format } from '../canonical/request.js'
import { isRecord, isString, type Loose, type Taking } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { jsonSchemaOf } from './json-schema.js'

const json = 'application/json'
const plain = 'text/plain'

/** What a schema is called where it has no title that would do as a name. */
const unnamed = 'answer'
const nameLike = /^[a-zA-Z0-9_-]{1,64}$/

/** The format of an answer out of the configuration. What is not understood stays there. */
export function takeFormat({ take, rest }: Taking): Format | undefined {
  const mimeType = rest.responseMimeType
  if (mimeType === plain) {
    take('responseMimeType', isString)
    return { type: 'text' }
  }
  if (mimeType !== json) return undefined
  take('responseMimeType', isString)
  const schema = take('responseJsonSchema', isRecord) ?? googleSchema(take('responseSchema', isRecord))
  return schema ? { type: 'json-schema', name: nameOf(schema), schema } : { type: 'json' }
}

const googleSchema = (schema: Loose | undefined): Loose | undefined => schema && jsonSchemaOf(schema)

const nameOf = ({ title }: Loose): string => (isString(title) && nameLike.test(title) ? title : unnamed)

export function encodeFormat(format: Format | undefined, losses: Loss[]): wire.GenerationConfig {
  if (!format) return {}
  if (format.type !== 'json-schema') return { responseMimeType: format.type === 'json' ? json : plain }
  const { name, schema, strict, description } = format
  if (name !== nameOf(schema)) losses.push(approximated('format.name', 'A schema goes without a name.'))
  if (description !== undefined) losses.push(dropped('format.description', 'A schema goes without a description beside it.'))
  if (strict === false) losses.push(approximated('format.strict', 'The model is always held to a schema.'))
  return { responseMimeType: json, responseJsonSchema: schema }
}
