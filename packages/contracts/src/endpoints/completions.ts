import { defineEndpoint } from '../endpoint.js'
import { completionSchema, completionsRequestSchema } from '../inference/completions/schema.js'
import { journeyErrors } from './journey-errors.js'

export const completions = {
  create: defineEndpoint({
    method: 'POST',
    path: '/completions',
    mount: 'inference',
    access: 'caller',
    summary: 'Complete a text, with any model of any provider',
    body: completionsRequestSchema,
    output: completionSchema,
    event: completionSchema,
    terminal: ['[DONE]'],
    errors: journeyErrors,
    journey: true,
    idempotent: true,
  }),
}
