import { inputTokensRequestSchema } from '@weir/contracts'
import { responsesIngress, type Operation } from './generate.js'

/** What a model would be given to read. Nothing is asked of it. */
export const count: Operation = {
  name: 'count',
  ingress: { responses: { ...responsesIngress, schema: inputTokensRequestSchema } },
}
