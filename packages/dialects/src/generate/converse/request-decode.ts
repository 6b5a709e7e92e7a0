import { GatewayError } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { Format, Generation } from '../canonical/request.js'
import {
  isBoolean,
  isList,
  isNumber,
  isRecord,
  isString,
  isStrings,
  known,
  leave,
  taking,
  type Loose,
  type Taking,
} from '../narrow.js'
import { objectOf } from '../tools/arguments.js'
import { decodeBlocks } from './blocks-decode.js'
import { takeToolConfig } from './tools.js'
import type { ConverseRequest } from './wire.js'

/** A request as what is asked. Throws a `GatewayError` that names the field where messages cannot be understood. */
export function decodeRequest(wire: ConverseRequest): Generation {
  const fields = taking(wire)
  const { take, rest } = fields
  const config = taking(take('inferenceConfig', isRecord) ?? {})
  const sampling = known({
    maxOutputTokens: config.take('maxTokens', isNumber),
    temperature: config.take('temperature', isNumber),
    topP: config.take('topP', isNumber),
    stop: config.take('stopSequences', isStrings),
  })
  leave(rest, 'inferenceConfig', config.rest)
  const { format, effort } = takeOutputConfig(fields)
  const tier = taking(take('serviceTier', isRecord) ?? {})
  const serviceTier = tier.take('type', isString)
  leave(rest, 'serviceTier', tier.rest)
  const { tools, toolChoice } = takeToolConfig(fields)
  return {
    model: take('model', isString) ?? '',
    items: decodeMessages(take('system', isList), take('messages', isList)),
    sampling,
    stream: take('stream', isBoolean) ?? false,
    state: {},
    ...known({ tools, toolChoice, format, reasoning: effort === undefined ? undefined : { effort }, serviceTier }),
    ...extrasOf('converse', rest),
  }
}

function decodeMessages(system: readonly unknown[] | undefined, messages: readonly unknown[] | undefined): Item[] {
  const items = system ? decodeBlocks(system, { role: 'system', turn: 0 }) : []
  const first = system ? 1 : 0
  for (const [index, message] of (messages ?? []).entries()) {
    const path = `messages[${index}]`
    if (!isRecord(message)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
    items.push(...decodeMessage(message, first + index, path))
  }
  return items
}

/** What a message has beside its role and its blocks stands with the first of its items. */
function decodeMessage(wire: Loose, turn: number, path: string): readonly Item[] {
  const { role, content, ...rest } = taking(wire).rest
  if (role !== 'user' && role !== 'assistant') return [{ type: 'foreign', dialect: 'converse', turn, wire }]
  if (!isList(content))
    throw new GatewayError('invalid_value', { param: `${path}.content`, message: `${path}.content must be a list of blocks.` })
  const [first, ...others] = decodeBlocks(content, { role, turn })
  if (!first || Object.keys(rest).length === 0) return first ? [first, ...others] : []
  const extras = { ...first.extras, converse: { ...first.extras?.converse, message: rest } }
  return [{ ...first, extras }, ...others]
}

function takeOutputConfig({ take, rest }: Taking): { format?: Format; effort?: string } {
  const given = taking(take('outputConfig', isRecord) ?? {})
  const effort = given.take('effort', isString)
  const format = decodeFormat(given.rest.textFormat)
  if (format) delete given.rest.textFormat
  leave(rest, 'outputConfig', given.rest)
  return known({ format, effort })
}

/** A format that is not understood to its last field is kept whole. */
function decodeFormat(wire: unknown): Format | undefined {
  if (!isRecord(wire) || wire.type !== 'json_schema' || !isRecord(wire.structure)) return undefined
  const { jsonSchema } = wire.structure
  const { take, rest } = taking(isRecord(jsonSchema) ? jsonSchema : {})
  const schema = objectOf(take('schema', isString) ?? '')
  const [name, description] = [take('name', isString), take('description', isString)]
  if (!schema || Object.keys(rest).length > 0) return undefined
  return { type: 'json-schema', name: name ?? 'answer', schema, ...known({ description }) }
}
