import { inputTokensRequestSchema, messagesCountSchema } from '@weir/contracts'
import { messagesIngress } from './dialects/messages.js'
import { responsesIngress } from './dialects/responses.js'
import { generate } from './generate.js'
import type { TurnOperation } from './operation.js'

/** What a model would be given to read. Nothing is asked of it. */
export const count: TurnOperation = {
  ...generate,
  name: 'count',
  ingress: {
    ...generate.ingress,
    responses: { ...responsesIngress, schema: inputTokensRequestSchema },
    messages: { ...messagesIngress, schema: messagesCountSchema },
  },
}
