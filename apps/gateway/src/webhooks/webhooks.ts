// Sends events to webhooks until they are taken: at least once, and mostly once.
import type { Configuration } from '../configuration.js'
import { webhooksOf } from '../configuration/webhooks.js'
import type { Attempted, ClaimedDelivery } from '../ports/outbox.js'
import type { Ports } from '../ports/ports.js'
import { outboxTopic } from './announcing.js'
import { deliver, type Received } from './deliver.js'
import { nextWait } from './schedule.js'

export interface WebhooksOptions {
  readonly ports: Pick<Ports, 'outbox' | 'transport' | 'clock' | 'notices'>
  readonly configuration: () => Configuration
  /** Hears of what could not be done in the store; it is tried again. */
  readonly report: (error: unknown) => void
  /** From 0 to 1. For tests. */
  readonly random?: () => number
}

export interface Webhooks {
  /** Begins no other attempt, and resolves when those under way have ended; closing the transport ends them at once. */
  stop(): Promise<void>
}

/** Attempts at once. */
const most = 16
/** Longer than an attempt can take: what a process that died had taken on is free again then. Milliseconds. */
const lease = 60_000
/** How often what is due by time is looked for. Milliseconds. */
const interval = 1_000

/** Sends what is due now and whatever becomes so, until it is stopped. */
export function startWebhooks({ ports, configuration, report, random = Math.random }: WebhooksOptions): Webhooks {
  const { outbox, clock } = ports
  const sending = new Set<Promise<void>>()
  let stopping = false
  let looking: Promise<void> | undefined
  let again = false

  async function send(delivery: ClaimedDelivery): Promise<void> {
    const webhook = webhooksOf(configuration(), delivery.owner).find(({ url }) => url === delivery.url)
    const received = webhook ? await deliver(delivery, webhook, ports) : gone
    if (received === 'closed') return outbox.release(delivery, clock.now())
    await outbox.settle(delivery, attempted(delivery, received, clock.now(), random))
  }

  async function look(): Promise<void> {
    do {
      again = false
      const free = most - sending.size
      if (stopping || free <= 0) return
      const claimed = await outbox.claim(clock.now(), free, clock.now() + lease)
      for (const delivery of claimed) {
        const sent = send(delivery)
          .catch(report)
          .finally(() => {
            const wasFull = sending.size >= most
            sending.delete(sent)
            if (wasFull) wake()
          })
        sending.add(sent)
      }
    } while (again)
  }

  function wake(): void {
    again = true
    looking ??= look()
      .catch(report)
      .finally(() => (looking = undefined))
  }

  const timer = setInterval(wake, interval).unref()
  const unhear = ports.notices.hear(outboxTopic, wake)
  wake()

  return {
    async stop() {
      stopping = true
      unhear()
      clearInterval(timer)
      await looking
      await Promise.all(sending)
    },
  }
}

const gone = { error: 'No webhook of this account has this URL any more.', final: true } as const

function attempted(
  { tries }: ClaimedDelivery,
  received: Exclude<Received, 'closed'> & { readonly final?: boolean },
  at: number,
  random: () => number,
): Attempted {
  const lastStatus = 'status' in received ? received.status : null
  if (lastStatus !== null && lastStatus >= 200 && lastStatus < 300)
    return { at, status: 'delivered', nextAt: null, lastStatus, lastError: null }
  const lastError = 'error' in received ? received.error : `It answered ${lastStatus}.`
  // Gone is a receiver's word for "no more of this"; anything else may be mended within the day.
  const final = received.final === true || lastStatus === 410
  const wait = final ? undefined : nextWait(tries + 1, random)
  return {
    at,
    status: wait === undefined ? 'failed' : 'pending',
    nextAt: wait === undefined ? null : at + wait,
    lastStatus,
    lastError,
  }
}
