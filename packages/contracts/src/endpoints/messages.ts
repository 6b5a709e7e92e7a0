import { defineEndpoint } from '../endpoint.js'
import {
  messagesCountSchema,
  messagesEventSchema,
  messagesRequestSchema,
  messagesResponseSchema,
  messagesTokensSchema,
} from '../inference/messages/schema.js'
import { journeyErrors } from './journey-errors.js'

export const messages = {
  create: defineEndpoint({
    method: 'POST',
    path: '/messages',
    mount: 'inference',
    access: 'caller',
    summary: "Answer messages in Anthropic's language, with any model of any provider",
    body: messagesRequestSchema,
    output: messagesResponseSchema,
    event: messagesEventSchema,
    terminal: ['message_stop'],
    errors: journeyErrors,
    journey: true,
    idempotent: true,
  }),
  countTokens: defineEndpoint({
    method: 'POST',
    path: '/messages/count_tokens',
    mount: 'inference',
    access: 'caller',
    summary: 'How many tokens messages would give a model to read',
    body: messagesCountSchema,
    output: messagesTokensSchema,
    errors: journeyErrors,
  }),
}
