import type { WebhookEvent } from '@weir/contracts'
import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

export type DeliveryStatus = 'pending' | 'delivered' | 'failed'

/** An event for one webhook, as it is first written down: in one commit with what it tells of. Times: milliseconds since 1970. */
export interface NewDelivery {
  readonly id: string
  /** One event may go to several webhooks. */
  readonly eventId: string
  readonly url: string
  readonly type: WebhookEvent
  /** The very text that is signed and sent, at every attempt. */
  readonly body: string
  readonly createdAt: number
}

export interface Delivery extends NewDelivery {
  readonly owner: Owner
  readonly responseId: string
  readonly status: DeliveryStatus
  readonly attempts: number
  /** Attempts since it was first written down or last sent again by hand. */
  readonly tries: number
  /** When it is next due; null unless it is pending. */
  readonly nextAt: number | null
  readonly lastAt: number | null
  /** The HTTP status of the last answer; null where none came. */
  readonly lastStatus: number | null
  readonly lastError: string | null
  readonly deliveredAt: number | null
}

/** A delivery that one sender has taken on. */
export interface ClaimedDelivery extends Delivery {
  readonly claim: string
}

/** What came of an attempt. */
export type Attempted = Pick<Delivery, 'status' | 'nextAt' | 'lastStatus' | 'lastError'> & { readonly at: number }

export interface DeliveryQuery {
  readonly tenant: string
  /** Absent: every owner of the tenant, for administrators. */
  readonly subject?: string
  readonly status?: DeliveryStatus
  readonly limit: number
  /** The id of the last row seen: those older than it. Newest first. An id that is not among the rows gives nothing. */
  readonly after?: string
}

/** Events on their way to webhooks. They are put here by `Beside.deliveries`, and `sweep` leaves what is pending. */
export interface Outbox extends Sweeping {
  /** Takes on up to `most` that are due, the longest due first, until `until`. Nobody else gets them before that. */
  claim(now: number, most: number, until: number): Promise<readonly ClaimedDelivery[]>
  /** Writes down an attempt. Does nothing where the delivery is somebody else's by now. */
  settle(delivery: ClaimedDelivery, attempted: Attempted): Promise<void>
  /** Gives it back as it was, due at this moment, where it was not attempted. */
  release(delivery: ClaimedDelivery, nextAt: number): Promise<void>
  list(query: DeliveryQuery): Promise<readonly Delivery[]>
  /** Makes it due, with tries from the first, and gives it as it is then; `undefined` where there is none for these. */
  resend(who: Pick<DeliveryQuery, 'tenant' | 'subject'>, id: string, now: number): Promise<Delivery | undefined>
}
