import { inputTokens, totalTokens, type Usage } from './generate/canonical/usage.js'
import { isRecord } from './generate/narrow.js'
import { tokenCount } from './generate/token-count.js'

/** Tokens of what is read and answered with no text: some servers tell the total alone. */
export function readPlainUsage(wire: unknown): Usage | undefined {
  if (!isRecord(wire)) return undefined
  return readOf(tokenCount(wire.prompt_tokens) ?? tokenCount(wire.total_tokens))
}

/** So many tokens were read, and none written. */
export const readOf = (input: number | undefined): Usage | undefined =>
  input === undefined ? undefined : { input, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }

export const writePlainUsage = (usage: Usage): { prompt_tokens: number; total_tokens: number } => ({
  prompt_tokens: inputTokens(usage),
  total_tokens: totalTokens(usage),
})
