import type { chat } from '@weir/contracts'
import { cacheWriteTokens, checkedAgainst, inputTokens, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord, known, type Loose } from '../narrow.js'
import { pouring } from '../pouring.js'
import { tokenCount as count } from '../token-count.js'

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

  const prompted = pouring(prompt)
  const cacheRead = prompted.take(count(ofPrompt.cached_tokens) ?? count(wire.prompt_cache_hit_tokens))
  const cacheWrite = prompted.take(count(ofPrompt.cache_write_tokens))
  const audioInput = prompted.takeSome(count(ofPrompt.audio_tokens))
  const imageInput = prompted.takeSome(count(ofPrompt.image_tokens))
  const reasoned = count(ofCompletion.reasoning_tokens) ?? count(wire.reasoning_tokens) ?? 0
  const beside = reasoned > 0 && total === prompt + completion + reasoned
  const completed = pouring(completion)
  const reasoning = beside ? reasoned : completed.take(reasoned)
  const audioOutput = completed.takeSome(count(ofCompletion.audio_tokens))
  const imageOutput = completed.takeSome(count(ofCompletion.image_tokens))
  return checkedAgainst(total, {
    input: prompted.rest(),
    cacheRead,
    cacheWrite,
    output: completed.rest(),
    reasoning,
    ...known({ audioInput, imageInput, audioOutput, imageOutput }),
  })
}

/** The sums that chat shows, with the buckets in the details. */
export function encodeUsage(usage: Usage): chat.ChatUsage {
  const written = cacheWriteTokens(usage)
  return {
    prompt_tokens: inputTokens(usage),
    completion_tokens: outputTokens(usage),
    total_tokens: totalTokens(usage),
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      ...(written > 0 && { cache_write_tokens: written }),
      ...known({ audio_tokens: usage.audioInput, image_tokens: usage.imageInput }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      ...known({ audio_tokens: usage.audioOutput, image_tokens: usage.imageOutput }),
    },
  }
}
