import type { chat } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { ForeignItem, ToolCallItem } from '../canonical/item.js'
import { isNumber, isRecord, isString, taking, type Loose } from '../narrow.js'

/** What an entry of `tool_calls` does not say of its item. */
interface Given {
  readonly turn?: number
  readonly choice?: number
  readonly status?: 'completed' | 'incomplete'
  /** For a server that gives its call no id. */
  readonly callId: string
  /** Characters of an id that is taken; default: of any length. */
  readonly longestId?: number
}

/** Arguments are text on the wire; some servers send the object itself. */
export function argumentsText(value: unknown): string {
  if (isString(value)) return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** An entry of `tool_calls` as an item. A kind newer than the code is foreign and keeps its call id. */
export function decodeToolCall(wire: unknown, { longestId = Infinity, ...given }: Given): ToolCallItem | ForeignItem {
  const { take, rest } = taking(isRecord(wire) ? wire : {})
  const id = take('id', isString)
  const callId = id && id.length <= longestId ? id : given.callId
  const type = take('type', isString)
  const kind = type === 'custom' ? 'custom' : 'function'
  const called = take(kind, isRecord)
  // Some servers number the calls of a whole answer as those of a stream; their order says it already.
  take('index', isNumber)
  if (!called) return { type: 'foreign', dialect: 'chat-completions', ...given, callId, wire: isRecord(wire) ? wire : { wire } }

  const { name, [kind === 'custom' ? 'input' : 'arguments']: text, ...inner } = called
  const extras: Loose = Object.keys(inner).length > 0 ? { ...rest, [kind]: inner } : rest
  return {
    type: 'tool-call',
    kind,
    ...given,
    name: isString(name) ? name : '',
    callId,
    arguments: argumentsText(text),
    ...extrasOf('chat-completions', extras),
  }
}

/** A call as chat says it. The name is given, since a namespace may have been folded into it. */
export function encodeToolCall(call: ToolCallItem, name: string): chat.ChatToolCall {
  if (call.kind === 'custom') return { id: call.callId, type: 'custom', custom: { name, input: call.arguments } }
  return { id: call.callId, type: 'function', function: { name, arguments: call.arguments } }
}
