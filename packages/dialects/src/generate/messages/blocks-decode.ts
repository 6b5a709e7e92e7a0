import { MalformedAnswer } from '../../dialect.js'
import type { ForeignItem, HostedToolCallItem, Item } from '../canonical/item.js'
import { isRecord, isString, known, type Loose } from '../narrow.js'
import { decodePart } from './parts.js'
import { decodeThinkingBlock } from './thinking-block.js'
import { decodeToolUse, type Given } from './tool-use.js'

/** Blocks of the assistant as items, in their order. Texts that stand together are one message. */
export function decodeBlocks(blocks: readonly unknown[], given: Given, path: string): Item[] {
  const items: Item[] = []
  for (const [index, wire] of blocks.entries()) {
    const place = `${path}[${index}]`
    if (!isRecord(wire)) throw new MalformedAnswer(`${place} is no object.`)
    const last = items.at(-1)
    if (wire.type === 'text') {
      const part = decodePart(wire, place)
      if (last?.type === 'message') items[items.length - 1] = { ...last, content: [...last.content, part] }
      else items.push({ type: 'message', role: 'assistant', ...given, content: [part] })
    } else items.push(decodeBlock(wire, given))
  }
  return items
}

function decodeBlock(wire: Loose, given: Given): Item {
  const { turn } = given
  switch (wire.type) {
    case 'thinking':
    case 'redacted_thinking':
      return decodeThinkingBlock(wire, turn)
    case 'tool_use':
      return decodeToolUse(wire, given)
    default:
      return wholeItem(wire, turn)
  }
}

/** What the provider ran itself, the call and its result each, or what is newer than the code: kept whole. */
export function wholeItem(wire: Loose, turn: number | undefined): HostedToolCallItem | ForeignItem {
  const type = isString(wire.type) ? wire.type : ''
  const place = known({ turn })
  if (/^(server|mcp)_tool_use$/.test(type))
    return { type: 'hosted-tool-call', dialect: 'messages', ...place, tool: isString(wire.name) ? wire.name : type, wire }
  if (type.endsWith('_tool_result'))
    return { type: 'hosted-tool-call', dialect: 'messages', ...place, tool: type.slice(0, -'_tool_result'.length), wire }
  const callId = [wire.tool_use_id, type.endsWith('_use') ? wire.id : undefined].find(isString)
  return { type: 'foreign', dialect: 'messages', ...place, ...known({ callId }), wire }
}
