import { generate } from './generate.js'
import type { Operation } from './operation.js'

/** One turn of a model, in which it writes the summary of a conversation. */
export const summarize: Operation = { ...generate, name: 'compact', quotesTurns: true }
