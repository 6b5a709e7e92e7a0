// What POST /completions takes and answers, as far as it is checked: known fields, for their type and range.
import { usage } from '../chat-completions/schema.js'
import { misplaced, type Fault } from '../fault.js'
import {
  both,
  either,
  flag,
  integer,
  lawful,
  list,
  map,
  metadata,
  name,
  named,
  nullable,
  nullish,
  number,
  object,
  oneOf,
  optional,
  text,
  wireSchema,
} from '../rule.js'
import type { Completion, CompletionsRequest } from './wire.js'

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  prompt: either(text, list(either(both(text, integer()), list(integer())))),
  max_tokens: nullish(integer({ minimum: 1 })),
  temperature: nullish(number({ minimum: 0, maximum: 2 })),
  top_p: nullish(number({ minimum: 0, maximum: 1 })),
  n: nullish(integer({ minimum: 1 })),
  stream: nullish(flag),
  stream_options: nullish(object({ include_usage: optional(flag), include_obfuscation: optional(flag) })),
  stop: nullish(either(text, list(text))),
  logprobs: nullish(integer({ minimum: 0, maximum: 5 })),
  echo: nullish(flag),
  best_of: nullish(integer({ minimum: 1 })),
  suffix: nullish(text),
  presence_penalty: nullish(number({ minimum: -2, maximum: 2 })),
  frequency_penalty: nullish(number({ minimum: -2, maximum: 2 })),
  logit_bias: nullish(map(number())),
  seed: nullish(integer()),
  user: nullish(text),
  store: nullish(flag),
  metadata: nullish(metadata),
} as const

/** The names of the fields that a request is known by. */
export const completionsRequestFields: readonly string[] = Object.keys(requestFields)

function bestOfHoldsAll({ best_of: best, n }: Record<string, unknown>): Fault | undefined {
  if (typeof best !== 'number' || typeof n !== 'number' || best >= n) return undefined
  return misplaced(['best_of'], `Expected at least n, which is ${n}, but got ${best}.`)
}

const request = named('CompletionsRequest', lawful(object(requestFields), bestOfHoldsAll))

const logprobs = object({
  tokens: list(text),
  token_logprobs: list(nullable(number())),
  top_logprobs: nullable(list(map(number()))),
  text_offset: list(integer()),
})

/** Exported for the test against drift from the wire type. */
export const completionFields = {
  id: text,
  object: oneOf('text_completion'),
  created: integer(),
  model: text,
  choices: list(
    object({
      text,
      index: integer(),
      logprobs: nullable(logprobs),
      finish_reason: nullable(oneOf('stop', 'length', 'content_filter')),
    }),
  ),
  usage,
  system_fingerprint: nullish(text),
  provider: optional(text),
} as const

const completion = named('Completion', object(completionFields))

/** The body of POST /completions. */
export const completionsRequestSchema = wireSchema<CompletionsRequest>(request)
/** A whole answer, and a frame of a stream. */
export const completionSchema = wireSchema<Completion>(completion)

/** The named schemas of this wire, for OpenAPI. */
export const completionsComponents = { ...request.components, ...completion.components }
