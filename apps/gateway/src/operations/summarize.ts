import { generate, type Operation } from './generate.js'

/** One turn of a model, in which it writes the summary of a conversation. */
export const summarize: Operation = { ...generate, name: 'compact', quotesTurns: true }
