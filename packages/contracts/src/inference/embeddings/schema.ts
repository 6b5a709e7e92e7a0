// What POST /embeddings takes and answers, as far as it is checked: known fields, for their type and range.
import { misplaced, type Fault } from '../fault.js'
import {
  both,
  either,
  filled,
  integer,
  lawful,
  list,
  name,
  named,
  nullish,
  number,
  object,
  oneOf,
  optional,
  text,
  wireSchema,
} from '../rule.js'
import type { EmbeddingsRequest, EmbeddingsResponse } from './wire.js'

const token = integer({ minimum: 0 })

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  input: either(name, filled(either(both(name, token), filled(token)))),
  dimensions: nullish(integer({ minimum: 1 })),
  encoding_format: nullish(oneOf('float', 'base64')),
  user: nullish(text),
} as const

/** The names of the fields that a request is known by. */
export const embeddingsRequestFields: readonly string[] = Object.keys(requestFields)

/** A list of numbers is one input, so nothing else can stand among them. */
function inputOfOneKind({ input }: Record<string, unknown>): Fault | undefined {
  if (!Array.isArray(input)) return undefined
  const [first] = input
  const place = input.findIndex((each) => typeof each !== typeof first)
  if (place < 0) return undefined
  return misplaced(['input', place], 'Expected the same kind as before it: texts, tokens, or lists of tokens.')
}

const request = named('EmbeddingsRequest', lawful(object(requestFields), inputOfOneKind))

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  object: oneOf('list'),
  data: list(object({ object: oneOf('embedding'), index: integer(), embedding: either(text, list(number())) })),
  model: text,
  usage: object({ prompt_tokens: integer(), total_tokens: integer() }),
  provider: optional(text),
} as const

const response = named('EmbeddingsResponse', object(responseFields))

export const embeddingsRequestSchema = wireSchema<EmbeddingsRequest>(request)
export const embeddingsResponseSchema = wireSchema<EmbeddingsResponse>(response)

export const embeddingsComponents = { ...request.components, ...response.components }
