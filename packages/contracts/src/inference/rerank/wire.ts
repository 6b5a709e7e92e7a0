// The wire of Cohere's rerank (v2), as callers and many servers speak it.

/** The body of POST /rerank. Fields that are newer than this page pass through untouched. */
export interface RerankRequest {
  model: string
  query: string
  /** Texts, or objects that have one under `text`; which other fields are read is for the model to say. */
  documents: (string | Record<string, unknown>)[]
  /** How many of the best come back. Default: all. */
  top_n?: number | null
  /** What is longer is cut off there. */
  max_tokens_per_doc?: number | null
  /** Whether each result brings its document. Default: no. */
  return_documents?: boolean | null
}

export interface RerankResponse {
  id: string
  /** The best first. */
  results: RerankResult[]
  model?: string
  /** Where the provider tells them. */
  usage?: { prompt_tokens: number; total_tokens: number }
  /** Cohere's: what was billed. */
  meta?: Record<string, unknown>
  /** The account that answered: Weir's own field. */
  provider?: string
}

export interface RerankResult {
  /** The place of the document in the request. */
  index: number
  relevance_score: number
  document?: Record<string, unknown>
}
