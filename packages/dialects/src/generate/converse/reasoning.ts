import type { ReasoningItem } from '../canonical/item.js'
import { extrasOf } from '../canonical/extras.js'
import type { ReplayToken } from '../canonical/replay-token.js'
import { isRecord, isString, taking, type Loose } from '../narrow.js'
import { parsed } from '../parsed.js'
import type { Reasoning } from './wire.js'

/**
 * A block of reasoning. Its token is the block itself: a signature holds for its text alone, and callers do not all give the text back.
 * Reasoning without a signature has none.
 */
export function decodeReasoning(
  wire: Loose,
): Pick<ReasoningItem, 'type' | 'summary' | 'content' | 'replay' | 'extras'> | undefined {
  const { take, rest } = taking(wire)
  const redactedContent = take('redactedContent', isString)
  const given = taking(take('reasoningText', isRecord) ?? {})
  const text = given.take('text', isString)
  const signature = given.take('signature', isString)
  if (Object.keys(given.rest).length > 0 || (redactedContent === undefined) === (text === undefined)) return undefined
  const replay = replayOf(redactedContent === undefined ? { text: text ?? '', signature } : { redactedContent })
  return {
    type: 'reasoning',
    summary: [],
    ...(text && { content: [text] }),
    ...(replay && { replay }),
    ...extrasOf('converse', Object.keys(rest).length > 0 ? { reasoningContent: rest } : rest),
  }
}

/** The token of a block, where it has one. */
export function replayOf(
  block: { readonly redactedContent: string } | { readonly text: string; readonly signature: string | undefined },
): ReplayToken | undefined {
  if ('redactedContent' in block) return tokenOf({ redactedContent: block.redactedContent })
  const { text, signature } = block
  return signature === undefined ? undefined : tokenOf({ reasoningText: { text, signature } })
}

const tokenOf = (block: Reasoning): ReplayToken => ({ dialect: 'converse', payload: JSON.stringify(block) })

/**
 * The block that a token stands for; nothing for a token of another dialect, or one that cannot be read. Of what callers may have put
 * into it only the block goes on.
 */
export function encodeReplay(token: ReplayToken | undefined): Reasoning | undefined {
  const block = token?.dialect === 'converse' ? parsed(token.payload) : undefined
  if (!isRecord(block)) return undefined
  const { reasoningText: said, redactedContent } = block
  if (isString(redactedContent)) return { redactedContent }
  if (!isRecord(said) || !isString(said.text) || !isString(said.signature)) return undefined
  return { reasoningText: { text: said.text, signature: said.signature } }
}

/** The text of reasoning as it is said in one block: the reasoning itself, or else what stands for it. */
export const reasoningText = ({ content, summary }: ReasoningItem): string =>
  (content && content.length > 0 ? content : summary).join('\n\n')
