import { ownExtras } from '../canonical/extras.js'
import type { chat } from '@weir/contracts'
import type { ToolResultItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { approximated, dropped } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { foundTools } from '../tools/found-tools.js'
import { withExtras } from './with-extras.js'
import { encodePart } from './parts.js'
import type { Placed } from '../carried-items.js'

/**
 * The results of one message's calls. A `tool` message carries text only, so images, files and sound follow in one message
 * of the user behind the last result: between results it would part a call from its answer.
 */
export function encodeToolResults(
  results: readonly Placed<ToolResultItem>[],
  flat: FlatTools,
  losses: Loss[],
): chat.ChatMessage[] {
  const messages: chat.ChatMessage[] = []
  const shown: chat.ChatPart[] = []
  for (const { item, path } of results) {
    const content = item.tools
      ? foundTools(item.tools, flat)
      : typeof item.output === 'string'
        ? item.output
        : encodeOutput(item.output, item.callId, path, shown, losses)
    const message: chat.ChatMessage = { role: 'tool', tool_call_id: item.callId, content }
    if (item.failed === true) losses.push(dropped(`${path}.failed`, 'Chat has no word for a tool that failed.'))
    messages.push(withExtras(message, ownExtras('chat-completions', item.extras, path, losses)))
  }
  if (shown.length > 0) messages.push({ role: 'user', content: shown })
  return messages
}

function encodeOutput(
  output: Exclude<ToolResultItem['output'], string>,
  callId: string,
  path: string,
  shown: chat.ChatPart[],
  losses: Loss[],
): string | chat.ChatPart[] {
  const content: chat.ChatPart[] = []
  const moved: chat.ChatPart[] = []
  for (const [index, part] of output.entries()) {
    const place = `${path}.output[${index}]`
    const wire = encodePart(part, place, losses)
    if (!wire) continue
    if (part.type === 'image' || part.type === 'file' || part.type === 'audio') {
      losses.push(approximated(place, 'It follows the results in a message of the user.'))
      moved.push(wire)
    } else content.push(wire)
  }
  if (moved.length > 0) shown.push({ type: 'text', text: `From the result of call ${callId}:` }, ...moved)
  const [first] = content
  // Servers refuse an empty list, and many know no list at all in this role.
  if (!first) return moved.length > 0 ? 'The result is in the next message of the user.' : ''
  return content.length === 1 && first.type === 'text' && Object.keys(first).length === 2 ? first.text : content
}
