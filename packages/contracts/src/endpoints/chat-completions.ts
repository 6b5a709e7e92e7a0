import { defineEndpoint } from '../endpoint.js'
import {
  chatCompletionChunkSchema,
  chatCompletionSchema,
  chatCompletionsRequestSchema,
} from '../inference/chat-completions/schema.js'
import { journeyErrors } from './journey-errors.js'

export const chatCompletions = {
  create: defineEndpoint({
    method: 'POST',
    path: '/chat/completions',
    mount: 'inference',
    access: 'caller',
    summary: 'Complete a chat, with any model of any provider',
    body: chatCompletionsRequestSchema,
    output: chatCompletionSchema,
    event: chatCompletionChunkSchema,
    terminal: ['[DONE]'],
    errors: journeyErrors,
    journey: true,
    idempotent: true,
  }),
}
