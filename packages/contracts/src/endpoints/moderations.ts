import { defineEndpoint } from '../endpoint.js'
import { moderationsRequestSchema, moderationsResponseSchema } from '../inference/moderations/schema.js'
import { plainErrors } from './journey-errors.js'

export const moderations = {
  create: defineEndpoint({
    method: 'POST',
    path: '/moderations',
    mount: 'inference',
    access: 'caller',
    summary: 'Judge whether texts and images may do harm, with any model that does',
    body: moderationsRequestSchema,
    output: moderationsResponseSchema,
    errors: plainErrors,
    journey: true,
  }),
}
