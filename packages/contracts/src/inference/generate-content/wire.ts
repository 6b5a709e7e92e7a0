// The generateContent wire of Google's Gemini API, as callers and upstreams speak it. Its JSON is that of protocol buffers: names may
// come in snake_case too, a list of one may come as the one alone, and a field with its default value may be left out.
import type { JsonSchema } from '../responses/wire.js'

/** The body of POST /models/{model}:generateContent. Fields that are newer than this page pass through untouched. */
export interface GenerateContentRequest {
  /** In Gemini's own API it stands in the URL and never in the body. In the gateway it stands here. */
  model: string
  /** Whether the call was `:streamGenerateContent`; in the URL as well, and here as long as the request is in the gateway. */
  stream?: boolean
  contents: Content | Content[]
  systemInstruction?: Content
  tools?: GeminiTool | GeminiTool[]
  toolConfig?: ToolConfig
  safetySettings?: Record<string, unknown>[]
  generationConfig?: GenerationConfig
  cachedContent?: string
  /** `standard`, `flex` or `priority`. */
  serviceTier?: string
  /** Weir's own: whether it keeps the answer, so that GET /responses/{id} gives it. Default: no. */
  store?: boolean
}

/** The body of POST /models/{model}:countTokens: contents alone, or a whole request. The model stands in the URL. */
export interface CountTokensRequest {
  contents?: Content | Content[]
  generateContentRequest?: Omit<GenerateContentRequest, 'model'> & { model?: string | null }
}

export interface CountTokensResponse {
  totalTokens: number
}

/** What one side says in one go. An absent role is the user's. */
export interface Content {
  role?: string
  parts?: Part | Part[]
}

/** One of its data fields says what it is; the others describe it. */
export interface Part {
  text?: string
  /** The text is a summary of the model's thoughts. */
  thought?: boolean
  /** Base64. To be given back on the very part that it came with. */
  thoughtSignature?: string
  inlineData?: Blob
  fileData?: FileData
  functionCall?: FunctionCall
  functionResponse?: FunctionResponse
  executableCode?: { language?: string; code?: string; id?: string }
  codeExecutionResult?: { outcome?: string; output?: string; id?: string }
}

/** Data as base64. */
export interface Blob {
  mimeType?: string
  data?: string
  displayName?: string
}

export interface FileData {
  mimeType?: string
  fileUri?: string
  displayName?: string
}

export interface FunctionCall {
  id?: string
  name?: string
  args?: Record<string, unknown>
}

/** Pairs with its call by `id` where there is one, by `name` where not. */
export interface FunctionResponse {
  id?: string
  name?: string
  response?: Record<string, unknown>
  parts?: Part | Part[]
}

/** Functions of the caller, or a tool that Google runs under its own field (`googleSearch`, `codeExecution`, `urlContext`). */
export interface GeminiTool {
  functionDeclarations?: FunctionDeclaration | FunctionDeclaration[]
  [hosted: string]: unknown
}

export interface FunctionDeclaration {
  name: string
  description?: string
  /** A subset of OpenAPI's schemas, with types in capitals. */
  parameters?: Record<string, unknown>
  parametersJsonSchema?: JsonSchema
}

export interface ToolConfig {
  functionCallingConfig?: {
    /** `AUTO`, `ANY`, `NONE`, `VALIDATED`. */
    mode?: string
    allowedFunctionNames?: string[]
  }
}

export interface GenerationConfig {
  temperature?: number
  topP?: number
  topK?: number
  candidateCount?: number
  maxOutputTokens?: number
  stopSequences?: string[]
  seed?: number
  presencePenalty?: number
  frequencyPenalty?: number
  responseLogprobs?: boolean
  logprobs?: number
  responseMimeType?: string
  /** A subset of OpenAPI's schemas, with types in capitals. */
  responseSchema?: Record<string, unknown>
  responseJsonSchema?: JsonSchema
  responseModalities?: string[]
  thinkingConfig?: ThinkingConfig
}

export interface ThinkingConfig {
  /** `MINIMAL`, `LOW`, `MEDIUM`, `HIGH`. */
  thinkingLevel?: string
  /** Tokens; 0 is none, -1 leaves it to the model. */
  thinkingBudget?: number
  includeThoughts?: boolean
}

/** A whole answer, and each chunk of a streamed one. */
export interface GenerateContentResponse {
  /** Absent where the prompt was blocked. */
  candidates?: Candidate[]
  promptFeedback?: { blockReason?: string; [field: string]: unknown }
  usageMetadata?: UsageMetadata
  modelVersion?: string
  responseId?: string
  /** The answer failed: Google sends it in place of a chunk. */
  error?: GoogleError
}

export interface Candidate {
  content?: Content
  /** `STOP`, `MAX_TOKENS`, `SAFETY` and many more. */
  finishReason?: string
  finishMessage?: string
  index?: number
  logprobsResult?: LogprobsResult
  groundingMetadata?: Record<string, unknown>
  citationMetadata?: Record<string, unknown>
}

export interface LogprobsResult {
  chosenCandidates?: LogprobsCandidate[]
  topCandidates?: { candidates?: LogprobsCandidate[] }[]
}

export interface LogprobsCandidate {
  token?: string
  logProbability?: number
}

/** Thoughts are counted beside the candidates, and what came from a cache within the prompt. */
export interface UsageMetadata {
  promptTokenCount?: number
  cachedContentTokenCount?: number
  candidatesTokenCount?: number
  thoughtsTokenCount?: number
  toolUsePromptTokenCount?: number
  totalTokenCount?: number
  promptTokensDetails?: ModalityTokenCount[]
  candidatesTokensDetails?: ModalityTokenCount[]
}

export interface ModalityTokenCount {
  /** `TEXT`, `IMAGE`, `AUDIO` and more. */
  modality: string
  tokenCount: number
}

export interface GoogleError {
  /** The HTTP status. */
  code: number
  message: string
  /** `INVALID_ARGUMENT` and the like. */
  status: string
  details?: Record<string, unknown>[]
}

export interface GoogleErrorBody {
  error: GoogleError
}
