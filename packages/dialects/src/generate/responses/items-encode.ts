import { ownExtras } from '../canonical/extras.js'
import type { responses } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { CacheMark } from '../canonical/cache-mark.js'
import type { Item, MessageItem, ReasoningItem, ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Part } from '../canonical/part.js'
import { halfLost, lostCalls } from '../carried-items.js'
import { known } from '../narrow.js'
import { encodeBuiltInCall, encodeBuiltInOutput } from './built-in-wire.js'
import { encodeFound } from './tools.js'
import { approximated, dropped, foreignItem, foreignToken } from '../losses.js'
import { encodeParts, plainText } from './parts.js'
import { encodeReplay, hasReplay } from './replay.js'

/** The items of a request. An id is written as given: whether it may go upstream is the gateway's affair. */
export function encodeItems(items: readonly Item[], target: Target, losses: Loss[]): responses.InputItem[] {
  const lost = lostCalls(items, 'responses')
  return items.flatMap((item, index) => {
    const path = `items[${index}]`
    if ((item.type === 'tool-call' || item.type === 'tool-result') && lost.has(item.callId)) {
      losses.push(dropped(path, halfLost))
      return []
    }
    return encodeItem(item, path, target, losses) ?? []
  })
}

function encodeItem(item: Item, path: string, target: Target, losses: Loss[]): responses.InputItem | undefined {
  const extras = ownExtras('responses', item.extras, path, losses)
  if (item.replay && (!hasReplay(item) || item.replay.dialect !== 'responses'))
    losses.push(dropped(`${path}.replay`, foreignToken(item.replay)))
  switch (item.type) {
    case 'message':
      return encodeMessage(item, extras, path, takesMarks(target), losses)
    case 'reasoning':
      return encodeReasoning(item, extras, path, target, losses)
    case 'tool-call':
      return encodeBuiltInCall(item) ?? encodeCall(item, extras, path, losses)
    case 'tool-result':
      if (item.failed === true) losses.push(dropped(`${path}.failed`, 'Responses has no word for a tool that failed.'))
      if (item.tools) return encodeFound({ ...item, tools: item.tools }, path, losses)
      return encodeBuiltInOutput(item) ?? encodeResult(item, extras, path, takesMarks(target), losses)
    case 'tools':
      return encodeFound(item, path, losses)
    default:
      if (item.dialect !== 'responses') {
        losses.push(dropped(path, foreignItem(item)))
        return undefined
      }
      // Its own wire form, as it came.
      return { ...item.wire, ...known({ id: item.id }) } as responses.InputItem
  }
}

type Own = Record<string, unknown> | undefined

const takesMarks = ({ quirks }: Target): boolean => quirks?.cacheMarks !== undefined

function encodeMessage(item: MessageItem, extras: Own, path: string, marks: boolean, losses: Loss[]): responses.InputMessage {
  const side = item.role === 'assistant' ? 'output' : 'input'
  const bare = item.id === undefined && item.status === undefined ? plainText(item.content, marks && side === 'input') : undefined
  return {
    type: 'message',
    ...extras,
    ...known({ id: item.id }),
    role: item.role,
    content: bare ?? encodeParts(item.content, side, marks, `${path}.content`, losses),
    ...known({ status: item.status, phase: item.phase }),
    ...encodeReplay(item),
  }
}

function encodeReasoning(
  item: ReasoningItem,
  extras: Own,
  path: string,
  target: Target,
  losses: Loss[],
): responses.ReasoningItem | undefined {
  const token = item.replay?.dialect === 'responses' ? item.replay.payload : undefined
  // Beside its token the text is what the server itself gave.
  const content = token !== undefined || target.quirks?.rawReasoning === true ? item.content : undefined
  // A summary alone is for a reader's eyes: without its token, its text or a stored item there is nothing to go on from.
  if (token === undefined && !content && (item.replay !== undefined || item.id === undefined)) {
    losses.push(dropped(path, 'Reasoning cannot be replayed without the token of its issuer, or its text where that is taken.'))
    return undefined
  }
  if (item.content && !content) losses.push(dropped(`${path}.content`, 'This server takes no raw reasoning back.'))
  return {
    type: 'reasoning',
    ...extras,
    ...known({ id: item.id }),
    summary: item.summary.map((text) => ({ type: 'summary_text', text })),
    ...(content && { content: content.map((text) => ({ type: 'reasoning_text', text })) }),
    ...known({ encrypted_content: token, status: item.status }),
  }
}

function encodeCall(item: ToolCallItem, extras: Own, path: string, losses: Loss[]): responses.InputItem {
  const { id, status, namespace, callId, name } = item
  if (item.kind === 'custom')
    return {
      type: 'custom_tool_call',
      ...extras,
      ...known({ id, status, namespace }),
      call_id: callId,
      name,
      input: item.arguments,
      ...encodeReplay(item),
    }
  if (item.kind !== 'function') losses.push(approximated(path, `A ${item.kind} call goes as a function call.`))
  return {
    type: 'function_call',
    ...extras,
    ...known({ id, status, namespace }),
    call_id: callId,
    name,
    arguments: item.arguments,
    ...encodeReplay(item),
  }
}

function encodeResult(item: ToolResultItem, extras: Own, path: string, marks: boolean, losses: Loss[]): responses.InputItem {
  const type = item.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output'
  const said = marks && item.cache ? behind(item.output, item.cache) : item.output
  const output = typeof said === 'string' ? said : encodeParts(said, 'input', marks, `${path}.output`, losses)
  return { type, ...extras, ...known({ id: item.id, status: item.status }), call_id: item.callId, output }
}

/** The mark of a result stands on the last of its parts. */
function behind(output: string | readonly Part[], cache: CacheMark): string | readonly Part[] {
  if (typeof output === 'string') return output === '' ? '' : [{ type: 'text', text: output, cache }]
  return output.map((part, index) => (index === output.length - 1 ? { cache, ...part } : part))
}
