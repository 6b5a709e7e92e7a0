import { GatewayError } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item, MessageItem, ToolResultItem } from '../canonical/item.js'
import { isBoolean, isGiven, isList, isRecord, isString, known, taking, type Loose } from '../narrow.js'
import { outputOf } from '../bare-text.js'
import { decodeBlocks } from './blocks-decode.js'
import { takeMark } from './cache-control.js'
import { readCallId } from './call-id.js'
import { decodeContent, decodePart } from './parts.js'

/** A system prompt in blocks, which may bear fields of their own: the first message of the conversation. */
export function decodeSystem(blocks: readonly unknown[]): Item[] {
  const content = decodeContent(blocks, 'system')
  return content.length > 0 ? [{ type: 'message', role: 'system', turn: 0, content }] : []
}

/** Messages to items; `first` is the turn of the first one. Throws a `GatewayError` that names the field at fault. */
export function decodeMessages(messages: unknown, first: number): Item[] {
  if (!isList(messages))
    throw new GatewayError('missing_required_parameter', { param: 'messages', message: 'messages must be a list.' })
  return messages.flatMap((message, index) => {
    const path = `messages[${index}]`
    if (!isRecord(message)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
    return decodeMessage(message, first + index, `${path}.content`)
  })
}

function decodeMessage(message: Loose, turn: number, path: string): Item[] {
  const { take, rest } = taking(message)
  const role = take('role', isString)
  const content = take('content', isGiven)
  switch (role) {
    case 'system':
      return [{ type: 'message', role, turn, content: decodeContent(content, path), ...extrasOf('messages', rest) }]
    case 'user':
      return bearing(decodeUser(content, turn, path), { type: 'message', role, turn, content: [] }, rest)
    case 'assistant':
      return bearing(decodeAssistant(content, turn, path), { type: 'message', role, turn, content: [] }, rest)
    default:
      return [{ type: 'foreign', dialect: 'messages', turn, wire: message }]
  }
}

/** Fields of the message need a message to stand on, and one that says nothing is one all the same. */
function bearing(items: Item[], bearer: MessageItem, fields: Loose): Item[] {
  const any = Object.keys(fields).length > 0
  if (!any) return items.length > 0 ? items : [bearer]
  const place = items.findIndex(({ type }) => type === 'message')
  // Behind the results, which come first in a message of the user.
  if (place < 0) return [...items, { ...bearer, ...extrasOf('messages', fields) }]
  return items.map((item, index) => (index === place ? { ...item, ...extrasOf('messages', fields) } : item))
}

function decodeAssistant(content: unknown, turn: number, path: string): Item[] {
  if (isList(content)) {
    for (const [index, block] of content.entries())
      if (!isRecord(block))
        throw new GatewayError('invalid_value', { param: `${path}[${index}]`, message: `${path}[${index}] must be an object.` })
    return decodeBlocks(content, { turn }, path)
  }
  const parts = decodeContent(content, path)
  return parts.length > 0 ? [{ type: 'message', role: 'assistant', turn, content: parts }] : []
}

/** One message may bring the results of several calls and say something too. */
function decodeUser(content: unknown, turn: number, path: string): Item[] {
  if (!isList(content)) {
    const parts = decodeContent(content, path)
    return parts.length > 0 ? [{ type: 'message', role: 'user', turn, content: parts }] : []
  }
  const items: Item[] = []
  for (const [index, block] of content.entries()) {
    const place = `${path}[${index}]`
    if (isRecord(block) && block.type === 'tool_result') {
      items.push(decodeResult(block, turn, place))
      continue
    }
    const last = items.at(-1)
    const part = decodePart(block, place)
    if (last?.type === 'message') items[items.length - 1] = { ...last, content: [...last.content, part] }
    else items.push({ type: 'message', role: 'user', turn, content: [part] })
  }
  return items
}

function decodeResult(block: Loose, turn: number, path: string): ToolResultItem {
  const fields = taking(block)
  const { take, rest } = fields
  take('type', isString)
  const callId = take('tool_use_id', isString)
  if (callId === undefined)
    throw new GatewayError('missing_required_parameter', {
      param: `${path}.tool_use_id`,
      message: `${path}.tool_use_id must name the call that is answered.`,
    })
  const output = outputOf(decodeContent(take('content', isGiven), `${path}.content`))
  const failed = take('is_error', isBoolean)
  const said = { turn, callId: readCallId(callId), output, ...known({ failed }) }
  return { type: 'tool-result', kind: 'function', ...said, ...takeMark(fields), ...extrasOf('messages', rest) }
}
