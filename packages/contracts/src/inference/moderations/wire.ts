// The wire of OpenAI's moderations.

/** The body of POST /moderations. Fields that are newer than this page pass through untouched. */
export interface ModerationsRequest {
  /** Required here, where no provider is the only one. */
  model: string
  /** One text or several, each judged by itself; or the parts of one thing, judged together. */
  input: string | string[] | ModerationsPart[]
}

export type ModerationsPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } }

export interface ModerationsResponse {
  id: string
  model: string
  /** One for each text, or one for all the parts. */
  results: ModerationsResult[]
  /** Where the provider tells them. */
  usage?: { prompt_tokens: number; total_tokens: number }
  /** The account that answered: Weir's own field. */
  provider?: string
}

export interface ModerationsResult {
  flagged: boolean
  /** By the provider's own names of the categories. */
  categories: Record<string, boolean>
  category_scores: Record<string, number>
  /** To which kinds of input each score applies, where the provider says so. */
  category_applied_input_types?: Record<string, string[]>
}
