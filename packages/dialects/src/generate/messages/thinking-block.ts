import type { messages } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { ReasoningItem } from '../canonical/item.js'
import { isRecord, isString, taking, type Loose } from '../narrow.js'
import { parsed } from '../parsed.js'

/** Set behind the data of a block that shows nothing: a signature, which is base64, never ends so. */
const redacted = ':redacted'

/**
 * A block of thinking, of an answer where there is no `turn`. What it shows is a summary: Anthropic gives the reasoning itself, if at
 * all, in the signature alone, which goes back as the token. A token tells by its end whether it is the data of a `redacted_thinking`.
 */
export function decodeThinkingBlock(wire: Loose, turn: number | undefined): ReasoningItem {
  const { take, rest } = taking(wire)
  const type = take('type', isString)
  const text = take('thinking', isString) ?? ''
  const signature = type === 'redacted_thinking' ? undefined : take('signature', isString)
  const own = signature && turn === undefined ? signedToken(text, signature) : signature
  const token = type === 'redacted_thinking' ? redactedToken(take('data', isString)) : own
  if (rest.signature === '') delete rest.signature
  return {
    type: 'reasoning',
    ...(turn !== undefined && { turn }),
    summary: text === '' ? [] : [text],
    ...(token !== undefined && token !== '' && { replay: { dialect: 'messages', payload: token } }),
    ...extrasOf('messages', rest),
  }
}

/**
 * The token of a block in an answer. A signature holds for its text alone, and callers of other dialects do not all give the text back
 * as it was: the token brings it along.
 */
export const signedToken = (thinking: string, signature: string): string =>
  thinking === '' || signature === '' ? signature : JSON.stringify({ thinking, signature })

export const redactedToken = (data: string | undefined): string | undefined => data && data + redacted

/** The very block that the item was, from the token of its issuer; `undefined` where there is none. */
export function encodeThinkingBlock({ summary, replay }: ReasoningItem): messages.Block | undefined {
  return replay?.dialect === 'messages' ? thinkingBlock(replay.payload, summary.join('\n\n')) : undefined
}

/** The block of a token; `said` stands for its text where the token does not bring that along. */
export function thinkingBlock(payload: string, said: string): messages.ThinkingBlock | messages.RedactedThinkingBlock {
  if (payload.endsWith(redacted)) return { type: 'redacted_thinking', data: payload.slice(0, -redacted.length) }
  // A signature is base64 and never begins so.
  const block = payload.startsWith('{') ? parsed(payload) : undefined
  if (isRecord(block) && isString(block.thinking) && isString(block.signature))
    return { type: 'thinking', thinking: block.thinking, signature: block.signature }
  return { type: 'thinking', thinking: said, signature: payload }
}

/** The item as a caller is shown it: without a token it can be read and never goes back upstream. Nothing where nothing is shown. */
export function showThinking({ summary, content = [], replay }: ReasoningItem): messages.Block | undefined {
  // The summary where there is one, for it was made to be read.
  const said = (summary.length > 0 ? summary : content).join('\n\n')
  if (replay?.dialect === 'messages') return thinkingBlock(replay.payload, said)
  return said === '' ? undefined : { type: 'thinking', thinking: said, signature: '' }
}
