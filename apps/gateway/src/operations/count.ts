import { inputTokensRequestSchema } from '@weir/contracts'
import { responsesIngress } from './dialects/responses.js'
import { generate } from './generate.js'
import type { Operation } from './operation.js'

/** What a model would be given to read. Nothing is asked of it. */
export const count: Operation = {
  ...generate,
  name: 'count',
  ingress: { responses: { ...responsesIngress, schema: inputTokensRequestSchema } },
}
