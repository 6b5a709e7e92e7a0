import type { generateContent as wire } from '@weir/contracts'
import { checkedAgainst, inputTokens, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isList, isRecord, known, type Loose } from '../narrow.js'
import { pouring } from '../pouring.js'
import { tokenCount } from '../token-count.js'

const count = (value: unknown): number => tokenCount(value) ?? 0

/** What the buckets say wholly; what else is said of usage is kept beside it. */
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
  const prompt = pouring(count(promptTokenCount))
  const candidates = pouring(count(candidatesTokenCount))
  const cacheRead = prompt.take(count(wire.cachedContentTokenCount))
  // The details of the prompt contain those of what came from the cache.
  const fresh = (modality: string): number =>
    tokensOf(wire.promptTokensDetails, modality) - tokensOf(wire.cacheTokensDetails, modality)
  const audioInput = prompt.takeSome(fresh('AUDIO'))
  const imageInput = prompt.takeSome(fresh('IMAGE'))
  const audioOutput = candidates.takeSome(tokensOf(wire.candidatesTokensDetails, 'AUDIO'))
  const imageOutput = candidates.takeSome(tokensOf(wire.candidatesTokensDetails, 'IMAGE'))
  return checkedAgainst(tokenCount(totalTokenCount), {
    input: prompt.rest() + count(wire.toolUsePromptTokenCount),
    cacheRead,
    cacheWrite: 0,
    output: candidates.rest(),
    reasoning: count(wire.thoughtsTokenCount),
    ...known({ audioInput, imageInput, audioOutput, imageOutput }),
  })
}

function tokensOf(details: unknown, modality: string): number {
  let tokens = 0
  for (const detail of isList(details) ? details : [])
    if (isRecord(detail) && detail.modality === modality) tokens += count(detail.tokenCount)
  return tokens
}

export function restOfUsage(wire: Loose): Loose {
  return Object.fromEntries(Object.entries(wire).filter(([field, value]) => !counted.has(field) && value !== null))
}

/** The counts that Google shows; `beside` is what it said of an answer of its own. */
export function encodeUsage(usage: Usage, beside: Loose = {}): wire.UsageMetadata {
  const { cacheRead, reasoning, audioInput, imageInput, audioOutput, imageOutput } = usage
  const prompt = Math.max(0, inputTokens(usage) - count(beside.toolUsePromptTokenCount))
  const candidates = outputTokens(usage) - reasoning
  return {
    promptTokenCount: prompt,
    ...(cacheRead > 0 && { cachedContentTokenCount: cacheRead }),
    candidatesTokenCount: candidates,
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
    totalTokenCount: totalTokens(usage),
    ...known({
      promptTokensDetails: byModality(audioInput, imageInput),
      candidatesTokensDetails: byModality(audioOutput, imageOutput),
    }),
    ...beside,
  }
}

/** What was sound and what images, where any was. */
function byModality(audio = 0, image = 0): wire.ModalityTokenCount[] | undefined {
  const details = [
    { modality: 'AUDIO', tokenCount: audio },
    { modality: 'IMAGE', tokenCount: image },
  ].filter(({ tokenCount }) => tokenCount > 0)
  return details.length > 0 ? details : undefined
}
