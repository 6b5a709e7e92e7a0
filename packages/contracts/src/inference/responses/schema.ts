// What POST /responses takes and answers, as far as it is checked. Only known fields are judged, and only for their type and
// range; whether a model can do it is for later stages.
import { chatMessages, chatTool, chatToolChoiceForms } from '../chat-completions/schema.js'
import {
  anything,
  both,
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
  type RequiredRule,
} from '../rule.js'
import type { DeletedResponse, InputItemList, ResponseObject, ResponsesEvent, ResponsesRequest } from './wire.js'

const part = named(
  'ContentPart',
  variants('type', {
    input_text: { text },
    input_image: { image_url: nullish(text), file_id: nullish(text), detail: nullish(text) },
    input_file: { file_id: nullish(text), file_url: nullish(text), file_data: nullish(text), filename: nullish(text) },
    input_audio: { input_audio: object({ data: text, format: text }) },
    output_text: { text, annotations: optional(list(freeObject)), logprobs: optional(list(freeObject)) },
    refusal: { refusal: text },
  }),
)

const status = nullish(text)
const id = nullish(text)
const textOrParts = either(text, list(part))

/** The fields of the items that Weir reads; an item of any other type passes as it is. */
export const itemFields = {
  message: {
    id,
    role: oneOf('user', 'assistant', 'system', 'developer'),
    content: textOrParts,
    status,
    phase: nullish(text),
  },
  function_call: { id, call_id: name, name, namespace: nullish(text), arguments: text, status },
  function_call_output: { id, call_id: name, output: textOrParts, status },
  custom_tool_call: { id, call_id: name, name, namespace: nullish(text), input: text, status },
  custom_tool_call_output: { id, call_id: name, output: textOrParts },
  reasoning: {
    id,
    summary: list(object({ type: text, text })),
    content: nullish(list(object({ type: text, text }))),
    encrypted_content: nullish(text),
    status,
  },
  item_reference: { id: name },
} as const

const item = named('InputItem', variants('type', itemFields, 'message'))

const namespaceTool = variants('type', {
  function: { name, description: nullish(text), parameters: nullish(freeObject), strict: nullish(flag) },
  custom: { name, description: optional(text), format: optional(freeObject) },
})

const responsesTool = variants('type', {
  function: { name, description: nullish(text), parameters: nullish(freeObject), strict: nullish(flag) },
  custom: { name, description: optional(text), format: optional(freeObject) },
  namespace: { name, description: optional(text), tools: list(namespaceTool) },
})

const isChatShaped = (value: unknown, key: string) =>
  typeof value === 'object' && value !== null && !('name' in value) && key in value

/** A tool in either shape: `{ type, name }`, or chat's `{ type, function: { name } }`. */
const tool = named('Tool', {
  ...responsesTool,
  check: (value: unknown) =>
    isChatShaped(value, 'function') || isChatShaped(value, 'custom') ? chatTool.check(value) : responsesTool.check(value),
  json: { anyOf: [responsesTool.json, chatTool.json] },
  components: { ...responsesTool.components, ...chatTool.components },
})

const toolChoiceForms = variants('type', {
  function: { name },
  custom: { name },
  allowed_tools: { mode: oneOf('auto', 'required'), tools: list(freeObject) },
  mcp: { server_label: text, name: nullish(text) },
})

const toolChoice: RequiredRule<unknown> = either(oneOf('none', 'auto', 'required'), {
  ...toolChoiceForms,
  check: (value: unknown) =>
    isChatShaped(value, 'function') || isChatShaped(value, 'custom')
      ? chatToolChoiceForms.check(value)
      : toolChoiceForms.check(value),
  json: { anyOf: [toolChoiceForms.json, chatToolChoiceForms.json] },
})

const textOptions = object({
  format: nullish(
    variants('type', {
      text: {},
      json_object: {},
      json_schema: { name, schema: freeObject, strict: nullish(flag), description: optional(text) },
    }),
  ),
  verbosity: nullish(text),
})

/** Exported for the test against drift from the wire type. */
export const requestFields = {
  model: name,
  input: optional(either(text, list(item))),
  instructions: nullish(text),
  previous_response_id: nullish(text),
  conversation: nullish(either(text, object({ id: name }))),
  stream: nullish(flag),
  stream_options: nullish(object({ include_obfuscation: optional(flag) })),
  store: nullish(flag),
  background: nullish(flag),
  max_output_tokens: nullish(integer({ minimum: 1 })),
  max_tool_calls: nullish(integer({ minimum: 1 })),
  parallel_tool_calls: nullish(flag),
  temperature: nullish(number({ minimum: 0, maximum: 2 })),
  top_p: nullish(number({ minimum: 0, maximum: 1 })),
  top_logprobs: nullish(integer({ minimum: 0, maximum: 20 })),
  text: nullish(textOptions),
  reasoning: nullish(object({ effort: nullish(text), summary: nullish(text) })),
  tools: nullish(list(tool)),
  tool_choice: nullish(toolChoice),
  include: nullish(list(text)),
  metadata: nullish(metadata),
  truncation: nullish(oneOf('auto', 'disabled')),
  service_tier: nullish(text),
  prompt_cache_key: nullish(text),
  safety_identifier: nullish(text),
  user: nullish(text),
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

const usage = object({
  input_tokens: integer(),
  input_tokens_details: object({ cached_tokens: integer(), cache_write_tokens: optional(integer()) }),
  output_tokens: integer(),
  output_tokens_details: object({ reasoning_tokens: integer() }),
  total_tokens: integer(),
})

/** Exported for the test against drift from the wire type. */
export const responseFields = {
  id: text,
  object: oneOf('response'),
  created_at: number(),
  completed_at: nullable(number()),
  status: oneOf('queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete'),
  background: flag,
  error: nullable(object({ code: text, message: text })),
  incomplete_details: nullable(object({ reason: text })),
  instructions: nullable(text),
  max_output_tokens: nullable(integer()),
  max_tool_calls: nullable(integer()),
  model: text,
  output: list(item),
  parallel_tool_calls: flag,
  previous_response_id: nullable(text),
  reasoning: nullable(object({ effort: nullable(text), summary: nullable(text) })),
  service_tier: text,
  store: flag,
  temperature: number(),
  text: textOptions,
  tool_choice: toolChoice,
  tools: list(tool),
  top_logprobs: integer(),
  top_p: number(),
  presence_penalty: number(),
  frequency_penalty: number(),
  truncation: oneOf('auto', 'disabled'),
  usage: nullable(usage),
  user: nullable(text),
  metadata,
  safety_identifier: nullable(text),
  prompt_cache_key: nullable(text),
  provider: optional(text),
} as const

const request = named('ResponsesRequest', object(requestFields))
const response = named('Response', object(responseFields))

const whole = { response }
const itemPlace = { item_id: text, output_index: integer() }
const partPlace = { ...itemPlace, content_index: integer() }
const logprobs = list(freeObject)
const itemDelta = { ...itemPlace, delta: text }
const summaryPart = { ...itemPlace, summary_index: integer(), part: object({ type: text, text }) }
const contentPart = { ...partPlace, part }
const outputItem = { output_index: integer(), item }

/** Exported for the test against drift from the wire type. */
export const eventFields = {
  'response.created': whole,
  'response.queued': whole,
  'response.in_progress': whole,
  'response.completed': whole,
  'response.failed': whole,
  'response.incomplete': whole,
  'response.output_item.added': outputItem,
  'response.output_item.done': outputItem,
  'response.content_part.added': contentPart,
  'response.content_part.done': contentPart,
  'response.output_text.delta': { ...partPlace, delta: text, logprobs },
  'response.output_text.done': { ...partPlace, text, logprobs },
  'response.output_text.annotation.added': { ...partPlace, annotation: freeObject, annotation_index: integer() },
  'response.refusal.delta': { ...partPlace, delta: text },
  'response.refusal.done': { ...partPlace, refusal: text },
  'response.function_call_arguments.delta': itemDelta,
  'response.function_call_arguments.done': { ...itemPlace, arguments: text, name: optional(text) },
  'response.custom_tool_call_input.delta': itemDelta,
  'response.custom_tool_call_input.done': { ...itemPlace, input: text },
  'response.reasoning_summary_part.added': summaryPart,
  'response.reasoning_summary_part.done': summaryPart,
  'response.reasoning_summary_text.delta': { ...itemPlace, summary_index: integer(), delta: text },
  'response.reasoning_summary_text.done': { ...itemPlace, summary_index: integer(), text },
  'response.reasoning_text.delta': { ...partPlace, delta: text },
  'response.reasoning_text.done': { ...partPlace, text },
  error: { code: text, message: text, param: nullable(text), error: freeObject },
} as const

const event = named(
  'ResponsesEvent',
  variants(
    'type',
    Object.fromEntries(Object.entries(eventFields).map(([type, fields]) => [type, { sequence_number: integer(), ...fields }])),
  ),
)

const deleted = named('DeletedResponse', object({ id: text, object: oneOf('response'), deleted: anything }))

const inputItems = named(
  'InputItemList',
  object({ object: oneOf('list'), data: list(item), first_id: nullable(text), last_id: nullable(text), has_more: flag }),
)

/** The body of POST /responses. */
export const responsesRequestSchema = wireSchema<ResponsesRequest>(request)
/** The response object. */
export const responseObjectSchema = wireSchema<ResponseObject>(response)
/** One event of a response's stream. */
export const responsesEventSchema = wireSchema<ResponsesEvent>(event)
export const deletedResponseSchema = wireSchema<DeletedResponse>(deleted)
export const inputItemListSchema = wireSchema<InputItemList>(inputItems)

/** The named schemas of this wire, for OpenAPI. */
export const responsesComponents = {
  ...request.components,
  ...response.components,
  ...event.components,
  ...deleted.components,
  ...inputItems.components,
}
