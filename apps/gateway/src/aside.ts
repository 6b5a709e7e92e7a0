import type { Answered } from './respond/respond.js'
import type { TurnOperation } from './operations/operation.js'

/**
 * A question of the gateway's own within an exchange, to the same models in the caller's name: its attempts and what it took are on
 * record with that exchange. Throws what kept the answer away, or it from being read.
 */
export type Aside = <Read>(operation: TurnOperation, body: object, read: (answered: Answered) => Read) => Promise<Read>
