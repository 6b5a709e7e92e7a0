import type { Target } from '../../dialect.js'
import { ownExtras } from '../canonical/extras.js'
import type { Item, MessageItem, ReasoningItem, ToolsItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { isRecord, type Loose } from '../narrow.js'
import { carriedItems } from '../carried-items.js'
import { approximated, dropped, foreignToken } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { encodeCall, encodeOutput, encodeResult, withoutMessage } from './calls-encode.js'
import { conversation, type Conversation, type Source } from './conversation.js'
import { documentNames, type DocumentNames } from './media.js'
import { encodeParts, withExtras } from './parts-encode.js'
import { encodeReplay, reasoningText } from './reasoning.js'
import type { ContentBlock, Message } from './wire.js'

interface Writing {
  readonly system: ContentBlock[]
  readonly messages: Conversation
  readonly names: DocumentNames
  readonly flat: FlatTools
  readonly target: Target
  readonly losses: Loss[]
}

/** The conversation as messages, with the instructions apart. */
export function encodeMessages(
  canonical: Generation,
  target: Target,
  flat: FlatTools,
  losses: Loss[],
): { system: ContentBlock[]; messages: Message[] } {
  const { instructions, items } = canonical
  const system = instructions === undefined || instructions.trim() === '' ? [] : [{ text: instructions }]
  const writing: Writing = { system, messages: conversation(losses), names: documentNames(), flat, target, losses }
  for (const { item, path } of carriedItems(items, 'converse', losses))
    encodeItem(item, { path, turn: item.turn, ...restOf(item) }, writing)
  return { system, messages: writing.messages.messages() }
}

/** What the message of this item has beside role and blocks: see `decodeMessage`. */
function restOf({ extras }: Item): { rest?: Loose } {
  const rest = extras?.converse?.message
  return isRecord(rest) ? { rest } : {}
}

function encodeItem(item: Exclude<Item, ToolsItem>, source: Source, writing: Writing): void {
  const { messages, flat, names, losses } = writing
  const { path } = source
  switch (item.type) {
    case 'message':
      return encodeMessage(item, source, writing)
    case 'reasoning': {
      const blocks = encodeReasoning(item, path, writing)
      if (blocks.length > 0) messages.add('assistant', blocks, source)
      return
    }
    case 'tool-call':
      return messages.call(item.callId, encodeCall(item, path, flat, losses), source)
    case 'tool-result': {
      const found: Loss[] = []
      if (messages.result(item.callId, encodeResult(item, path, flat, names, found), source)) {
        losses.push(...found)
        return
      }
      losses.push(approximated(path, 'A result whose call is not in the conversation goes as a message of the user.'))
      const blocks = encodeOutput(item, path, flat, names, losses).map(({ json, ...block }) =>
        json === undefined ? block : { text: JSON.stringify(json) },
      )
      ownExtras('converse', item.extras, path, losses)
      return messages.add('user', [{ text: `The result of the call ${item.callId}:` }, ...blocks], source)
    }
    case 'foreign':
      // What this dialect decoded goes back as it came.
      return messages.whole(item.wire as Message)
    default:
      messages.add('assistant', [item.wire as ContentBlock], source)
  }
}

function encodeMessage(item: MessageItem, source: Source, { system, messages, names, losses }: Writing): void {
  const { path } = source
  if (item.replay) losses.push(dropped(`${path}.replay`, 'Converse has no place for the token of a message.'))
  if (item.phase !== undefined) losses.push(approximated(`${path}.phase`, 'The message goes without the name of its phase.'))
  if (item.status === 'incomplete') losses.push(approximated(`${path}.status`, 'The message goes as if it were whole.'))
  const extras = withoutMessage(ownExtras('converse', item.extras, path, losses))
  const blocks = encodeParts(item.content, `${path}.content`, names, losses)
  // A cache point that stands behind all of the message.
  const last = blocks.pop()
  if (last) blocks.push(...withExtras(last, extras))
  if (item.role === 'user' || item.role === 'assistant') {
    if (blocks.length > 0) return messages.add(item.role, blocks, source)
    losses.push(approximated(path, 'A message that says nothing is left out: Converse takes none.'))
    return
  }
  const said = blocks.filter(({ image, document, audio, video }) => !image && !document && !audio && !video)
  if (said.length < blocks.length) losses.push(dropped(`${path}.content`, 'Instructions are text in Converse.'))
  if (said.length > 0 && !messages.isEmpty)
    losses.push(approximated(path, 'It goes with the instructions before the conversation, where Converse has them.'))
  system.push(...said)
}

function encodeReasoning(item: ReasoningItem, path: string, { target, losses }: Writing): ContentBlock[] {
  const extras = withoutMessage(ownExtras('converse', item.extras, path, losses))
  const block = encodeReplay(item.replay)
  if (block) {
    // Callers who have one place for reasoning bring the very text of the block back as its summary.
    if (item.summary.length > 0 && item.summary.join('\n\n') !== block.reasoningText?.text)
      losses.push(approximated(`${path}.summary`, 'The reasoning itself goes in place of its summary.'))
    return withExtras({ reasoningContent: block }, extras)
  }
  if (item.replay) losses.push(dropped(`${path}.replay`, foreignToken(item.replay)))
  const text = reasoningText(item)
  if (target.quirks?.rawReasoning !== true || text.trim() === '') {
    losses.push(dropped(path, 'The model takes no reasoning back without the token of its issuer.'))
    return []
  }
  if (item.content?.length && item.summary.length > 0)
    losses.push(dropped(`${path}.summary`, 'The reasoning itself goes, without its summary.'))
  if (!item.content?.length) losses.push(approximated(`${path}.summary`, 'The summary goes as if it were the reasoning.'))
  else if (item.content.length > 1) losses.push(approximated(`${path}.content`, 'The paragraphs become one text.'))
  return withExtras({ reasoningContent: { reasoningText: { text } } }, extras)
}
