// The Responses wire as callers and upstreams speak it. Hand-written, because types inferred from schemas of this size
// slow every editor down. Unions end in `slug:name`, the form Open Responses gives to extensions, so that narrowing works;
// at run time any other type is let through as well.

/** The body of POST /responses. Fields that are newer than this page pass through untouched. */
export interface ResponsesRequest {
  model: string
  /** Absent only where `messages`, the chat form that a widely used gateway documents here, takes its place. */
  input?: string | InputItem[]
  instructions?: string | null
  previous_response_id?: string | null
  conversation?: string | { id: string } | null
  stream?: boolean | null
  stream_options?: { include_obfuscation?: boolean } | null
  store?: boolean | null
  background?: boolean | null
  max_output_tokens?: number | null
  max_tool_calls?: number | null
  parallel_tool_calls?: boolean | null
  temperature?: number | null
  top_p?: number | null
  top_logprobs?: number | null
  text?: TextOptions | null
  reasoning?: ReasoningOptions | null
  tools?: Tool[] | null
  tool_choice?: ToolChoice | null
  include?: string[] | null
  metadata?: Record<string, string> | null
  truncation?: 'auto' | 'disabled' | null
  context_management?: { type: 'compaction'; compact_threshold?: number | null }[] | null
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | 'fast' | 'ultrafast' | null
  prompt?: { id: string; version?: string | null; variables?: Record<string, unknown> | null } | null
  prompt_cache_key?: string | null
  prompt_cache_retention?: 'in_memory' | '24h' | null
  prompt_cache_options?: { mode?: 'implicit' | 'explicit' | null; ttl?: '30m' | '12h' | null } | null
  safety_identifier?: string | null
  user?: string | null

  // Chat fields that a widely used gateway documents on /responses, so that its callers send them.
  messages?: unknown[] | null
  max_tokens?: number | null
  logprobs?: boolean | number | null
  stop?: string | string[] | null
  n?: number | null
  logit_bias?: Record<string, number> | null
  presence_penalty?: number | null
  frequency_penalty?: number | null
}

export interface TextOptions {
  format?: TextFormat
  verbosity?: 'low' | 'medium' | 'high' | null
}

export type TextFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: JsonSchema; strict?: boolean | null; description?: string | null }

export type JsonSchema = Record<string, unknown>

export interface ReasoningOptions {
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null
  summary?: ReasoningSummary | null
  generate_summary?: ReasoningSummary | null
  context?: 'auto' | 'current_turn' | 'all_turns' | null
  mode?: 'standard' | 'pro' | null
}

export type ReasoningSummary = 'auto' | 'concise' | 'detailed'

export type Tool =
  | FunctionTool
  | CustomTool
  | NamespaceTool
  | HostedTool
  | { type: `${string}:${string}`; [field: string]: unknown }

export interface FunctionTool {
  type: 'function'
  name: string
  description?: string | null
  parameters?: JsonSchema | null
  strict?: boolean | null
}

export interface CustomTool {
  type: 'custom'
  name: string
  description?: string
  format?: { type: 'text' } | { type: 'grammar'; syntax: string; definition: string }
}

export interface NamespaceTool {
  type: 'namespace'
  name: string
  description?: string
  tools: (FunctionTool | CustomTool)[]
}

/** A tool that the provider runs by itself, or whose shape the model knows. */
export interface HostedTool {
  type:
    | 'web_search'
    | 'web_search_preview'
    | 'web_search_2025_08_26'
    | 'file_search'
    | 'mcp'
    | 'code_interpreter'
    | 'image_generation'
    | 'computer'
    | 'computer_use_preview'
    | 'local_shell'
    | 'shell'
    | 'apply_patch'
    | 'tool_search'
    | 'programmatic_tool_calling'
  [field: string]: unknown
}

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { type: 'function'; name: string }
  | { type: 'custom'; name: string }
  | { type: 'allowed_tools'; mode: 'auto' | 'required'; tools: { type: string; name?: string }[] }
  | { type: 'mcp'; server_label: string; name?: string | null }
  | { type: HostedTool['type'] }

export type InputItem =
  | InputMessage
  | FunctionCall
  | FunctionCallOutput
  | CustomToolCall
  | CustomToolCallOutput
  | ReasoningItem
  | ItemReference
  | HostedItem
  | { type: `${string}:${string}`; id?: string | null; [field: string]: unknown }

export interface InputMessage {
  /** Absent in the easy form, `{ role, content }`. */
  type?: 'message'
  id?: string | null
  role: 'user' | 'assistant' | 'system' | 'developer'
  content: string | ContentPart[]
  status?: ItemStatus | null
  phase?: 'commentary' | 'final_answer' | null
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export type ContentPart =
  | { type: 'input_text'; text: string }
  | {
      type: 'input_image'
      image_url?: string | null
      file_id?: string | null
      detail?: 'low' | 'high' | 'auto' | 'original' | null
    }
  | { type: 'input_file'; file_id?: string | null; file_url?: string | null; file_data?: string | null; filename?: string | null }
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  | OutputText
  | Refusal
  | { type: `${string}:${string}`; [field: string]: unknown }

export interface OutputText {
  type: 'output_text'
  text: string
  annotations?: Annotation[]
  logprobs?: LogProb[]
}

export interface Refusal {
  type: 'refusal'
  refusal: string
}

/** file_citation, url_citation, container_file_citation, file_path, and whatever comes after them. */
export interface Annotation {
  type: string
  [field: string]: unknown
}

export interface LogProb {
  token: string
  logprob: number
  bytes?: number[] | null
  top_logprobs?: { token: string; logprob: number; bytes?: number[] | null }[]
}

export interface FunctionCall {
  type: 'function_call'
  id?: string | null
  call_id: string
  name: string
  namespace?: string | null
  arguments: string
  status?: ItemStatus | null
}

export interface FunctionCallOutput {
  type: 'function_call_output'
  id?: string | null
  call_id: string
  output: string | ContentPart[]
  status?: ItemStatus | null
}

export interface CustomToolCall {
  type: 'custom_tool_call'
  id?: string | null
  call_id: string
  name: string
  namespace?: string | null
  input: string
  status?: ItemStatus | null
}

export interface CustomToolCallOutput {
  type: 'custom_tool_call_output'
  id?: string | null
  call_id: string
  output: string | ContentPart[]
}

export interface ReasoningItem {
  type: 'reasoning'
  id?: string | null
  summary: { type: 'summary_text'; text: string }[]
  content?: { type: 'reasoning_text'; text: string }[] | null
  encrypted_content?: string | null
  status?: ItemStatus | null
}

export interface ItemReference {
  type: 'item_reference'
  id: string
}

/** Calls of hosted tools and their results, replayed as they came. */
export interface HostedItem {
  type:
    | 'web_search_call'
    | 'file_search_call'
    | 'code_interpreter_call'
    | 'image_generation_call'
    | 'computer_call'
    | 'computer_call_output'
    | 'local_shell_call'
    | 'local_shell_call_output'
    | 'shell_call'
    | 'shell_call_output'
    | 'apply_patch_call'
    | 'apply_patch_call_output'
    | 'tool_search_call'
    | 'tool_search_output'
    | 'additional_tools'
    | 'configuration_update'
    | 'compaction'
    | 'compaction_trigger'
    | 'mcp_list_tools'
    | 'mcp_call'
    | 'mcp_approval_request'
    | 'mcp_approval_response'
    | 'program'
    | 'program_output'
  id?: string | null
  [field: string]: unknown
}

export interface OutputMessage {
  type: 'message'
  id: string
  role: 'assistant'
  status: ItemStatus
  content: (OutputText | Refusal)[]
  phase?: 'commentary' | 'final_answer'
}

export type OutputItem =
  | OutputMessage
  | (FunctionCall & { id: string })
  | (CustomToolCall & { id: string })
  | (ReasoningItem & { id: string })
  | HostedItem
  | { type: `${string}:${string}`; id?: string | null; [field: string]: unknown }

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete'

/** The response object: OpenAI's, plus `provider`, the account that answered. */
export interface ResponseObject {
  id: string
  object: 'response'
  created_at: number
  completed_at: number | null
  status: ResponseStatus
  background: boolean
  error: { code: string; message: string } | null
  incomplete_details: { reason: string } | null
  instructions: string | null
  max_output_tokens: number | null
  max_tool_calls: number | null
  model: string
  output: OutputItem[]
  parallel_tool_calls: boolean
  previous_response_id: string | null
  /** Only where the response is part of one. */
  conversation?: { id: string } | null
  reasoning: { effort: string | null; summary: string | null } | null
  service_tier: string
  store: boolean
  temperature: number
  text: TextOptions
  tool_choice: ToolChoice
  tools: Tool[]
  top_logprobs: number
  top_p: number
  presence_penalty: number
  frequency_penalty: number
  truncation: 'auto' | 'disabled'
  usage: ResponsesUsage | null
  user: string | null
  metadata: Record<string, string>
  safety_identifier: string | null
  prompt_cache_key: string | null
  provider?: string
}

export interface ResponsesUsage {
  input_tokens: number
  input_tokens_details: { cached_tokens: number; cache_write_tokens?: number; audio_tokens?: number; image_tokens?: number }
  output_tokens: number
  output_tokens_details: { reasoning_tokens: number; audio_tokens?: number; image_tokens?: number }
  total_tokens: number
}

/** Every event carries its place in the sequence, from 0 on and without gaps. */
export type ResponsesEvent = { sequence_number: number } & (
  | {
      type:
        | 'response.created'
        | 'response.queued'
        | 'response.in_progress'
        | 'response.completed'
        | 'response.failed'
        | 'response.incomplete'
      response: ResponseObject
    }
  | { type: 'response.output_item.added' | 'response.output_item.done'; output_index: number; item: OutputItem }
  | ({
      type: 'response.content_part.added' | 'response.content_part.done'
      part: OutputText | Refusal | ReasoningText
    } & PartPlace)
  | ({ type: 'response.output_text.delta'; delta: string; logprobs: LogProb[] } & PartPlace)
  | ({ type: 'response.output_text.done'; text: string; logprobs: LogProb[] } & PartPlace)
  | ({ type: 'response.output_text.annotation.added'; annotation: Annotation; annotation_index: number } & PartPlace)
  | ({ type: 'response.refusal.delta'; delta: string } & PartPlace)
  | ({ type: 'response.refusal.done'; refusal: string } & PartPlace)
  | ({ type: 'response.function_call_arguments.delta' | 'response.custom_tool_call_input.delta'; delta: string } & ItemPlace)
  | ({ type: 'response.function_call_arguments.done'; arguments: string; name?: string } & ItemPlace)
  | ({ type: 'response.custom_tool_call_input.done'; input: string } & ItemPlace)
  | ({
      type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done'
      summary_index: number
      part: { type: 'summary_text'; text: string }
    } & ItemPlace)
  | ({ type: 'response.reasoning_summary_text.delta'; summary_index: number; delta: string } & ItemPlace)
  | ({ type: 'response.reasoning_summary_text.done'; summary_index: number; text: string } & ItemPlace)
  | ({ type: 'response.reasoning_text.delta'; delta: string } & PartPlace)
  | ({ type: 'response.reasoning_text.done'; text: string } & PartPlace)
  | { type: 'error'; code: string; message: string; param: string | null; error: ErrorDetail }
  | { type: `${string}:${string}`; [field: string]: unknown }
)

export interface ItemPlace {
  item_id: string
  output_index: number
}

export interface PartPlace extends ItemPlace {
  content_index: number
}

export interface ReasoningText {
  type: 'reasoning_text'
  text: string
}

/** What every HTTP error carries under `error`, and the `error` event of a stream too. */
export interface ErrorDetail {
  message: string
  type: string
  param: string | null
  code: string | null
}

export interface ErrorBody {
  error: ErrorDetail
}

export interface DeletedResponse {
  id: string
  object: 'response'
  deleted: true
}

export interface InputItemList {
  object: 'list'
  data: InputItem[]
  first_id: string | null
  last_id: string | null
  has_more: boolean
}
