import type { ExchangeRow } from '../ports/ledger.js'
import type { Trail } from '../trail.js'

/** Told of every exchange that has ended, with its row; strangers' exchanges have none. */
export type Observe = (trail: Trail, row: ExchangeRow | undefined) => void
