import type { UsageBucket } from '@weir/dialects'
import type { Owner } from './owner.js'

/** What is known of an exchange when it has ended. One row each, whatever happened. */
export interface ExchangeRow {
  readonly id: string
  readonly owner: Owner
  /** The caller's own `x-request-id`: a label, not a key. */
  readonly label: string | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number
  readonly operation: string
  readonly dialect: string
  readonly stream: boolean
  /** The model as it was asked for. */
  readonly model: string | null
  /** The account that answered, and the model's name there. */
  readonly account: string | null
  readonly upstreamModel: string | null
  readonly lane: 'native' | 'translated' | null
  /** The HTTP status that the caller got; 499 where it left. */
  readonly status: number
  /** How it ended: a response's status, or what kept it from becoming one. */
  readonly outcome: 'completed' | 'incomplete' | 'failed' | 'refused' | 'client_closed'
  readonly errorCode: string | null
  /** Private. */
  readonly errorDetail: string | null
  readonly responseId: string | null
  readonly stored: boolean
  readonly usage: UsageColumns | null
  /** Milliseconds from ingress to the first content, and to the end. */
  readonly timeToFirstToken: number | null
  readonly latency: number
  /** Plain values, kept as JSON. */
  readonly losses: readonly { readonly path: string; readonly disposition: string; readonly reason: string }[]
  readonly metadata: Readonly<Record<string, string>>
  readonly attempts: readonly AttemptRow[]
}

/** Tokens in the disjoint buckets of `Usage`, whose sum is the total. A bucket that nobody told of holds none. */
export interface UsageColumns extends Readonly<Record<UsageBucket, number>> {
  readonly estimated: boolean
  /** The total that the provider told, where that is not the sum. */
  readonly providerTotal: number | null
}

/** One try at one target. */
export interface AttemptRow {
  readonly number: number
  readonly account: string
  readonly model: string
  readonly startedAt: number
  readonly latency: number
  /** The upstream's HTTP status; absent where none came. */
  readonly status: number | null
  readonly outcome: 'succeeded' | 'failed' | 'aborted'
  readonly failure: string | null
  /** The response id that the upstream gave. */
  readonly upstreamId: string | null
}

export interface LedgerQuery {
  /** Absent: every owner of the tenant, for administrators. */
  readonly subject?: string
  readonly tenant: string
  readonly limit: number
  /** The id of the last row seen: those older than it. Newest first, by start. An id that is not among the rows gives nothing. */
  readonly after?: string
  readonly label?: string
}

export interface Ledger {
  /** Takes the row at once and commits it soon, as a group; never throws. Idempotent by id. */
  append(row: ExchangeRow): void
  /** Resolves when everything appended so far is committed; rejects where a row since the last flush could not be. */
  flush(): Promise<void>
  list(query: LedgerQuery): Promise<readonly ExchangeRow[]>
  get(tenant: string, id: string): Promise<ExchangeRow | undefined>
}
