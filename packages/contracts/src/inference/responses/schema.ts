// The Responses wire as schemas: the request of request.ts, and what is answered, as far as it is checked.
import {
  anything,
  flag,
  freeObject,
  integer,
  list,
  metadata,
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
import { item, part } from './items.js'
import { request, textOptions } from './request.js'
import { tool, toolChoice } from './tools.js'
import type { DeletedResponse, InputItemList, ResponseObject, ResponsesEvent, ResponsesRequest } from './wire.js'

/** Exported for the wires beside this one. */
export const usage = object({
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
  conversation: nullish(object({ id: text })),
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
