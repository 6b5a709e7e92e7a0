import { firstIssue, GatewayError } from '@weir/contracts'
import type * as z from 'zod'

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
