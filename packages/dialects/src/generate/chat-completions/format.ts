import type { chat } from '@weir/contracts'
import type { Format } from '../canonical/request.js'
import { isBoolean, isRecord, isString, known, taking, type Loose } from '../narrow.js'

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
  const schema = inner.take('schema', isRecord) ?? {}
  const facts = known({ strict: inner.take('strict', isBoolean), description: inner.take('description', isString) })
  const beside = Object.keys(inner.rest).length > 0 ? { ...rest, json_schema: inner.rest } : rest
  return { format: { type: 'json-schema', name, schema, ...facts }, ...left(beside) }
}

const left = (rest: Loose): { rest?: Loose } => (Object.keys(rest).length > 0 ? { rest } : {})

export function encodeFormat(format: Format): chat.ResponseFormat {
  switch (format.type) {
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema': {
      const { name, schema, strict, description } = format
      return { type: 'json_schema', json_schema: known({ name, schema, strict, description }) }
    }
    default:
      return format satisfies never
  }
}
