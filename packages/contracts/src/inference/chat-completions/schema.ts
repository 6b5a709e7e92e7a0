// What POST /chat/completions takes and answers, as far as it is checked: known fields, for their type and range.
import {
  either,
  flag,
  freeObject,
  integer,
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
  variants,
  wireSchema,
} from '../rule.js'
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionsRequest } from './wire.js'

const part = named(
  'ChatPart',
  variants('type', {
    text: { text },
    image_url: { image_url: object({ url: text, detail: optional(text) }) },
    input_audio: { input_audio: object({ data: text, format: text }) },
    file: { file: object({ file_id: optional(text), file_data: optional(text), filename: optional(text) }) },
    refusal: { refusal: text },
  }),
)

const textOrParts = either(text, list(part))

const toolCall = variants('type', {
  function: { id: text, function: object({ name, arguments: text }) },
  custom: { id: text, custom: object({ name, input: text }) },
})

/** Exported for the test against drift from the wire type. */
export const messageFields = {
  system: { content: textOrParts, name: optional(text) },
  developer: { content: textOrParts, name: optional(text) },
  user: { content: textOrParts, name: optional(text) },
  assistant: {
    content: nullish(textOrParts),
    refusal: nullish(text),
    name: optional(text),
    tool_calls: nullish(list(toolCall)),
    annotations: nullish(list(freeObject)),
    audio: nullish(object({ id: text })),
    reasoning_content: nullish(text),
    reasoning: nullish(text),
  },
  tool: { content: textOrParts, tool_call_id: name },
  function: { content: nullable(text), name },
} as const

const message = named('ChatMessage', variants('role', messageFields))

export const chatMessages = list(message)

export const chatTool = named(
  'ChatTool',
  variants('type', {
    function: {
      function: object({ name, description: nullish(text), parameters: nullish(freeObject), strict: nullish(flag) }),
    },
    custom: { custom: object({ name, description: optional(text), format: optional(freeObject) }) },
  }),
)

export const chatToolChoiceForms = variants('type', {
  function: { function: object({ name }) },
  custom: { custom: object({ name }) },
  allowed_tools: { allowed_tools: object({ mode: oneOf('auto', 'required'), tools: list(freeObject) }) },
})

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  messages: chatMessages,
  stream: nullish(flag),
  stream_options: nullish(object({ include_usage: optional(flag), include_obfuscation: optional(flag) })),
  store: nullish(flag),
  max_tokens: nullish(integer({ minimum: 1 })),
  max_completion_tokens: nullish(integer({ minimum: 1 })),
  temperature: nullish(number({ minimum: 0, maximum: 2 })),
  top_p: nullish(number({ minimum: 0, maximum: 1 })),
  n: nullish(integer({ minimum: 1 })),
  stop: nullish(either(text, list(text))),
  seed: nullish(integer()),
  presence_penalty: nullish(number({ minimum: -2, maximum: 2 })),
  frequency_penalty: nullish(number({ minimum: -2, maximum: 2 })),
  logit_bias: nullish(map(number())),
  logprobs: nullish(flag),
  top_logprobs: nullish(integer({ minimum: 0, maximum: 20 })),
  response_format: nullish(
    variants('type', {
      text: {},
      json_object: {},
      json_schema: {
        json_schema: object({ name, schema: nullish(freeObject), strict: nullish(flag), description: optional(text) }),
      },
    }),
  ),
  reasoning_effort: nullish(text),
  verbosity: nullish(text),
  tools: nullish(list(chatTool)),
  tool_choice: nullish(either(oneOf('none', 'auto', 'required'), chatToolChoiceForms)),
  parallel_tool_calls: nullish(flag),
  metadata: nullish(metadata),
  service_tier: nullish(text),
  prompt_cache_key: nullish(text),
  safety_identifier: nullish(text),
  user: nullish(text),
} as const

/** The names of the fields that a request is known by. */
export const chatCompletionsRequestFields: readonly string[] = Object.keys(requestFields)

const request = named('ChatCompletionsRequest', object(requestFields))

/** Completions, the elder wire, tells usage in the same words. */
export const usage = nullish(
  object({
    prompt_tokens: integer(),
    completion_tokens: integer(),
    total_tokens: integer(),
    prompt_tokens_details: nullish(object({ cached_tokens: optional(integer()), audio_tokens: optional(integer()) })),
    completion_tokens_details: nullish(object({ reasoning_tokens: optional(integer()), audio_tokens: optional(integer()) })),
  }),
)

const head = {
  id: text,
  created: integer(),
  model: text,
  usage,
  service_tier: nullish(text),
  system_fingerprint: nullish(text),
  provider: optional(text),
} as const

const ending = { index: integer(), finish_reason: nullable(text), logprobs: nullish(freeObject) } as const

const delta = object({
  role: optional(text),
  content: nullish(text),
  refusal: nullish(text),
  tool_calls: optional(
    list(
      object({
        index: integer(),
        id: optional(text),
        type: optional(text),
        function: optional(freeObject),
        custom: optional(freeObject),
      }),
    ),
  ),
  annotations: optional(list(freeObject)),
  reasoning_content: nullish(text),
  reasoning: nullish(text),
})

/** Exported for the test against drift from the wire type. */
export const completionFields = {
  ...head,
  object: oneOf('chat.completion'),
  choices: list(object({ ...ending, message })),
} as const
/** Exported for the test against drift from the wire type. */
export const chunkFields = {
  ...head,
  object: oneOf('chat.completion.chunk'),
  choices: list(object({ ...ending, delta })),
} as const

const completion = named('ChatCompletion', object(completionFields))
const chunk = named('ChatCompletionChunk', object(chunkFields))

/** The body of POST /chat/completions. */
export const chatCompletionsRequestSchema = wireSchema<ChatCompletionsRequest>(request)
export const chatCompletionSchema = wireSchema<ChatCompletion>(completion)
/** One frame of a chat stream. */
export const chatCompletionChunkSchema = wireSchema<ChatCompletionChunk>(chunk)

/** The named schemas of this wire, for OpenAPI. */
export const chatComponents = { ...request.components, ...completion.components, ...chunk.components }
