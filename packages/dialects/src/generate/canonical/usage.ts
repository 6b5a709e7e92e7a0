/**
 * Tokens in disjoint buckets, so that a price can be set on each and the sum is what was used. Dialects differ in what they
 * include: OpenAI's input contains the cached tokens, Anthropic's does not; a decoder takes them apart, an encoder adds up.
 */
export interface Usage {
  /** Input that was neither read from nor written to a cache, and is text as far as the provider tells sound and images apart. */
  readonly input: number
  readonly cacheRead: number
  /** Written to a cache that lasts for minutes, or for a time that nobody told. */
  readonly cacheWrite: number
  /** Written to a cache that lasts for an hour, which costs more. Absent, as any bucket below: none. */
  readonly cacheWriteHour?: number
  readonly audioInput?: number
  readonly imageInput?: number
  /** Output without reasoning, and text as far as the provider tells sound and images apart. */
  readonly output: number
  readonly audioOutput?: number
  readonly imageOutput?: number
  readonly reasoning: number
  /** Counted by Weir, because the provider gave none. */
  readonly estimated?: true
}

/** What was written to a cache, however long that lasts. */
export const cacheWriteTokens = ({ cacheWrite, cacheWriteHour = 0 }: Usage): number => cacheWrite + cacheWriteHour

export const inputTokens = (usage: Usage): number =>
  usage.input + usage.cacheRead + cacheWriteTokens(usage) + (usage.audioInput ?? 0) + (usage.imageInput ?? 0)

export const outputTokens = (usage: Usage): number =>
  usage.output + usage.reasoning + (usage.audioOutput ?? 0) + (usage.imageOutput ?? 0)

export const totalTokens = (usage: Usage): number => inputTokens(usage) + outputTokens(usage)
