// The wire of OpenAI's embeddings, as callers and many servers speak it.

/** The body of POST /embeddings. Fields that are newer than this page pass through untouched. */
export interface EmbeddingsRequest {
  model: string
  /** One text or several, or one list of tokens or several; never texts beside tokens. */
  input: string | string[] | number[] | number[][]
  /** How long each vector shall be, where the model can shorten it. */
  dimensions?: number | null
  /** `base64`: the bytes of 32-bit floats, the lowest first. Default: `float`. */
  encoding_format?: 'float' | 'base64' | null
  user?: string | null
}

export interface EmbeddingsResponse {
  object: 'list'
  /** One for each input, in its order. */
  data: EmbeddingsVector[]
  model: string
  usage: EmbeddingsUsage
  /** The account that answered: Weir's own field. */
  provider?: string
}

export interface EmbeddingsVector {
  object: 'embedding'
  index: number
  /** A string where base64 was asked for. */
  embedding: number[] | string
}

export interface EmbeddingsUsage {
  prompt_tokens: number
  total_tokens: number
}
