import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import {
  bytesSchema,
  deletedFileSchema,
  fileFormSchema,
  fileListSchema,
  filePurposeSchema,
  fileSchema,
} from '../resources/file.js'
import { pageShape } from '../resources/list.js'

const params = z.object({ id: z.string().min(1) })

export const files = {
  create: defineEndpoint({
    method: 'POST',
    path: '/files',
    mount: 'inference',
    access: 'caller',
    summary: 'Upload a file, to be named in requests by its id',
    form: fileFormSchema,
    output: fileSchema,
    errors: [
      'invalid_value',
      'missing_required_parameter',
      'unsupported_parameter',
      'invalid_api_key',
      'payload_too_large',
      'unsupported_media_type',
      'unavailable',
    ],
  }),
  list: defineEndpoint({
    method: 'GET',
    path: '/files',
    mount: 'inference',
    access: 'caller',
    summary: 'The files of the caller',
    query: z.object({
      ...pageShape,
      limit: z.coerce.number<number>().int().min(1).max(10_000).default(10_000),
      order: z.enum(['asc', 'desc']).default('desc'),
      purpose: z.exactOptional(filePurposeSchema),
    }),
    output: fileListSchema,
    errors: ['invalid_value', 'invalid_api_key', 'unavailable'],
  }),
  get: defineEndpoint({
    method: 'GET',
    path: '/files/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'What is known of a file',
    params,
    output: fileSchema,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
  content: defineEndpoint({
    method: 'GET',
    path: '/files/{id}/content',
    mount: 'inference',
    access: 'caller',
    summary: 'The content of a file, as it was uploaded',
    params,
    output: bytesSchema,
    bytes: true,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
  delete: defineEndpoint({
    method: 'DELETE',
    path: '/files/{id}',
    mount: 'inference',
    access: 'caller',
    summary: 'Delete a file',
    params,
    output: deletedFileSchema,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
}
