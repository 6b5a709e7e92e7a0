// The Chat Completions wire as callers and upstreams speak it: OpenAI's own, and what the many servers that copy it add.
import type { Annotation, JsonSchema, LogProb } from '../responses/wire.js'

/** The body of POST /chat/completions. Fields that are newer than this page pass through untouched. */
export interface ChatCompletionsRequest {
  model: string
  messages: ChatMessage[]
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null
  store?: boolean | null
  max_tokens?: number | null
  max_completion_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  n?: number | null
  stop?: string | string[] | null
  seed?: number | null
  presence_penalty?: number | null
  frequency_penalty?: number | null
  logit_bias?: Record<string, number> | null
  logprobs?: boolean | null
  top_logprobs?: number | null
  response_format?: ResponseFormat | null
  reasoning_effort?: string | null
  verbosity?: 'low' | 'medium' | 'high' | null
  tools?: ChatTool[] | null
  tool_choice?: ChatToolChoice | null
  parallel_tool_calls?: boolean | null
  metadata?: Record<string, string> | null
  service_tier?: string | null
  prompt_cache_key?: string | null
  safety_identifier?: string | null
  user?: string | null
}

export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; json_schema: { name: string; schema?: JsonSchema; strict?: boolean | null; description?: string } }

export type ChatTool =
  | { type: 'function'; function: { name: string; description?: string; parameters?: JsonSchema; strict?: boolean | null } }
  | { type: 'custom'; custom: { name: string; description?: string; format?: ChatCustomFormat } }
  | { type: `${string}:${string}`; [field: string]: unknown }

export type ChatCustomFormat = { type: 'text' } | { type: 'grammar'; grammar: { syntax: string; definition: string } }

export type ChatToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { type: 'function'; function: { name: string } }
  | { type: 'custom'; custom: { name: string } }
  | { type: 'allowed_tools'; allowed_tools: { mode: 'auto' | 'required'; tools: Record<string, unknown>[] } }

export type ChatMessage =
  | { role: 'system' | 'developer'; content: string | ChatPart[]; name?: string }
  | { role: 'user'; content: string | ChatPart[]; name?: string }
  | AssistantMessage
  | { role: 'tool'; content: string | ChatPart[]; tool_call_id: string }
  | { role: 'function'; content: string | null; name: string }

export interface AssistantMessage {
  role: 'assistant'
  content?: string | ChatPart[] | null
  refusal?: string | null
  name?: string
  tool_calls?: ChatToolCall[] | null
  annotations?: Annotation[] | null
  audio?: { id: string } | null
  /** Raw reasoning, under the name that DeepSeek, vLLM and most others use. */
  reasoning_content?: string | null
  /** The same, under the name that OpenRouter, Groq and Ollama use. */
  reasoning?: string | null
}

export type ChatPart =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: string } }
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  | { type: 'file'; file: { file_id?: string; file_data?: string; filename?: string } }
  | { type: 'refusal'; refusal: string }
  | { type: `${string}:${string}`; [field: string]: unknown }

export type ChatToolCall =
  | { id: string; type: 'function'; function: { name: string; arguments: string } }
  | { id: string; type: 'custom'; custom: { name: string; input: string } }

export interface ChatCompletion {
  id: string
  object: 'chat.completion'
  created: number
  model: string
  choices: ChatChoice[]
  usage?: ChatUsage | null
  service_tier?: string | null
  system_fingerprint?: string | null
  /** The account that answered: Weir's own field. */
  provider?: string
}

export interface ChatChoice {
  index: number
  message: AssistantMessage
  finish_reason: FinishReason | null
  logprobs?: ChatLogProbs | null
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

export interface ChatLogProbs {
  content?: LogProb[] | null
  refusal?: LogProb[] | null
}

export interface ChatUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: {
    cached_tokens?: number
    cache_write_tokens?: number
    audio_tokens?: number
    image_tokens?: number
  } | null
  completion_tokens_details?: { reasoning_tokens?: number; audio_tokens?: number; image_tokens?: number } | null
}

export interface ChatCompletionChunk {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  choices: ChatChunkChoice[]
  usage?: ChatUsage | null
  service_tier?: string | null
  system_fingerprint?: string | null
  provider?: string
}

export interface ChatChunkChoice {
  index: number
  delta: ChatDelta
  finish_reason: FinishReason | null
  logprobs?: ChatLogProbs | null
}

export interface ChatDelta {
  role?: 'assistant'
  content?: string | null
  refusal?: string | null
  tool_calls?: ChatToolCallDelta[]
  annotations?: Annotation[]
  reasoning_content?: string | null
  reasoning?: string | null
}

/** The id and the name come with the first delta of a call, the rest is keyed by `index`. */
export interface ChatToolCallDelta {
  index: number
  id?: string
  type?: 'function' | 'custom'
  function?: { name?: string; arguments?: string }
  custom?: { name?: string; input?: string }
}
