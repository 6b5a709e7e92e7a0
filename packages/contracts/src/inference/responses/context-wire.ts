// The wires of POST /responses/input_tokens and POST /responses/compact: a conversation as it is, without an answer to it.
import type {
  HostedItem,
  InputItem,
  InputMessage,
  ReasoningOptions,
  ResponsesRequest,
  ResponsesUsage,
  TextOptions,
  Tool,
  ToolChoice,
} from './wire.js'

/** The body of POST /responses/input_tokens. Fields that are newer than this page are let through and not counted. */
export interface InputTokensRequest {
  model?: string | null
  input?: string | InputItem[] | null
  instructions?: string | null
  previous_response_id?: string | null
  conversation?: string | { id: string } | null
  tools?: Tool[] | null
  tool_choice?: ToolChoice | null
  text?: TextOptions | null
  reasoning?: ReasoningOptions | null
  parallel_tool_calls?: boolean | null
  truncation?: 'auto' | 'disabled' | null
}

export interface InputTokens {
  object: 'response.input_tokens'
  input_tokens: number
}

/** The body of POST /responses/compact. Fields that are newer than this page are let through and not read. */
export interface CompactRequest {
  model: string
  input?: string | InputItem[] | null
  instructions?: string | null
  previous_response_id?: string | null
  conversation?: string | { id: string } | null
  prompt_cache_key?: string | null
  service_tier?: ResponsesRequest['service_tier']
}

/** A conversation made short: its user messages, then one item that stands for everything else. */
export interface CompactedResponse {
  id: string
  object: 'response.compaction'
  created_at: number
  output: (InputMessage | CompactionItem)[]
  usage: ResponsesUsage
}

/** A summary that only the gateway which made it can read, for the owner for whom it did. */
export interface CompactionItem extends HostedItem {
  type: 'compaction'
  id: string
  encrypted_content: string
}
