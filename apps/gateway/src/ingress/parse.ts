import { firstIssue, GatewayError } from '@weir/contracts'
import type * as z from 'zod'
import { assertOneMeaning } from './one-meaning.js'

/** The value as its schema has it. Throws 400 that names the field and says what would be accepted. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message, missing } = firstIssue(result.error)
  throw new GatewayError(missing ? 'missing_required_parameter' : 'invalid_value', {
    message: `${path || 'The body'}: ${message}`,
    param: path || null,
  })
}

const noFields: ReadonlySet<string> = new Set()

/** A body as its schema has it: what is kept of it may be said to a model later, so it must mean one thing as well. */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  if (body !== null && typeof body === 'object') assertOneMeaning(body, noFields)
  return parse(schema, body)
}
