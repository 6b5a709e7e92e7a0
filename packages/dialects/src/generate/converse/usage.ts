import { cacheWriteTokens, checkedAgainst, outputTokens, totalTokens, type Usage } from '../canonical/usage.js'
import { isList, isRecord, known } from '../narrow.js'
import { pouring } from '../pouring.js'
import { tokenCount } from '../token-count.js'
import type { TokenUsage } from './wire.js'

const count = (value: unknown): number => tokenCount(value) ?? 0

/** Tokens as Bedrock counts them: apart already, what touched a cache beside the rest of the input. Reasoning is output. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  const written = pouring(count(wire.cacheWriteInputTokens))
  const cacheWriteHour = written.takeSome(writtenForAnHour(wire.cacheDetails))
  return checkedAgainst(tokenCount(wire.totalTokens), {
    input: count(wire.inputTokens),
    cacheRead: count(wire.cacheReadInputTokens),
    cacheWrite: written.rest(),
    output: count(wire.outputTokens),
    reasoning: 0,
    ...known({ cacheWriteHour }),
  })
}

function writtenForAnHour(details: unknown): number {
  let tokens = 0
  for (const detail of isList(details) ? details : [])
    if (isRecord(detail) && detail.ttl === '1h') tokens += count(detail.inputTokens)
  return tokens
}

/** The counts that Bedrock shows. Sound and images are input and output like any other here. */
export function encodeUsage(usage: Usage): TokenUsage {
  const { cacheRead, cacheWrite, cacheWriteHour = 0 } = usage
  const written = cacheWriteTokens(usage)
  const lasting = [
    { ttl: '1h', inputTokens: cacheWriteHour },
    { ttl: '5m', inputTokens: cacheWrite },
  ]
  return {
    inputTokens: usage.input + (usage.audioInput ?? 0) + (usage.imageInput ?? 0),
    outputTokens: outputTokens(usage),
    totalTokens: totalTokens(usage),
    ...(cacheRead > 0 && { cacheReadInputTokens: cacheRead }),
    ...(written > 0 && { cacheWriteInputTokens: written }),
    ...(cacheWriteHour > 0 && { cacheDetails: lasting.filter(({ inputTokens }) => inputTokens > 0) }),
  }
}
