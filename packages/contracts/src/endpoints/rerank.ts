import { defineEndpoint } from '../endpoint.js'
import { rerankRequestSchema, rerankResponseSchema } from '../inference/rerank/schema.js'
import { plainErrors } from './journey-errors.js'

export const rerank = {
  create: defineEndpoint({
    method: 'POST',
    path: '/rerank',
    aliases: [{ path: '/v2/rerank' }],
    mount: 'inference',
    access: 'caller',
    summary: 'Put documents in the order in which they answer a query, with any model that does',
    body: rerankRequestSchema,
    output: rerankResponseSchema,
    errors: plainErrors,
    journey: true,
  }),
}
