import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import {
  countTokensRequestSchema,
  countTokensResponseSchema,
  generateContentRequestSchema,
  generateContentResponseSchema,
} from '../inference/generate-content/schema.js'
import { journeyErrors } from './journey-errors.js'

const params = z.object({ model: z.string().min(1) })

/** Where Google's clients put the key, if not in a header. */
const key = z.exactOptional(z.string())

export const generateContent = {
  create: defineEndpoint({
    method: 'POST',
    path: '/v1beta/models/{model+}:generateContent',
    aliases: [{ path: '/v1beta/models/{model+}:streamGenerateContent', says: { stream: true } }],
    mount: 'inference',
    access: 'caller',
    summary: "Generate content in Google's language, with any model of any provider",
    params,
    query: z.object({
      key,
      alt: z.exactOptional(
        z
          .enum(['json', 'sse'], { error: 'Expected sse, for a stream, or json, for a whole answer.' })
          .meta({ description: '`sse` with streamGenerateContent: it gives no other form.' }),
      ),
    }),
    body: generateContentRequestSchema,
    output: generateContentResponseSchema,
    event: generateContentResponseSchema,
    // Its stream ends with its connection.
    terminal: [],
    errors: journeyErrors,
    journey: true,
    idempotent: true,
  }),
  countTokens: defineEndpoint({
    method: 'POST',
    path: '/v1beta/models/{model+}:countTokens',
    mount: 'inference',
    access: 'caller',
    summary: 'How many tokens contents would give a model to read',
    params,
    query: z.object({ key }),
    body: countTokensRequestSchema,
    output: countTokensResponseSchema,
    errors: journeyErrors,
  }),
}
