// The wire of Amazon Bedrock's Converse and ConverseStream, as far as it is spoken here. Whatever else a body holds is kept.

/**
 * A request. On the wire `model` and `stream` stand in the URL; in the gateway they stand beside the other fields, until `address`
 * takes them out.
 */
export interface ConverseRequest {
  /** A model's id, or the ARN of one. */
  model: string
  stream?: boolean
  messages?: Message[]
  system?: ContentBlock[]
  inferenceConfig?: InferenceConfig
  toolConfig?: ToolConfig
  outputConfig?: OutputConfig
  serviceTier?: { type: string }
  /** What one model takes beyond all this, by its own names. */
  additionalModelRequestFields?: Fields
  [field: string]: unknown
}

/** A JSON object whose fields are a model's or the caller's own. */
type Fields = Record<string, unknown>

export interface InferenceConfig {
  maxTokens?: number
  temperature?: number
  topP?: number
  stopSequences?: string[]
}

/** `role` is `user` or `assistant`, one after the other. */
export interface Message {
  role: string
  content: ContentBlock[]
}

/** A union: one member is set. Bytes are base64. */
export interface ContentBlock {
  text?: string
  image?: { format: string; source: Source }
  document?: { format: string; name: string; source: Source }
  audio?: { format: string; source: Source }
  video?: { format: string; source: Source }
  toolUse?: ToolUse
  toolResult?: ToolResult
  reasoningContent?: Reasoning
  citationsContent?: { content: { text: string }[]; citations: Citation[] }
  cachePoint?: { type: string; ttl?: string }
  /** Of a tool's result only. */
  json?: unknown
  [member: string]: unknown
}

export interface Source {
  bytes?: string
  [member: string]: unknown
}

export interface ToolUse {
  toolUseId: string
  name: string
  input: unknown
  /** `server_tool_use`: the provider runs it by itself. */
  type?: string
}

export interface ToolResult {
  toolUseId: string
  content: ContentBlock[]
  status?: string
}

export interface Reasoning {
  reasoningText?: { text: string; signature?: string }
  redactedContent?: string
}

export interface Citation {
  title?: string
  source?: string
  sourceContent?: { text?: string }[]
  location?: Fields
}

export interface ToolConfig {
  tools: ToolEntry[]
  toolChoice?: { auto?: Fields; any?: Fields; tool?: { name: string } }
}

/** A union: one member is set. */
export interface ToolEntry {
  toolSpec?: { name: string; description?: string; inputSchema: { json: unknown }; strict?: boolean }
  systemTool?: { name: string }
  cachePoint?: { type: string; ttl?: string }
  [member: string]: unknown
}

export interface OutputConfig {
  /** `schema` is JSON as a text. */
  textFormat?: {
    type: string
    structure: { jsonSchema: { schema: string; name?: string; description?: string } }
  }
  effort?: string
}

export interface ConverseResponse {
  output?: { message?: Message }
  stopReason?: string
  usage?: TokenUsage
  metrics?: { latencyMs: number }
  [field: string]: unknown
}

/** `inputTokens` counts what neither came from a cache nor went into one. */
export interface TokenUsage {
  inputTokens: number
  outputTokens: number
  totalTokens: number
  cacheReadInputTokens?: number
  cacheWriteInputTokens?: number
  cacheDetails?: { ttl: string; inputTokens: number }[]
}
