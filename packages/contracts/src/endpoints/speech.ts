import { defineEndpoint } from '../endpoint.js'
import { speechRequestSchema } from '../inference/speech/schema.js'
import { bytesSchema } from '../resources/file.js'
import { plainErrors } from './journey-errors.js'

export const speech = {
  create: defineEndpoint({
    method: 'POST',
    path: '/audio/speech',
    mount: 'inference',
    access: 'caller',
    summary: 'Say a text aloud, with any model that does',
    body: speechRequestSchema,
    output: bytesSchema,
    bytes: true,
    errors: plainErrors,
    journey: true,
  }),
}
