// The wire of OpenAI's old text completions, as callers speak it. No upstream is spoken to in it.
import type { ChatUsage } from '../chat-completions/wire.js'

/** The body of POST /completions. Fields that are newer than this page pass through untouched. */
export interface CompletionsRequest {
  model: string
  /** One text. What else the API takes, several texts and tokens by number, is refused by name. */
  prompt: string | string[] | number[] | number[][]
  /** Absent: as long as the model likes. (OpenAI's own models stopped at 16 tokens then.) */
  max_tokens?: number | null
  temperature?: number | null
  top_p?: number | null
  n?: number | null
  stream?: boolean | null
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null
  stop?: string | string[] | null
  /** Of how many alternatives to each token the log probability is wanted; 0: of the token alone. */
  logprobs?: number | null
  echo?: boolean | null
  best_of?: number | null
  suffix?: string | null
  presence_penalty?: number | null
  frequency_penalty?: number | null
  logit_bias?: Record<string, number> | null
  seed?: number | null
  user?: string | null
  /** Weir's own: whether it keeps the answer, so that GET /responses/{id} gives it. Default: no. */
  store?: boolean | null
  /** Weir's own: goes with what is kept. */
  metadata?: Record<string, string> | null
}

/** A whole answer, and each chunk of a stream. */
export interface Completion {
  id: string
  object: 'text_completion'
  created: number
  model: string
  choices: CompletionChoice[]
  usage?: ChatUsage | null
  system_fingerprint?: string | null
  /** The account that answered: Weir's own field. */
  provider?: string
}

export interface CompletionChoice {
  text: string
  index: number
  logprobs: CompletionLogProbs | null
  /** Null in a chunk that is not the last of its choice. */
  finish_reason: 'stop' | 'length' | 'content_filter' | null
}

/** Lists that run side by side, an entry for each token. */
export interface CompletionLogProbs {
  tokens: string[]
  token_logprobs: (number | null)[]
  /** Null where no alternatives were asked for. */
  top_logprobs: Record<string, number>[] | null
  /** In characters from the beginning of the prompt, be it echoed or not. */
  text_offset: number[]
}
