// What POST /messages takes and answers, as far as it is checked: known fields, for their type and range.
import {
  anything,
  either,
  flag,
  freeObject,
  integer,
  list,
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
import type { MessagesCount, MessagesEvent, MessagesRequest, MessagesResponse, MessagesTokens } from './wire.js'

const marked = { cache_control: nullish(freeObject) } as const

const file = { base64: { media_type: text, data: text }, url: { url: text }, file: { file_id: text } } as const

/** What may stand in the result of a tool. */
const shownFields = {
  text: { text, citations: nullish(list(freeObject)), ...marked },
  image: { source: variants('type', file), ...marked },
  document: {
    source: variants('type', { ...file, text: { media_type: text, data: text }, content: { content: anything } }),
    title: nullish(text),
    context: nullish(text),
    citations: nullish(freeObject),
    ...marked,
  },
} as const

/** Exported for the test against drift from the wire type. */
export const blockFields = {
  ...shownFields,
  thinking: { thinking: text, signature: text },
  redacted_thinking: { data: text },
  tool_use: { id: text, name, input: freeObject, ...marked },
  tool_result: {
    tool_use_id: name,
    content: nullish(either(text, list(variants('type', shownFields)))),
    is_error: nullish(flag),
    ...marked,
  },
} as const

const block = named('MessagesBlock', variants('type', blockFields))
const blocks = list(block)

const message = named('MessagesMessage', object({ role: oneOf('user', 'assistant', 'system'), content: either(text, blocks) }))

const tool = named(
  'MessagesTool',
  variants(
    'type',
    {
      custom: { name, description: nullish(text), input_schema: freeObject, strict: nullish(flag), ...marked },
    },
    'custom',
  ),
)

const parallel = { disable_parallel_tool_use: optional(flag) } as const

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  max_tokens: integer({ minimum: 0 }),
  messages: list(message),
  system: nullish(either(text, list(variants('type', { text: { text, ...marked } })))),
  stream: nullish(flag),
  temperature: nullish(number({ minimum: 0, maximum: 1 })),
  top_p: nullish(number({ minimum: 0, maximum: 1 })),
  top_k: nullish(integer({ minimum: 0 })),
  stop_sequences: nullish(list(text)),
  tools: nullish(list(tool)),
  tool_choice: nullish(variants('type', { auto: parallel, any: parallel, tool: { name, ...parallel }, none: {} })),
  thinking: nullish(
    variants('type', {
      adaptive: { display: nullish(text) },
      enabled: { budget_tokens: integer({ minimum: 1 }), display: nullish(text) },
      disabled: {},
    }),
  ),
  output_config: nullish(
    object({ effort: nullish(text), format: nullish(variants('type', { json_schema: { schema: freeObject } })) }),
  ),
  metadata: nullish(object({ user_id: nullish(text) })),
  service_tier: nullish(text),
  container: nullish(either(text, freeObject)),
  cache_control: nullish(freeObject),
  context_management: nullish(freeObject),
  mcp_servers: nullish(list(freeObject)),
  inference_geo: nullish(text),
  store: nullish(flag),
} as const

/** The names of the fields that a request is known by. */
export const messagesRequestFields: readonly string[] = Object.keys(requestFields)

const request = named('MessagesRequest', object(requestFields))

/** Exported for the test against drift from the wire type. */
export const usageFields = {
  input_tokens: integer(),
  output_tokens: integer(),
  cache_creation_input_tokens: nullish(integer()),
  cache_read_input_tokens: nullish(integer()),
  cache_creation: nullish(object({ ephemeral_5m_input_tokens: integer(), ephemeral_1h_input_tokens: integer() })),
  output_tokens_details: nullish(object({ thinking_tokens: integer() })),
  service_tier: nullish(text),
} as const

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  id: text,
  type: oneOf('message'),
  role: oneOf('assistant'),
  model: text,
  content: blocks,
  stop_reason: nullable(text),
  stop_sequence: nullable(text),
  usage: object(usageFields),
  stop_details: nullish(freeObject),
  container: nullish(freeObject),
  provider: optional(text),
} as const

const response = named('MessagesResponse', object(responseFields))

const delta = variants('type', {
  text_delta: { text },
  input_json_delta: { partial_json: text },
  citations_delta: { citation: freeObject },
  thinking_delta: { thinking: text },
  signature_delta: { signature: text },
})

/** Exported for the test against drift from the wire type. */
export const eventFields = {
  message_start: { message: response },
  content_block_start: { index: integer(), content_block: block },
  content_block_delta: { index: integer(), delta },
  content_block_stop: { index: integer() },
  message_delta: {
    delta: object({ stop_reason: nullable(text), stop_sequence: nullable(text), stop_details: nullish(freeObject) }),
    usage: freeObject,
  },
  message_stop: {},
  ping: {},
  error: { error: object({ type: text, message: text }) },
} as const

const event = named('MessagesEvent', variants('type', eventFields))

const { max_tokens: _, ...countFields } = requestFields
const count = named('MessagesCount', object(countFields))
const tokens = named('MessagesTokens', object({ input_tokens: integer() }))

/** The body of POST /messages/count_tokens, and its answer. */
export const messagesCountSchema = wireSchema<MessagesCount>(count)
export const messagesTokensSchema = wireSchema<MessagesTokens>(tokens)

/** The body of POST /messages. */
export const messagesRequestSchema = wireSchema<MessagesRequest>(request)
/** The message that answers it. */
export const messagesResponseSchema = wireSchema<MessagesResponse>(response)
/** One event of its stream. */
export const messagesEventSchema = wireSchema<MessagesEvent>(event)

/** The named schemas of this wire, for OpenAPI. */
export const messagesComponents = {
  ...request.components,
  ...response.components,
  ...event.components,
  ...count.components,
  ...tokens.components,
}
