// What POST /moderations takes and answers, as far as it is checked: known fields, for their type and range.
import { isRecord, misplaced, type Fault } from '../fault.js'
import {
  closedVariants,
  either,
  filled,
  flag,
  integer,
  lawful,
  list,
  map,
  name,
  named,
  number,
  object,
  optional,
  text,
  wireSchema,
} from '../rule.js'
import type { ModerationsRequest, ModerationsResponse } from './wire.js'

const part = closedVariants('type', { text: { text: name }, image_url: { image_url: object({ url: name }) } })

/** Exported for the test against drift from the wire type. */
export const requestFields = { model: name, input: either(name, filled(either(name, part))) } as const

/** The names of the fields that a request is known by. */
export const moderationsRequestFields: readonly string[] = Object.keys(requestFields)

/** Texts are judged each by itself, and parts together. */
function inputOfOneKind({ input }: Record<string, unknown>): Fault | undefined {
  if (!Array.isArray(input)) return undefined
  const place = input.findIndex((each) => isRecord(each) !== isRecord(input[0]))
  return place < 0 ? undefined : misplaced(['input', place], 'Expected the same kind as before it: texts, or parts of one input.')
}

const request = named('ModerationsRequest', lawful(object(requestFields), inputOfOneKind))

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  id: text,
  model: text,
  results: list(
    object({
      flagged: flag,
      categories: map(flag),
      category_scores: map(number()),
      category_applied_input_types: optional(map(list(text))),
    }),
  ),
  usage: optional(object({ prompt_tokens: integer(), total_tokens: integer() })),
  provider: optional(text),
} as const

const response = named('ModerationsResponse', object(responseFields))

export const moderationsRequestSchema = wireSchema<ModerationsRequest>(request)
export const moderationsResponseSchema = wireSchema<ModerationsResponse>(response)

export const moderationsComponents = { ...request.components, ...response.components }
