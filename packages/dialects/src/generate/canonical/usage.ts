/**
 * Tokens in disjoint buckets, so that a price can be set on each and the sum is what was used. Dialects differ in what they
 * include: OpenAI's input contains the cached tokens, Anthropic's does not; a decoder takes them apart, an encoder adds up.
 */
export interface Usage {
  /** Input that was neither read from nor written to a cache. */
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Output without reasoning. */
  readonly output: number
  readonly reasoning: number
  /** Counted by Weir, because the provider gave none. */
  readonly estimated?: true
}

export const inputTokens = (usage: Usage): number => usage.input + usage.cacheRead + usage.cacheWrite
export const outputTokens = (usage: Usage): number => usage.output + usage.reasoning
export const totalTokens = (usage: Usage): number => inputTokens(usage) + outputTokens(usage)
