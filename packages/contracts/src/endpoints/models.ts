import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import { modelListSchema, modelSchema } from '../resources/model.js'

export const models = {
  list: defineEndpoint({
    method: 'GET',
    path: '/models',
    mount: 'inference',
    access: 'caller',
    summary: 'The models that the caller may use',
    output: modelListSchema,
    errors: ['invalid_api_key'],
  }),
  get: defineEndpoint({
    method: 'GET',
    path: '/models/{id+}',
    mount: 'inference',
    access: 'caller',
    summary: 'One model',
    params: z.object({ id: z.string().min(1) }),
    output: modelSchema,
    errors: ['invalid_api_key', 'model_not_found'],
  }),
}
