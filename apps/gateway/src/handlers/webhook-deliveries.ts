import { GatewayError, type Contract, type Handlers, type WebhookDelivery } from '@weir/contracts'
import type { Caller } from '../exchange.js'
import type { Delivery } from '../ports/outbox.js'
import { outboxTopic } from '../webhooks/announcing.js'
import type { HandlerContext } from './context.js'

/** Administrators see everyone's. */
const visibleTo = ({ tenant, subject, role }: Caller) => ({ tenant, ...(role !== 'admin' && { subject }) })

export const webhookDeliveries: Handlers<Contract, HandlerContext>['webhookDeliveries'] = {
  async list({ limit, after, status }, { ports, caller }) {
    const rows = await ports.outbox.list({
      ...visibleTo(caller),
      // One row more than asked tells whether there are more.
      limit: limit + 1,
      ...(after !== undefined && { after }),
      ...(status !== undefined && { status }),
    })
    return { object: 'list', data: rows.slice(0, limit).map(shown), has_more: rows.length > limit }
  },

  async redeliver({ id }, { ports, caller }) {
    const delivery = await ports.outbox.resend(visibleTo(caller), id, ports.clock.now())
    if (!delivery)
      throw new GatewayError('not_found', { message: `There is no webhook delivery "${id.slice(0, 100)}".`, param: 'id' })
    ports.notices.tell(outboxTopic)
    return shown(delivery)
  },
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString()
const timeOrNull = (milliseconds: number | null): string | null => (milliseconds === null ? null : time(milliseconds))

/** Receivers put keys of theirs into the query, and into the place of a user's name. */
function withoutSecrets(text: string): string {
  const { origin, pathname } = new URL(text)
  return origin + pathname
}

const shown = (delivery: Delivery): WebhookDelivery => ({
  id: delivery.id,
  object: 'webhook.delivery',
  event_id: delivery.eventId,
  type: delivery.type,
  url: withoutSecrets(delivery.url),
  subject: delivery.owner.subject,
  response_id: delivery.responseId,
  status: delivery.status,
  attempts: delivery.attempts,
  created_at: time(delivery.createdAt),
  next_attempt_at: timeOrNull(delivery.nextAt),
  last_attempt_at: timeOrNull(delivery.lastAt),
  last_status: delivery.lastStatus,
  last_error: delivery.lastError,
  delivered_at: timeOrNull(delivery.deliveredAt),
})
