import type { responses } from '@weir/contracts'
import { cacheWriteTokens, checkedAgainst, inputTokens, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord, known } from '../narrow.js'
import { pouring } from '../pouring.js'
import { tokenCount as count } from '../token-count.js'

/** Tokens taken apart: `input_tokens` contains what touched a cache, `output_tokens` the reasoning. No bucket is negative. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const ofInput = isRecord(wire.input_tokens_details) ? wire.input_tokens_details : {}
  const ofOutput = isRecord(wire.output_tokens_details) ? wire.output_tokens_details : {}
  const input = pouring(count(wire.input_tokens) ?? 0)
  const output = pouring(count(wire.output_tokens) ?? 0)
  const cacheRead = input.take(count(ofInput.cached_tokens))
  const cacheWrite = input.take(count(ofInput.cache_write_tokens))
  const audioInput = input.takeSome(count(ofInput.audio_tokens))
  const imageInput = input.takeSome(count(ofInput.image_tokens))
  const reasoning = output.take(count(ofOutput.reasoning_tokens))
  const audioOutput = output.takeSome(count(ofOutput.audio_tokens))
  const imageOutput = output.takeSome(count(ofOutput.image_tokens))
  return checkedAgainst(count(wire.total_tokens), {
    input: input.rest(),
    cacheRead,
    cacheWrite,
    output: output.rest(),
    reasoning,
    ...known({ audioInput, imageInput, audioOutput, imageOutput }),
  })
}

/** The sums that this wire shows, with the buckets in the details. */
export function encodeUsage(usage: Usage): responses.ResponsesUsage {
  return {
    input_tokens: inputTokens(usage),
    input_tokens_details: {
      cached_tokens: usage.cacheRead,
      cache_write_tokens: cacheWriteTokens(usage),
      ...known({ audio_tokens: usage.audioInput, image_tokens: usage.imageInput }),
    },
    output_tokens: outputTokens(usage),
    output_tokens_details: {
      reasoning_tokens: usage.reasoning,
      ...known({ audio_tokens: usage.audioOutput, image_tokens: usage.imageOutput }),
    },
    total_tokens: totalTokens(usage),
  }
}
