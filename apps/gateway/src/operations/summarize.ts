import { generate } from './generate.js'
import type { TurnOperation } from './operation.js'

/** One turn of a model, in which it writes the summary of a conversation. */
export const summarize: TurnOperation = { ...generate, name: 'compact', quotesTurns: true }
