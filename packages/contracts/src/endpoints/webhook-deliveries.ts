import * as z from 'zod'
import { defineEndpoint } from '../endpoint.js'
import { pageShape } from '../resources/list.js'
import { webhookDeliveryListSchema, webhookDeliverySchema, webhookDeliveryStatuses } from '../resources/webhook-delivery.js'

export const webhookDeliveries = {
  list: defineEndpoint({
    method: 'GET',
    path: '/webhook-deliveries',
    mount: 'control',
    access: 'caller',
    summary: 'What was sent to webhooks, is to be sent, or was given up, newest first',
    query: z.object({ ...pageShape, status: z.exactOptional(z.enum(webhookDeliveryStatuses)) }),
    output: webhookDeliveryListSchema,
    errors: ['invalid_value', 'invalid_api_key', 'unavailable'],
  }),
  redeliver: defineEndpoint({
    method: 'POST',
    path: '/webhook-deliveries/{id}/redeliver',
    mount: 'control',
    access: 'caller',
    summary: 'Sends an event to its webhook again, whatever became of it, with attempts from the first',
    params: z.object({ id: z.string().min(1) }),
    output: webhookDeliverySchema,
    errors: ['invalid_api_key', 'not_found', 'unavailable'],
  }),
}
