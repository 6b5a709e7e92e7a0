// What POST /responses takes, as far as it is checked: known fields, each for its type and range, and what may not stand beside
// what. Whether a model can do it is for later stages. Fields of other names pass.
import { chatMessages } from '../chat-completions/schema.js'
import {
  both,
  closedVariants,
  either,
  flag,
  freeObject,
  integer,
  lawful,
  list,
  map,
  metadata,
  name,
  named,
  nullish,
  number,
  object,
  oneOf,
  optional,
  text,
  textOf,
} from '../rule.js'
import { wordLetters } from '../scalars.js'
import { item, longText } from './items.js'
import { requestLaws } from './request-laws.js'
import { tool, toolChoice } from './tools.js'

/** A user as its provider is told of it. Older texts of the API say 64. */
const identifier = textOf({ maximum: 128 })

export const textOptions = object({
  format: nullish(
    closedVariants('type', {
      text: {},
      json_object: {},
      json_schema: {
        name: textOf({ minimum: 1, maximum: 64, letters: wordLetters }),
        schema: freeObject,
        strict: nullish(flag),
        description: nullish(text),
      },
    }),
  ),
  verbosity: nullish(oneOf('low', 'medium', 'high')),
})

const summary = nullish(oneOf('auto', 'concise', 'detailed'))

const reasoning = object({
  effort: nullish(oneOf('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  summary,
  generate_summary: summary,
  context: nullish(oneOf('auto', 'current_turn', 'all_turns')),
  mode: nullish(oneOf('standard', 'pro')),
})

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  input: optional(either(longText, list(item))),
  instructions: nullish(text),
  previous_response_id: nullish(name),
  conversation: nullish(either(name, object({ id: name }))),
  stream: nullish(flag),
  stream_options: nullish(object({ include_obfuscation: optional(flag) })),
  store: nullish(flag),
  background: nullish(flag),
  // OpenAI's own models want at least 16, others take less: that is for the model to say.
  max_output_tokens: nullish(integer({ minimum: 1 })),
  max_tool_calls: nullish(integer({ minimum: 1 })),
  parallel_tool_calls: nullish(flag),
  temperature: nullish(number({ minimum: 0, maximum: 2 })),
  top_p: nullish(number({ minimum: 0, maximum: 1 })),
  top_logprobs: nullish(integer({ minimum: 0, maximum: 20 })),
  text: nullish(textOptions),
  reasoning: nullish(reasoning),
  tools: nullish(list(tool)),
  tool_choice: nullish(toolChoice),
  // What is newer than this page is for the target to judge: one that cannot include it declares it lost.
  include: nullish(list(name)),
  metadata: nullish(metadata),
  truncation: nullish(oneOf('auto', 'disabled')),
  context_management: nullish(
    list(closedVariants('type', { compaction: { compact_threshold: nullish(integer({ minimum: 1000 })) } })),
  ),
  service_tier: nullish(oneOf('auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast')),
  prompt: nullish(object({ id: name, version: nullish(text), variables: nullish(freeObject) })),
  prompt_cache_key: nullish(textOf({ maximum: 64 })),
  prompt_cache_retention: nullish(oneOf('in_memory', '24h')),
  prompt_cache_options: nullish(object({ mode: nullish(oneOf('implicit', 'explicit')), ttl: nullish(oneOf('30m', '12h')) })),
  safety_identifier: nullish(identifier),
  user: nullish(identifier),
  // Chat fields that a widely used gateway documents on /responses, so that its callers send them.
  messages: nullish(chatMessages),
  max_tokens: nullish(integer({ minimum: 1 })),
  logprobs: nullish(both(flag, integer({ minimum: 0, maximum: 20 }))),
  stop: nullish(either(text, list(text))),
  n: nullish(integer({ minimum: 1 })),
  logit_bias: nullish(map(number())),
  presence_penalty: nullish(number({ minimum: -2, maximum: 2 })),
  frequency_penalty: nullish(number({ minimum: -2, maximum: 2 })),
} as const

/** The names of the fields that a request is known by. */
export const responsesRequestFields: readonly string[] = Object.keys(requestFields)

export const request = named('ResponsesRequest', lawful(object(requestFields), ...requestLaws))
