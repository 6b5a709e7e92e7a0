import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import { pageShape } from '../resources/list.js'
import { requestRecordListSchema, requestRecordSchema } from '../resources/request-record.js'

export const requests = {
  list: defineEndpoint({
    method: 'GET',
    path: '/requests',
    mount: 'control',
    access: 'caller',
    summary: 'The record of past requests, newest first',
    query: z.object({
      ...pageShape,
      label: z.exactOptional(z.string().min(1).meta({ description: 'The x-request-id that the caller sent.' })),
    }),
    output: requestRecordListSchema,
    errors: ['invalid_value', 'invalid_api_key', 'unavailable'],
  }),
  get: defineEndpoint({
    method: 'GET',
    path: '/requests/{id}',
    mount: 'control',
    access: 'caller',
    summary: 'The record of one request',
    params: z.object({ id: z.string().min(1) }),
    output: requestRecordSchema,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
}
