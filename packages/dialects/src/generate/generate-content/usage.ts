import type { generateContent as wire } from '@weir/contracts'
import { totalTokens, type Usage } from '../canonical/usage.js'
import { isRecord, type Loose } from '../narrow.js'

const count = (value: unknown): number | undefined => (typeof value === 'number' && value > 0 ? value : undefined)

/** What is counted here; what else is said of usage (which modality it was of, say) is kept beside it. */
const counted = new Set([
  'promptTokenCount',
  'cachedContentTokenCount',
  'candidatesTokenCount',
  'thoughtsTokenCount',
  'totalTokenCount',
])

/**
 * Tokens taken apart. The prompt contains what came from a cache; thoughts, and the prompts of tools that Google runs, are counted
 * beside it and beside the candidates. No bucket is ever negative.
 */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const { promptTokenCount, candidatesTokenCount, totalTokenCount } = wire
  if (promptTokenCount === undefined && candidatesTokenCount === undefined && totalTokenCount === undefined) return undefined
  const prompt = count(promptTokenCount) ?? 0
  const cacheRead = Math.min(prompt, count(wire.cachedContentTokenCount) ?? 0)
  return {
    input: prompt - cacheRead + (count(wire.toolUsePromptTokenCount) ?? 0),
    cacheRead,
    cacheWrite: 0,
    output: count(candidatesTokenCount) ?? 0,
    reasoning: count(wire.thoughtsTokenCount) ?? 0,
  }
}

export function restOfUsage(wire: Loose): Loose {
  return Object.fromEntries(Object.entries(wire).filter(([field, value]) => !counted.has(field) && value !== null))
}

/** The counts that Google shows; `beside` is what it said of an answer of its own. */
export function encodeUsage(usage: Usage, beside: Loose = {}): wire.UsageMetadata {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage
  const ofTools = count(beside.toolUsePromptTokenCount) ?? 0
  return {
    promptTokenCount: Math.max(0, input + cacheRead + cacheWrite - ofTools),
    ...(cacheRead > 0 && { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount: output,
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    totalTokenCount: totalTokens(usage),
    ...beside,
  }
}
