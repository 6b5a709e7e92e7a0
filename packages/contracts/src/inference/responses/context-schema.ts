// What POST /responses/input_tokens and POST /responses/compact take and answer; their fields are judged as POST /responses does.
import { integer, lawful, list, named, nullish, number, object, oneOf, text, wireSchema } from '../rule.js'
import type { CompactedResponse, CompactRequest, InputTokens, InputTokensRequest } from './context-wire.js'
import { item } from './items.js'
import { requestFields } from './request.js'
import { contextLaws } from './request-laws.js'
import { usage } from './schema.js'

const { input, ...same } = requestFields

const inputTokensRequest = named(
  'InputTokensRequest',
  lawful(
    object({
      model: nullish(text),
      input: nullish(input),
      instructions: same.instructions,
      previous_response_id: same.previous_response_id,
      conversation: same.conversation,
      tools: same.tools,
      tool_choice: same.tool_choice,
      text: same.text,
      reasoning: same.reasoning,
      parallel_tool_calls: same.parallel_tool_calls,
      truncation: same.truncation,
    }),
    ...contextLaws,
  ),
)

const inputTokens = named('InputTokens', object({ object: oneOf('response.input_tokens'), input_tokens: integer() }))

const compactRequest = named(
  'CompactRequest',
  lawful(
    object({
      model: same.model,
      input: nullish(input),
      instructions: same.instructions,
      previous_response_id: same.previous_response_id,
      conversation: same.conversation,
      prompt_cache_key: same.prompt_cache_key,
      service_tier: same.service_tier,
    }),
    ...contextLaws,
  ),
)

const compacted = named(
  'CompactedResponse',
  object({ id: text, object: oneOf('response.compaction'), created_at: number(), output: list(item), usage }),
)

/** The body of POST /responses/input_tokens. */
export const inputTokensRequestSchema = wireSchema<InputTokensRequest>(inputTokensRequest)
export const inputTokensSchema = wireSchema<InputTokens>(inputTokens)
/** The body of POST /responses/compact. */
export const compactRequestSchema = wireSchema<CompactRequest>(compactRequest)
export const compactedResponseSchema = wireSchema<CompactedResponse>(compacted)

/** The named schemas of these wires, for OpenAPI. */
export const contextComponents = {
  ...inputTokensRequest.components,
  ...inputTokens.components,
  ...compactRequest.components,
  ...compacted.components,
}
