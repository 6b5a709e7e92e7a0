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
  /**
   * The total as the provider tells it, where the buckets do not add up to that: one of the two is wrong, and nobody here can say
   * which. Absent where they do, and where the provider tells no total.
   */
  readonly providerTotal?: number
}

/** Every bucket, in the order in which they are told. */
export const usageBuckets = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWriteHour',
  'audioInput',
  'imageInput',
  'output',
  'audioOutput',
  'imageOutput',
  'reasoning',
] as const satisfies readonly (keyof Usage)[]

export type UsageBucket = (typeof usageBuckets)[number]

type Buckets = Pick<Usage, UsageBucket>

/** What was written to a cache, however long that lasts. */
export const cacheWriteTokens = ({ cacheWrite, cacheWriteHour = 0 }: Buckets): number => cacheWrite + cacheWriteHour

export const inputTokens = (usage: Buckets): number =>
  usage.input + usage.cacheRead + cacheWriteTokens(usage) + (usage.audioInput ?? 0) + (usage.imageInput ?? 0)

export const outputTokens = (usage: Buckets): number =>
  usage.output + usage.reasoning + (usage.audioOutput ?? 0) + (usage.imageOutput ?? 0)

export const totalTokens = (usage: Buckets): number => inputTokens(usage) + outputTokens(usage)

/** The usage beside the total that its provider tells, which is noted where it is another. */
export const checkedAgainst = (providerTotal: number | undefined, usage: Usage): Usage =>
  providerTotal === undefined || providerTotal === totalTokens(usage) ? usage : { ...usage, providerTotal }
