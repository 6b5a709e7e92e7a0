// What an exchange leaves behind for the record: facts, noted by the stages as they learn them. Made before the journey's `try`,
// so that the `finally` has it whatever happened.
import type { Loss, Usage } from '@weir/dialects'
import type { GatewayError } from '@weir/contracts'
import type { AttemptRow } from './ports/ledger.js'
import type { Owner } from './ports/owner.js'

export interface Trail {
  readonly id: string
  readonly operation: string
  readonly dialect: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  label: string | null
  owner: Owner | undefined
  model: string | null
  stream: boolean
  metadata: Readonly<Record<string, string>>
  account: string | null
  upstreamModel: string | null
  lane: 'native' | 'translated' | null
  losses: readonly Loss[]
  /** Whether calls were taken out of the answer: the upstream knows of more than the caller does. */
  withheld: boolean
  attempts: AttemptRow[]
  firstContentAt: number | undefined
  /** When its last word left, where something is done for the record after that; else the record is made then. */
  endedAt: number | undefined
  usage: Usage | undefined
  /** What the gateway's own questions within this exchange took. */
  aside: Usage | undefined
  responseId: string | null
  stored: boolean
  /** The HTTP status that was sent; 499 where the caller left. */
  status: number
  outcome: 'completed' | 'incomplete' | 'failed' | 'refused' | 'client_closed'
  error: GatewayError | undefined
  /** Why a response that should have been kept was not. */
  storeFailure: string | undefined
}

/** An empty trail. Until something better is known the exchange has failed. */
export function trail(id: string, operation: string, dialect: string, startedAt: number): Trail {
  return {
    id,
    operation,
    dialect,
    startedAt,
    label: null,
    owner: undefined,
    model: null,
    stream: false,
    metadata: {},
    account: null,
    upstreamModel: null,
    lane: null,
    losses: [],
    withheld: false,
    attempts: [],
    firstContentAt: undefined,
    endedAt: undefined,
    usage: undefined,
    aside: undefined,
    responseId: null,
    stored: false,
    status: 500,
    outcome: 'failed',
    error: undefined,
    storeFailure: undefined,
  }
}

/** Adds to the latest attempt what became known after it had given its first content. */
export function noteLatestAttempt(trail: Trail, facts: Partial<AttemptRow>): void {
  const latest = trail.attempts.pop()
  if (latest) trail.attempts.push({ ...latest, ...facts })
}
