// The Messages wire as callers and upstreams speak it: Anthropic's own, and what the servers that copy it add.
import type { JsonSchema } from '../responses/wire.js'

/** The body of POST /messages. Fields that are newer than this page pass through untouched. */
export interface MessagesRequest {
  model: string
  /** The most tokens that the answer may have, thinking included. The API has no default for it. */
  max_tokens: number
  messages: Message[]
  system?: string | SystemBlock[] | null
  stream?: boolean | null
  temperature?: number | null
  top_p?: number | null
  top_k?: number | null
  stop_sequences?: string[] | null
  tools?: MessagesTool[] | null
  tool_choice?: MessagesToolChoice | null
  thinking?: Thinking | null
  output_config?: OutputConfig | null
  metadata?: { user_id?: string | null } | null
  service_tier?: string | null
  container?: string | Record<string, unknown> | null
  cache_control?: CacheControl | null
  context_management?: Record<string, unknown> | null
  mcp_servers?: Record<string, unknown>[] | null
  inference_geo?: string | null
  /** Weir's own: whether it keeps the answer, so that GET /responses/{id} gives it. Default: no. */
  store?: boolean | null
}

/** The body of POST /messages/count_tokens. */
export type MessagesCount = Omit<MessagesRequest, 'max_tokens'>

export interface MessagesTokens {
  input_tokens: number
}

export interface CacheControl {
  type: 'ephemeral'
  ttl?: '5m' | '1h'
}

export interface SystemBlock {
  type: 'text'
  text: string
  cache_control?: CacheControl | null
}

export type Thinking =
  | { type: 'adaptive'; display?: 'summarized' | 'omitted' | null }
  | { type: 'enabled'; budget_tokens: number; display?: 'summarized' | 'omitted' | null }
  | { type: 'disabled' }

export interface OutputConfig {
  effort?: 'low' | 'medium' | 'high' | 'xhigh' | 'max' | null
  format?: { type: 'json_schema'; schema: JsonSchema } | null
}

/** A tool without a type, or of the type `custom`, is the caller's own; any other is Anthropic's, in one of its versions. */
export interface MessagesTool {
  type?: string | null
  name?: string
  description?: string | null
  input_schema?: JsonSchema
  strict?: boolean | null
  cache_control?: CacheControl | null
}

export type MessagesToolChoice =
  | { type: 'auto' | 'any'; disable_parallel_tool_use?: boolean }
  | { type: 'tool'; name: string; disable_parallel_tool_use?: boolean }
  | { type: 'none' }

/** `system` amid a conversation is taken by newer models only. */
export interface Message {
  role: 'user' | 'assistant' | 'system'
  content: string | Block[]
}

export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | { type: `${string}:${string}`; [field: string]: unknown }

export interface TextBlock {
  type: 'text'
  text: string
  citations?: Citation[] | null
  cache_control?: CacheControl | null
}

/** char_location, page_location, content_block_location, search_result_location, web_search_result_location. */
export interface Citation {
  type: string
  [field: string]: unknown
}

export type ImageSource =
  | { type: 'base64'; media_type: string; data: string }
  | { type: 'url'; url: string }
  | { type: 'file'; file_id: string }

export interface ImageBlock {
  type: 'image'
  source: ImageSource
  cache_control?: CacheControl | null
}

export type DocumentSource =
  | ImageSource
  | { type: 'text'; media_type: string; data: string }
  | { type: 'content'; content: unknown }

export interface DocumentBlock {
  type: 'document'
  source: DocumentSource
  title?: string | null
  context?: string | null
  citations?: { enabled?: boolean } | null
  cache_control?: CacheControl | null
}

export interface ThinkingBlock {
  type: 'thinking'
  thinking: string
  signature: string
}

export interface RedactedThinkingBlock {
  type: 'redacted_thinking'
  data: string
}

export interface ToolUseBlock {
  type: 'tool_use'
  id: string
  name: string
  input: Record<string, unknown>
  cache_control?: CacheControl | null
}

export interface ToolResultBlock {
  type: 'tool_result'
  tool_use_id: string
  content?: string | Block[] | null
  is_error?: boolean | null
  cache_control?: CacheControl | null
}

/** An answer, whole; at the beginning of a stream without content. */
export interface MessagesResponse {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: Block[]
  stop_reason: string | null
  stop_sequence: string | null
  usage: MessagesUsage
  stop_details?: Record<string, unknown> | null
  container?: Record<string, unknown> | null
  /** The account that answered: Weir's own field. */
  provider?: string
}

/** Input that touched a cache stands beside `input_tokens`, not in it. */
export interface MessagesUsage {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number } | null
  output_tokens_details?: { thinking_tokens: number } | null
  service_tier?: string | null
}

export type BlockDelta =
  | { type: 'text_delta'; text: string }
  | { type: 'input_json_delta'; partial_json: string }
  | { type: 'citations_delta'; citation: Citation }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }

/** One event of a stream; its type stands in the `event` line too. */
export type MessagesEvent =
  | { type: 'message_start'; message: MessagesResponse }
  | { type: 'content_block_start'; index: number; content_block: Block }
  | { type: 'content_block_delta'; index: number; delta: BlockDelta }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta'
      delta: { stop_reason: string | null; stop_sequence: string | null; stop_details?: Record<string, unknown> | null }
      /** Counted from the beginning of the answer. */
      usage: Partial<MessagesUsage>
    }
  | { type: 'message_stop' }
  | { type: 'ping' }
  | { type: 'error'; error: MessagesError }

export interface MessagesError {
  type: string
  message: string
}
