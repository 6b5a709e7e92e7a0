/**
 * Up to here a prompt is to be kept for the next request that begins alike. It changes what an answer costs and how soon it comes,
 * never the answer: a target that has no word for it, or refuses it, gets none, and that is no loss. A caller who refuses losses
 * would else be refused over a hint.
 */
export interface CacheMark {
  /** How long it is kept after its last use; absent means what the server takes for usual. */
  readonly ttl?: '5m' | '1h'
}

/** How many marks a request may hold: Anthropic and Bedrock refuse more, and what stands last is worth the most. */
export const mostMarks = 4
