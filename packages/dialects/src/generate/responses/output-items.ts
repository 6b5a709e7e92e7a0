import { mintId, type IdKind, type responses } from '@weir/contracts'
import type { Item, ItemStatus } from '../canonical/item.js'
import { known } from '../narrow.js'
import { encodeAnswerParts } from './parts.js'

/** Only the first of several alternatives has a place in a response, and only what this dialect has a form for. */
export function isShown(item: Item): boolean {
  if ((item.choice ?? 0) !== 0) return false
  return (item.type !== 'hosted-tool-call' && item.type !== 'foreign') || item.dialect === 'responses'
}

const idKinds: Readonly<Partial<Record<Item['type'], IdKind>>> = {
  message: 'message',
  reasoning: 'reasoning',
  'tool-result': 'functionCallOutput',
}

/** The item's id, or a fresh one where nobody has stamped it. */
export function idOf(item: Item): string {
  if (item.id !== undefined) return item.id
  if (item.type === 'tool-call') return mintId(item.kind === 'custom' ? 'customToolCall' : 'functionCall')
  return mintId(idKinds[item.type] ?? 'item')
}

/**
 * An item of an answer. `status` is for one that has none of its own; reasoning goes without, as OpenAI's does. A replay token is
 * written where it is one of this dialect: the gateway has tagged it for the caller by then.
 */
export function encodeOutputItem(item: Item, id: string, status: ItemStatus): responses.OutputItem {
  const extras = item.extras?.responses
  switch (item.type) {
    case 'message':
      return {
        id,
        type: 'message',
        ...extras,
        status: item.status ?? status,
        role: 'assistant',
        content: encodeAnswerParts(item.content),
        ...known({ phase: item.phase }),
      }
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        ...extras,
        summary: item.summary.map((text) => ({ type: 'summary_text', text })),
        ...(item.content && { content: item.content.map((text) => ({ type: 'reasoning_text', text })) }),
        ...(item.replay?.dialect === 'responses' && { encrypted_content: item.replay.payload }),
        ...known({ status: item.status }),
      }
    case 'tool-call': {
      const { name, namespace, callId } = item
      const facts = { ...extras, status: item.status ?? status, call_id: callId, name, ...known({ namespace }) }
      return item.kind === 'custom'
        ? { id, type: 'custom_tool_call', ...facts, input: item.arguments }
        : { id, type: 'function_call', ...facts, arguments: item.arguments }
    }
    case 'tool-result': {
      const output = typeof item.output === 'string' ? item.output : encodeAnswerParts(item.output)
      const type = item.kind === 'custom' ? 'custom_tool_call_output' : 'function_call_output'
      // Not in OpenAI's union of outputs, though its own servers' tools send it.
      return {
        id,
        type,
        ...extras,
        status: item.status ?? status,
        call_id: item.callId,
        output,
      } as unknown as responses.OutputItem
    }
    default:
      // Its own wire form, as it came.
      return { ...item.wire, ...known({ id: item.id }) } as responses.OutputItem
  }
}
