import type { chat } from '@weir/contracts'
import type { Format } from '../canonical/request.js'
import { isRecord, isString, taking, type Loose } from '../narrow.js'
import { encodeOpenAiFormat, takeSchemaFormat } from '../openai-format.js'

/** The format, and the part of the wire that it does not say, to be laid over it again. */
export function decodeFormat(wire: unknown): { format?: Format; rest?: Loose } {
  if (!isRecord(wire)) return {}
  const { take, rest } = taking(wire)
  const type = take('type', isString)
  if (type === 'text') return { format: { type: 'text' }, ...left(rest) }
  if (type === 'json_object') return { format: { type: 'json' }, ...left(rest) }
  const inner = taking(take('json_schema', isRecord) ?? {})
  const name = inner.take('name', isString)
  if (type !== 'json_schema' || name === undefined) return { rest: wire }
  const format = takeSchemaFormat(inner, name)
  const beside = Object.keys(inner.rest).length > 0 ? { ...rest, json_schema: inner.rest } : rest
  return { format, ...left(beside) }
}

const left = (rest: Loose): { rest?: Loose } => (Object.keys(rest).length > 0 ? { rest } : {})

export const encodeFormat = (format: Format): chat.ResponseFormat =>
  encodeOpenAiFormat(format, (facts) => ({ json_schema: facts }))
