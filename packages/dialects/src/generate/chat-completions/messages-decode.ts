import { GatewayError } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item, MessageItem, ToolKind } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import { decodeAnnotations } from './annotations.js'
import { isList, isRecord, isString, taking, type Loose } from '../narrow.js'
import { outputOf } from '../bare-text.js'
import { decodeContent } from './parts.js'
import { decodeToolCall } from './tool-calls.js'

/** The calls so far, for the results that answer them. */
interface Calls {
  /** By call id: the kind of a result is that of its call; the wire does not repeat it. */
  readonly kinds: Map<string, ToolKind>
  /** The id of the latest call by the name of what is called: the legacy form pairs by name. */
  readonly latest: Map<string, string>
}

/** Messages to items; `turn` is the place of the message. Throws a `GatewayError` that names the field at fault. */
export function decodeMessages(messages: unknown): Item[] {
  if (!isList(messages))
    throw new GatewayError('missing_required_parameter', { param: 'messages', message: 'messages must be a list.' })
  const items: Item[] = []
  const calls: Calls = { kinds: new Map(), latest: new Map() }
  for (const [turn, message] of messages.entries()) {
    const path = `messages[${turn}]`
    if (!isRecord(message)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
    for (const item of decodeMessage(message, turn, path, calls)) {
      if (item.type === 'tool-call') {
        calls.kinds.set(item.callId, item.kind)
        calls.latest.set(item.name, item.callId)
      }
      items.push(item)
    }
  }
  return items
}

function decodeMessage(message: Loose, turn: number, path: string, calls: Calls): readonly Item[] {
  switch (message.role) {
    case 'assistant':
      return decodeAssistant(message, turn, path)
    case 'user':
    case 'system':
    case 'developer': {
      const { role: _, content, ...rest } = message
      return [messageItem(message.role, turn, decodeContent(content, `${path}.content`), rest)]
    }
    case 'tool': {
      const { role: _, tool_call_id: callId, content, ...rest } = message
      if (!isString(callId))
        throw new GatewayError('missing_required_parameter', {
          param: `${path}.tool_call_id`,
          message: `${path}.tool_call_id must name the call that is answered.`,
        })
      const output = isList(content)
        ? outputOf(decodeContent(content, `${path}.content`).parts)
        : isString(content)
          ? content
          : ''
      const kind = calls.kinds.get(callId) ?? 'function'
      return [{ type: 'tool-result', kind, turn, callId, output, ...extrasOf('chat-completions', taking(rest).rest) }]
    }
    case 'function': {
      const { role: _, name, content, ...rest } = message
      const call = isString(name) ? calls.latest.get(name) : undefined
      const output = isString(content) ? content : ''
      return [
        {
          type: 'tool-result',
          kind: 'function',
          turn,
          callId: call ?? `call_${turn}`,
          output,
          ...extrasOf('chat-completions', taking(rest).rest),
        },
      ]
    }
    default:
      return [{ type: 'foreign', dialect: 'chat-completions', turn, wire: message }]
  }
}

/** One assistant message unfolds into its reasoning, what it says, and its calls, in this order. */
function decodeAssistant(message: Loose, turn: number, path: string): Item[] {
  const { take, rest } = taking(message)
  take('role', isString)
  const content = decodeContent(
    take('content', (value): value is unknown => value !== undefined),
    `${path}.content`,
  )
  const refusal = take('refusal', isString)
  const annotations = decodeAnnotations(take('annotations', isList))
  const reasoning = take('reasoning_content', isString) ?? take('reasoning', isString)
  if (rest.reasoning === reasoning) delete rest.reasoning
  const legacy = take('function_call', isRecord)
  const toolCalls = take('tool_calls', isList) ?? (legacy ? [{ id: `call_${turn}`, type: 'function', function: legacy }] : [])

  const items: Item[] = []
  if (reasoning) items.push({ type: 'reasoning', turn, summary: [], content: [reasoning] })
  const parts = annotated(content.parts, annotations)
  const all = refusal ? [...parts, { type: 'refusal', refusal } as const] : parts
  // Fields of the message need an item to stand on, and so does a message that says nothing at all.
  const bearer = Object.keys(rest).length > 0 || (toolCalls.length === 0 && !reasoning)
  if (all.length > 0 || bearer) items.push(messageItem('assistant', turn, { parts: all, listed: content.listed }, rest))
  for (const [index, call] of toolCalls.entries()) items.push(decodeToolCall(call, { turn, callId: `call_${turn}_${index}` }))
  return items
}

function messageItem(
  role: MessageItem['role'],
  turn: number,
  content: { parts: readonly Part[]; listed: boolean },
  rest: Loose,
): MessageItem {
  return {
    type: 'message',
    role,
    turn,
    content: content.parts,
    ...(content.listed && { listed: true as const }),
    ...extrasOf('chat-completions', taking(rest).rest),
  }
}

/** Chat's annotations belong to the message; the canonical ones to its text. */
function annotated(parts: readonly Part[], annotations: ReturnType<typeof decodeAnnotations>): readonly Part[] {
  if (annotations.length === 0) return parts
  const place = parts.findIndex((part) => part.type === 'text')
  if (place < 0) return [{ type: 'text', text: '', annotations }, ...parts]
  return parts.map((part, index) => (index === place && part.type === 'text' ? { ...part, annotations } : part))
}
