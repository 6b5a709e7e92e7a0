import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import {
  compactedResponseSchema,
  compactRequestSchema,
  inputTokensRequestSchema,
  inputTokensSchema,
} from '../inference/responses/context-schema.js'
import {
  deletedResponseSchema,
  inputItemListSchema,
  responseObjectSchema,
  responsesEventSchema,
  responsesRequestSchema,
} from '../inference/responses/schema.js'
import { includeShape } from '../resources/include.js'
import { orderedPageShape } from '../resources/list.js'
import { journeyErrors } from './journey-errors.js'

const params = z.object({ id: z.string().min(1) })

/** A cancelled response ends as `response.incomplete`, with the status `cancelled`. */
const terminal = ['response.completed', 'response.failed', 'response.incomplete'] as const

export const responses = {
  create: defineEndpoint({
    method: 'POST',
    path: '/responses',
    mount: 'inference',
    access: 'caller',
    summary: 'Answer, with any model of any provider',
    body: responsesRequestSchema,
    output: responseObjectSchema,
    event: responsesEventSchema,
    terminal,
    errors: [...journeyErrors, 'not_found', 'previous_response_not_found'],
    journey: true,
    idempotent: true,
  }),
  get: defineEndpoint({
    method: 'GET',
    path: '/responses/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'A stored response',
    params,
    query: z.object({
      ...includeShape,
      stream: z.exactOptional(z.enum(['true', 'false'])),
      starting_after: z.exactOptional(
        z.coerce.number<number>().int().min(0).meta({
          description: 'With stream: the number of the last event seen. Those after it follow.',
        }),
      ),
      include_obfuscation: z.exactOptional(
        z.enum(['true', 'false']).meta({ description: 'Taken for the sake of clients that send it; nothing is padded here.' }),
      ),
    }),
    output: responseObjectSchema,
    event: responsesEventSchema,
    // Whoever has seen the last event is told only that there is no more.
    terminal: [...terminal, '[DONE]'],
    errors: ['invalid_value', 'invalid_api_key', 'not_found', 'unavailable'],
  }),
  cancel: defineEndpoint({
    method: 'POST',
    path: '/responses/{id}/cancel',
    mount: 'inference',
    access: 'caller',
    summary: 'Stop a background response; one that has ended stays as it is',
    params,
    output: responseObjectSchema,
    errors: ['invalid_value', 'invalid_api_key', 'not_found', 'unavailable'],
  }),
  delete: defineEndpoint({
    method: 'DELETE',
    path: '/responses/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'Delete a stored response',
    params,
    output: deletedResponseSchema,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
  inputItems: defineEndpoint({
    method: 'GET',
    path: '/responses/{id}/input_items',
    mount: 'inference',
    access: 'caller',
    summary: 'The items that a stored response was given',
    params,
    query: z.object({ ...orderedPageShape, ...includeShape }),
    output: inputItemListSchema,
    errors: ['invalid_value', 'invalid_api_key', 'not_found', 'unavailable'],
  }),
  inputTokens: defineEndpoint({
    method: 'POST',
    path: '/responses/input_tokens',
    mount: 'inference',
    access: 'caller',
    summary: 'How many tokens a request would give a model to read',
    body: inputTokensRequestSchema,
    output: inputTokensSchema,
    errors: [...journeyErrors, 'not_found', 'previous_response_not_found'],
  }),
  compact: defineEndpoint({
    method: 'POST',
    path: '/responses/compact',
    mount: 'inference',
    access: 'caller',
    summary: 'Make a conversation short: its user messages, and a sealed summary by the model',
    body: compactRequestSchema,
    output: compactedResponseSchema,
    errors: [...journeyErrors, 'not_found', 'previous_response_not_found'],
    idempotent: true,
  }),
}
