import { defineEndpoint } from '../endpoint.js'
import { embeddingsRequestSchema, embeddingsResponseSchema } from '../inference/embeddings/schema.js'
import { plainErrors } from './journey-errors.js'

export const embeddings = {
  create: defineEndpoint({
    method: 'POST',
    path: '/embeddings',
    mount: 'inference',
    access: 'caller',
    summary: 'Place texts in a space of meaning, with any model that does',
    body: embeddingsRequestSchema,
    output: embeddingsResponseSchema,
    errors: plainErrors,
    journey: true,
  }),
}
