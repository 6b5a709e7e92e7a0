import { mintId, type IdKind, type responses } from '@weir/contracts'
import type { Item, ItemStatus, ToolKind } from '../canonical/item.js'
import { known } from '../narrow.js'
import { encodeBuiltInCall, encodeBuiltInOutput } from './built-in-wire.js'
import { encodeAnswerParts } from './parts.js'
import { encodeReplay } from './replay.js'
import { encodeFound } from './tools.js'

/** Only the first of several alternatives has a place in a response, and only what this dialect has a form for. */
export function isShown(item: Item): boolean {
  if ((item.choice ?? 0) !== 0) return false
  return (item.type !== 'hosted-tool-call' && item.type !== 'foreign') || item.dialect === 'responses'
}

const callIds: Readonly<Record<ToolKind, IdKind>> = {
  function: 'functionCall',
  custom: 'customToolCall',
  shell: 'shellCall',
  local_shell: 'localShellCall',
  apply_patch: 'applyPatchCall',
  tool_search: 'toolSearchCall',
  mcp: 'item',
}

/** The kind of id that an item has in this dialect. */
export function idKindOf(item: Item): IdKind {
  switch (item.type) {
    case 'message':
    case 'reasoning':
      return item.type
    case 'tool-call':
      return callIds[item.kind]
    case 'tool-result':
      return item.kind === 'function' || item.kind === 'custom' ? 'functionCallOutput' : 'item'
    default:
      return 'item'
  }
}

/** The item's id, or a fresh one where nobody has stamped it. */
export function idOf(item: Item): string {
  if (item.id !== undefined) return item.id
  return mintId(idKindOf(item))
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
        ...encodeReplay(item),
      }
    case 'reasoning':
      return {
        id,
        type: 'reasoning',
        ...extras,
        summary: item.summary.map((text) => ({ type: 'summary_text', text })),
        ...(item.content && { content: item.content.map((text) => ({ type: 'reasoning_text', text })) }),
        ...encodeReplay(item),
        ...known({ status: item.status }),
      }
    case 'tool-call': {
      const builtIn = encodeBuiltInCall(item, item.status ?? status, id)
      if (builtIn) return builtIn
      const { name, namespace, callId } = item
      const facts = {
        ...extras,
        status: item.status ?? status,
        call_id: callId,
        name,
        ...known({ namespace }),
        ...encodeReplay(item),
      }
      return item.kind === 'custom'
        ? { id, type: 'custom_tool_call', ...facts, input: item.arguments }
        : { id, type: 'function_call', ...facts, arguments: item.arguments }
    }
    case 'tools':
      return { ...encodeFound(item, '', [], item.status ?? status), id }
    case 'tool-result': {
      const own = item.tools ? encodeFound({ ...item, tools: item.tools }, '', []) : encodeBuiltInOutput(item)
      if (own) return { ...own, id, status: own.status ?? item.status ?? status }
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
