// The end of a background response becomes an event for each webhook that wants it, in the commit of the end itself: no crash
// loses one.
import { mintId, webhookEvents } from '@weir/contracts'
import type { Configuration } from '../configuration.js'
import { webhooksOf } from '../configuration/webhooks.js'
import type { Jobs } from '../ports/jobs.js'
import type { NewDelivery } from '../ports/outbox.js'
import type { Ports } from '../ports/ports.js'
import type { StoredResponse } from '../ports/response-store.js'
import { readResponse } from '../remember/stored-form.js'

/** Told when there is something new to send. */
export const outboxTopic = 'outbox'

/** The same jobs, whose ends are announced. */
export function announcing(jobs: Jobs, configuration: () => Configuration, ports: Pick<Ports, 'clock' | 'notices'>): Jobs {
  return {
    ...jobs,
    async end(held, response, chunk, beside) {
      const deliveries = deliveriesOf(response, configuration(), ports.clock.now())
      if (deliveries.length === 0) return jobs.end(held, response, chunk, beside)
      const ended = await jobs.end(held, response, chunk, { given: [], made: [], ...beside, deliveries })
      if (ended) ports.notices.tell(outboxTopic)
      return ended
    },
  }
}

function deliveriesOf({ id, owner, response }: StoredResponse, configuration: Configuration, now: number): NewDelivery[] {
  const webhooks = webhooksOf(configuration, owner)
  if (webhooks.length === 0) return []
  const { status } = readResponse(response, false)
  const type = webhookEvents.find((event) => event === `response.${status}`)
  if (type === undefined) return []
  const eventId = mintId('event')
  const body = JSON.stringify({ id: eventId, object: 'event', type, created_at: Math.floor(now / 1000), data: { id } })
  return webhooks
    .filter(({ events }) => events.has(type))
    .map(({ url }) => ({ id: mintId('webhookDelivery'), eventId, url, type, body, createdAt: now }))
}
