import { outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord } from '../narrow.js'
import type { TokenUsage } from './wire.js'

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0)

/** Tokens as Bedrock counts them: apart already, what touched a cache beside the rest of the input. Reasoning is output. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  return {
    input: count(wire.inputTokens),
    cacheRead: count(wire.cacheReadInputTokens),
    cacheWrite: count(wire.cacheWriteInputTokens),
    output: count(wire.outputTokens),
    reasoning: 0,
  }
}

export function encodeUsage(usage: Usage): TokenUsage {
  return {
    inputTokens: usage.input,
    outputTokens: outputTokens(usage),
    totalTokens: totalTokens(usage),
    ...(usage.cacheRead > 0 && { cacheReadInputTokens: usage.cacheRead }),
    ...(usage.cacheWrite > 0 && { cacheWriteInputTokens: usage.cacheWrite }),
  }
}
