// One event on its way to one webhook. Times are ISO 8601 in UTC with milliseconds.
import * as z from 'zod'
import { webhookEvents } from '../manifests/virtual-account.js'
import { listOf } from './list.js'

const time = z.iso.datetime({ precision: 3 })

export const webhookDeliveryStatuses = ['pending', 'delivered', 'failed'] as const

export const webhookDeliverySchema = z
  .object({
    id: z.string(),
    object: z.literal('webhook.delivery'),
    event_id: z.string().meta({ description: 'The same at every attempt and to every webhook; sent as webhook-id.' }),
    type: z.enum(webhookEvents),
    url: z.string().meta({ description: 'Where it goes, without its query.' }),
    subject: z.string().meta({ description: 'The virtual account whose response it tells of.' }),
    response_id: z.string(),
    status: z.enum(webhookDeliveryStatuses).meta({ description: 'failed: given up, until it is sent again by hand.' }),
    attempts: z.int().min(0),
    created_at: time,
    next_attempt_at: time.nullable(),
    last_attempt_at: time.nullable(),
    last_status: z.int().nullable().meta({ description: 'The HTTP status of the last answer; null where none came.' }),
    last_error: z.string().nullable(),
    delivered_at: time.nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
export interface WebhookDelivery extends z.output<typeof webhookDeliverySchema> {}

export const webhookDeliveryListSchema = listOf(webhookDeliverySchema).meta({ id: 'WebhookDeliveryList' })
export interface WebhookDeliveryList extends z.output<typeof webhookDeliveryListSchema> {}
