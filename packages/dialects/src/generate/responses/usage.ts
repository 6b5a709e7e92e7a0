import type { responses } from '@weir/contracts'
import { inputTokens, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord } from '../narrow.js'

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** Tokens taken apart: `input_tokens` contains what touched a cache, `output_tokens` the reasoning. No bucket is negative. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const ofInput = isRecord(wire.input_tokens_details) ? wire.input_tokens_details : {}
  const ofOutput = isRecord(wire.output_tokens_details) ? wire.output_tokens_details : {}
  const input = count(wire.input_tokens)
  const output = count(wire.output_tokens)
  const cacheRead = Math.min(input, count(ofInput.cached_tokens))
  const cacheWrite = Math.min(input - cacheRead, count(ofInput.cache_write_tokens))
  const reasoning = Math.min(output, count(ofOutput.reasoning_tokens))
  return { input: input - cacheRead - cacheWrite, cacheRead, cacheWrite, output: output - reasoning, reasoning }
}

/** The sums that this wire shows, with the buckets in the details. */
export function encodeUsage(usage: Usage): responses.ResponsesUsage {
  return {
    input_tokens: inputTokens(usage),
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: outputTokens(usage),
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: totalTokens(usage),
  }
}
