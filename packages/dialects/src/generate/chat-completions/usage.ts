import type { chat } from '@weir/contracts'
import { inputTokens, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord, type Loose } from '../narrow.js'

const count = (value: unknown): number | undefined => (typeof value === 'number' && value >= 0 ? value : undefined)
const details = (value: unknown): Loose => (isRecord(value) ? value : {})

/**
 * Tokens taken apart. `prompt_tokens` contains what came from a cache and `completion_tokens` the reasoning, but some servers
 * count reasoning beside the completion: there the total gives it away. No bucket is ever negative, whatever was sent.
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const prompt = count(wire.prompt_tokens) ?? 0
  const total = count(wire.total_tokens)
  const completion = count(wire.completion_tokens) ?? Math.max(0, (total ?? 0) - prompt)
  const ofPrompt = details(wire.prompt_tokens_details)
  const ofCompletion = details(wire.completion_tokens_details)

  const cacheRead = Math.min(prompt, count(ofPrompt.cached_tokens) ?? count(wire.prompt_cache_hit_tokens) ?? 0)
  const cacheWrite = Math.min(prompt - cacheRead, count(ofPrompt.cache_write_tokens) ?? 0)
  const reasoned = count(ofCompletion.reasoning_tokens) ?? count(wire.reasoning_tokens) ?? 0
  const beside = reasoned > 0 && total === prompt + completion + reasoned
  const reasoning = beside ? reasoned : Math.min(reasoned, completion)
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: beside ? completion : completion - reasoning,
    reasoning,
  }
}

/** The sums that chat shows, with the buckets in the details. */
export function encodeUsage(usage: Usage): chat.ChatUsage {
  return {
    prompt_tokens: inputTokens(usage),
    completion_tokens: outputTokens(usage),
    total_tokens: totalTokens(usage),
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(usage.cacheWrite > 0 && { cache_write_tokens: usage.cacheWrite }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }
}
