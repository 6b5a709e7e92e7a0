import type { messages } from '@weir/contracts'
import { cacheWriteTokens, outputTokens, type Usage } from '../canonical/usage.js'
import { isRecord, known, type Loose } from '../narrow.js'
import { pouring } from '../pouring.js'
import { tokenCount } from '../token-count.js'

const count = (value: unknown): number => tokenCount(value) ?? 0

/** Fields that say what the buckets say. */
const counted = new Set([
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'cache_creation',
  'output_tokens_details',
  'service_tier',
])

/** Tokens as they stand apart already: only thinking is part of another number. No bucket is negative, and no total is told. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const ofCache = isRecord(wire.cache_creation) ? wire.cache_creation : {}
  const ofOutput = isRecord(wire.output_tokens_details) ? wire.output_tokens_details : {}
  const hour = count(ofCache.ephemeral_1h_input_tokens)
  const written = pouring(count(wire.cache_creation_input_tokens) || hour + count(ofCache.ephemeral_5m_input_tokens))
  const cacheWriteHour = written.takeSome(hour)
  const output = pouring(count(wire.output_tokens))
  const reasoning = output.take(count(ofOutput.thinking_tokens))
  return {
    input: count(wire.input_tokens),
    cacheRead: count(wire.cache_read_input_tokens),
    cacheWrite: written.rest(),
    output: output.rest(),
    reasoning,
    ...known({ cacheWriteHour }),
  }
}

/** What usage says besides tokens, such as how often a tool of the provider ran. */
export function usageExtras(wire: unknown): Loose {
  const fields = Object.entries(isRecord(wire) ? wire : {})
  return Object.fromEntries(fields.filter(([field, value]) => value !== null && !counted.has(field)))
}

/** The buckets as this wire shows them. Sound and images are input and output like any other here. */
export function encodeUsage(usage: Usage): messages.MessagesUsage {
  return {
    input_tokens: usage.input + (usage.audioInput ?? 0) + (usage.imageInput ?? 0),
    cache_creation_input_tokens: cacheWriteTokens(usage),
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: usage.cacheWriteHour ?? 0 },
    output_tokens: outputTokens(usage),
    ...(usage.reasoning > 0 && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
