import { callIdOf } from '../call-id-of.js'
import { extrasOf } from '../canonical/extras.js'
import type { HostedToolCallItem, Item, MessageItem, ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { ForeignPart, Part, TextPart } from '../canonical/part.js'
import { isGiven, isList, isRecord, isString, known, taking, type Loose } from '../narrow.js'
import { bareText } from '../bare-text.js'
import { readCachePoint } from './cache-points.js'
import { decodeCitations } from './citations.js'
import { decodeMedia } from './media.js'
import { decodeReasoning } from './reasoning.js'
import { decodeCallId } from './tool-ids.js'

/** What the blocks of a message do not say of their items. */
interface Given {
  readonly role: MessageItem['role']
  readonly turn?: number
  /** Of an answer's messages and calls. */
  readonly status?: 'completed'
}

/** A block is a piece of what is said, or an item by itself. */
type Decoded = { readonly part: Part } | { readonly item: Item }

/**
 * The blocks of a message as items, in their order: neighbouring texts are one message, and so is whatever a user puts in a row. A
 * cache point is a field of what stands before it. A block newer than the code is a part that only this dialect knows.
 */
export function decodeBlocks(blocks: readonly unknown[], given: Given): Item[] {
  const { role: _, ...place } = given
  const decoded: Decoded[] = []
  for (const block of blocks) {
    const last = decoded.at(-1)
    if (isRecord(block) && isRecord(block.cachePoint) && last && canBear(last))
      decoded.splice(-1, 1, bearing(last, block.cachePoint))
    else decoded.push(...decodeBlock(block, given))
  }
  const items: Item[] = []
  let open: Part[] | undefined
  for (const each of decoded) {
    if ('item' in each) {
      items.push({ ...each.item, ...placeOf(each.item, place) })
      open = undefined
    } else if (open && (given.role !== 'assistant' || (joins(open.at(-1)) && joins(each.part)))) open.push(each.part)
    else {
      open = [each.part]
      items.push({ type: 'message', role: given.role, ...place, content: open })
    }
  }
  return items
}

/** Texts of an answer are one message; what is not text comes whole and stands alone, streamed or not. */
const joins = (part: Part | undefined): boolean => part?.type === 'text'

const placeOf = (item: Item, { status, ...place }: Omit<Given, 'role'>): Omit<Given, 'role'> =>
  item.type === 'tool-call' && status ? { ...place, status } : place

const canBear = (last: Decoded): boolean =>
  'item' in last
    ? last.item.type !== 'hosted-tool-call' && !bearsPoint(last.item)
    : last.part.type !== 'foreign' && !bearsPoint(last.part)

const bearsPoint = (bearer: Item | Part): boolean =>
  ('cache' in bearer && bearer.cache !== undefined) || bearer.extras?.converse?.cachePoint !== undefined

function bearing(last: Decoded, point: Loose): Decoded {
  const { extras } = 'item' in last ? last.item : last.part
  const { cache, fields } = readCachePoint(point)
  const added = { ...known({ cache }), ...extrasOf('converse', { ...extras?.converse, ...fields }) }
  return 'item' in last ? { item: { ...last.item, ...added } } : { part: { ...last.part, ...added } }
}

function decodeBlock(block: unknown, { role, status }: Given): readonly Decoded[] {
  if (!isRecord(block)) return [{ part: foreignPart({ block }) }]
  const [member, ...others] = Object.keys(block).filter((field) => isGiven(block[field]))
  const value = member === undefined ? undefined : block[member]
  const rest = others.length > 0 ? taking({ ...block, [member ?? '']: undefined }).rest : {}
  switch (member) {
    case 'text':
      if (!isString(value)) break
      // An answer may hold a block in which nothing was said.
      return value === '' && status ? [] : [{ part: { type: 'text', text: value, ...extrasOf('converse', rest) } }]
    case 'citationsContent': {
      const part = isRecord(value) && decodeCited(value, rest)
      if (part) return part.text === '' && !part.annotations ? [] : [{ part }]
      break
    }
    case 'toolUse':
      if (isRecord(value))
        return [{ item: isString(value.type) ? hostedItem(block) : decodeCall(value, rest, status !== undefined) }]
      break
    case 'toolResult':
      if (isRecord(value)) return [{ item: role === 'user' ? decodeResult(value, rest) : hostedItem(block) }]
      break
    case 'reasoningContent': {
      const item = isRecord(value) && Object.keys(rest).length === 0 && decodeReasoning(value)
      if (item) return [{ item }]
      break
    }
    default: {
      const part = member !== undefined && decodeMedia(member, value, rest)
      if (part) return [{ part }]
    }
  }
  return [{ part: foreignPart(block) }]
}

const foreignPart = (wire: Loose): ForeignPart => ({ type: 'foreign', dialect: 'converse', wire })

/** A call that the provider ran by itself, or what came of it. */
function hostedItem(block: Loose): HostedToolCallItem {
  const tool = isRecord(block.toolUse) && isString(block.toolUse.name) ? block.toolUse.name : 'tool_result'
  return { type: 'hosted-tool-call', dialect: 'converse', tool, wire: block }
}

function decodeCited({ content, citations, ...rest }: Loose, beside: Loose): TextPart | undefined {
  if (!isList(content) || !content.every((each): each is { text: string } => isRecord(each) && isString(each.text)))
    return undefined
  const text = content.map((each) => each.text).join('')
  const annotations = decodeCitations(citations, text.length)
  return {
    type: 'text',
    text,
    ...(annotations.length > 0 && { annotations }),
    ...extrasOf('converse', Object.keys(rest).length > 0 ? { ...beside, citationsContent: rest } : beside),
  }
}

function decodeCall(value: Loose, rest: Loose, answered: boolean): ToolCallItem {
  const { toolUseId, name, input, ...inner } = value
  const callId = isString(toolUseId) ? decodeCallId(toolUseId) : undefined
  return {
    type: 'tool-call',
    kind: 'function',
    name: isString(name) ? name : '',
    // The results of a request name its calls by whatever ids they have.
    callId: answered ? callIdOf(callId) : (callId ?? callIdOf(undefined)),
    arguments: JSON.stringify(input ?? {}),
    ...extrasOf('converse', Object.keys(inner).length > 0 ? { ...rest, toolUse: inner } : rest),
  }
}

function decodeResult(value: Loose, rest: Loose): ToolResultItem {
  const { toolUseId, content, status, ...inner } = value
  // Silence, and a word that is newer than the code, are no failure.
  const failed = status === 'error' ? true : status === 'success' ? false : undefined
  if (failed === undefined && isGiven(status)) inner.status = status
  const parts = isList(content) ? content.flatMap(decodeOutput) : []
  return {
    type: 'tool-result',
    kind: 'function',
    callId: isString(toolUseId) ? decodeCallId(toolUseId) : '',
    output: bareText(parts) ?? parts,
    ...known({ failed }),
    ...extrasOf('converse', Object.keys(inner).length > 0 ? { ...rest, toolResult: inner } : rest),
  }
}

/** JSON is text to everybody else. */
function decodeOutput(block: unknown): Part[] {
  if (isRecord(block) && 'json' in block && Object.keys(block).length === 1)
    return [{ type: 'text', text: JSON.stringify(block.json), json: true }]
  return decodeBlock(block, { role: 'user' }).map((each) =>
    'part' in each ? each.part : foreignPart(isRecord(block) ? block : { block }),
  )
}
