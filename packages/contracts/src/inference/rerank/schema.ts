// What POST /rerank takes and answers, as far as it is checked: known fields, for their type and range.
import {
  either,
  filled,
  flag,
  freeObject,
  integer,
  list,
  name,
  named,
  nullish,
  number,
  object,
  optional,
  text,
  wireSchema,
} from '../rule.js'
import type { RerankRequest, RerankResponse } from './wire.js'

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  query: name,
  documents: filled(either(text, freeObject)),
  top_n: nullish(integer({ minimum: 1 })),
  max_tokens_per_doc: nullish(integer({ minimum: 1 })),
  return_documents: nullish(flag),
} as const

/** The names of the fields that a request is known by. */
export const rerankRequestFields: readonly string[] = Object.keys(requestFields)

const request = named('RerankRequest', object(requestFields))

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  id: text,
  results: list(object({ index: integer(), relevance_score: number(), document: optional(freeObject) })),
  model: optional(text),
  usage: optional(object({ prompt_tokens: integer(), total_tokens: integer() })),
  meta: optional(freeObject),
  provider: optional(text),
} as const

const response = named('RerankResponse', object(responseFields))

export const rerankRequestSchema = wireSchema<RerankRequest>(request)
export const rerankResponseSchema = wireSchema<RerankResponse>(response)

export const rerankComponents = { ...request.components, ...response.components }
