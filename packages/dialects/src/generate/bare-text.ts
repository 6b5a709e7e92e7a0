import type { Part } from './canonical/part.js'

/** What a tool gave: nothing is an empty text. */
export const outputOf = (parts: readonly Part[]): string | readonly Part[] =>
  parts.length === 0 ? '' : (bareText(parts) ?? parts)

/** The text that parts are, where they are one text and nothing besides: it stands for itself, since many servers know no lists. */
export function bareText([part, ...more]: readonly Part[]): string | undefined {
  const bare = part?.type === 'text' && more.length === 0 && !part.extras && !part.cache && !part.annotations && !part.json
  return bare ? part.text : undefined
}
