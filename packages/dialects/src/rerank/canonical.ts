import type { PlainAnswer, PlainExtras } from '../plain-dialect.js'

/** Documents to be put in the order in which they answer a query, in no dialect. */
export interface Reranking {
  readonly model: string
  readonly query: string
  readonly documents: readonly RerankDocument[]
  /** How many of the best the caller wants; absent: all. */
  readonly top?: number
  /** Tokens of a document beyond which it is cut off. */
  readonly maxTokens?: number
  /** Whether each result is to bring its document. */
  readonly returnDocuments?: boolean
  readonly extras?: PlainExtras
}

/** A text, or fields with a text among them. */
export type RerankDocument = string | { readonly [field: string]: unknown }

export interface Reranked extends PlainAnswer {
  /** The best first. */
  readonly results: readonly RankedDocument[]
  readonly extras?: PlainExtras
}

export interface RankedDocument {
  /** Its place among the documents of the request. */
  readonly index: number
  /** Higher is better; each model has a scale of its own. */
  readonly score: number
}

/** What of a document is a text to read. */
export function documentText(document: RerankDocument): string {
  if (typeof document === 'string') return document
  return typeof document.text === 'string'
    ? document.text
    : Object.values(document)
        .filter((value) => typeof value === 'string')
        .join('\n')
}
