import type { messages } from '@weir/contracts'
import { ownExtras } from '../canonical/extras.js'
import type { MessageItem, ReasoningItem, ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { known, overlay, type Loose } from '../narrow.js'
import type { FlatTools } from '../tools/flatten.js'
import { foundTools } from '../tools/found-tools.js'
import type { Placed } from '../carried-items.js'
import { marked } from './cache-control.js'
import { encodeCallId } from './call-id.js'
import { block, encodeParts, plainest } from './parts.js'
import { regroup, type AssistantGroup, type AssistantItem, type Group, type UserGroup } from './regroup.js'
import { encodeThinkingBlock } from './thinking-block.js'
import { encodeToolUse, inputOf } from './tool-use.js'

export interface EncodedMessages {
  readonly system?: string | messages.SystemBlock[]
  readonly messages: messages.Message[]
}

/** The conversation as messages, and what stands before it as the system prompt. */
export function encodeMessages(canonical: Generation, systemMessages: boolean, flat: FlatTools, losses: Loss[]): EncodedMessages {
  const { system, groups } = regroup(canonical.items, systemMessages, losses)
  return {
    ...encodeSystem(canonical.instructions, system, losses),
    messages: groups.flatMap((group) => encodeGroup(group, flat, losses)),
  }
}

function encodeSystem(
  instructions: string | undefined,
  placed: readonly Placed<MessageItem>[],
  losses: Loss[],
): Pick<EncodedMessages, 'system'> {
  const blocks = placed.flatMap((each) => {
    labels(each, losses)
    // Fields of a message have no place in the prompt.
    const fields = Object.keys(ownExtras('messages', each.item.extras, each.path, losses) ?? {})
    for (const field of fields)
      losses.push(dropped(`${each.path}.extras.messages.${field}`, 'The system prompt has no such field.'))
    return encodeTexts(each, losses)
  })
  if (blocks.length === 0) return instructions === undefined || instructions.trim() === '' ? {} : { system: instructions }
  return { system: instructions ? [{ type: 'text', text: instructions }, ...blocks] : blocks }
}

/** A system prompt is of text alone. */
function encodeTexts({ item, path }: Placed<MessageItem>, losses: Loss[]): messages.SystemBlock[] {
  return encodeParts(item.content, `${path}.content`, losses).flatMap((wire) => {
    if (wire.type === 'text') return [wire as messages.SystemBlock]
    losses.push(dropped(`${path}.content`, `A system prompt cannot hold a block of the type ${wire.type}.`))
    return []
  })
}

function encodeGroup(group: Group, flat: FlatTools, losses: Loss[]): messages.Message[] {
  switch (group.type) {
    case 'user':
      return encodeUser(group, flat, losses)
    case 'assistant':
      return [...encodeAssistant(group, flat, losses), ...encodeUser(group.answer, flat, losses)]
    case 'system':
      return message(
        'system',
        group.messages.flatMap((placed) => encodeParts(placed.item.content, `${placed.path}.content`, losses)),
        group.messages,
        losses,
      )
    default:
      // A message of a role that is newer than the code goes back as it came.
      return [group.placed.item.wire as messages.Message]
  }
}

/** A message with the fields that are its own; none where nothing is left that it could say. */
function message(
  role: messages.Message['role'],
  blocks: messages.Block[],
  bearers: readonly Placed<MessageItem>[],
  losses: Loss[],
): messages.Message[] {
  let fields: Loose = {}
  for (const placed of bearers) {
    labels(placed, losses)
    fields = overlay(fields, ownExtras('messages', placed.item.extras, placed.path, losses) ?? {})
  }
  if (blocks.length === 0) {
    for (const field of Object.keys(fields))
      losses.push(dropped(`${bearers[0]?.path}.extras.messages.${field}`, 'Anthropic takes no empty message.'))
    return []
  }
  return [{ role, content: plainest(blocks), ...fields }]
}

function encodeUser({ results, messages: said }: UserGroup, flat: FlatTools, losses: Loss[]): messages.Message[] {
  const answers = results.map((placed) => encodeResult(placed, flat, losses))
  const blocks = said.flatMap(({ item, path }) => encodeParts(item.content, `${path}.content`, losses))
  return message('user', [...answers, ...blocks], said, losses)
}

function encodeResult({ item, path }: Placed<ToolResultItem>, flat: FlatTools, losses: Loss[]): messages.ToolResultBlock {
  replay({ item, path }, losses)
  const content = item.tools
    ? foundTools(item.tools, flat)
    : typeof item.output === 'string'
      ? item.output
      : plainest(encodeParts(item.output, `${path}.output`, losses))
  const wire: messages.ToolResultBlock = {
    type: 'tool_result',
    tool_use_id: callId({ item, path }, losses),
    content: content.length > 0 ? content : '',
    ...known({ is_error: item.failed }),
  }
  return block(wire, marked(item.cache, ownExtras('messages', item.extras, path, losses)))
}

function encodeAssistant({ items }: AssistantGroup, flat: FlatTools, losses: Loss[]): messages.Message[] {
  const blocks = items.flatMap((placed) => encodeItem(placed, flat, losses))
  const bearers = items.filter((placed): placed is Placed<MessageItem> => placed.item.type === 'message')
  return message('assistant', blocks, bearers, losses)
}

function encodeItem({ item, path }: Placed<AssistantItem>, flat: FlatTools, losses: Loss[]): messages.Block[] {
  switch (item.type) {
    case 'message':
      return encodeParts(item.content, `${path}.content`, losses)
    case 'reasoning':
      return encodeReasoning({ item, path }, losses)
    case 'tool-call':
      return [encodeCall({ item, path }, flat, losses)]
    default:
      // What the provider ran itself, or what is newer than the code, goes back as it came.
      return [item.wire as messages.Block]
  }
}

function encodeReasoning({ item, path }: Placed<ReasoningItem>, losses: Loss[]): messages.Block[] {
  const own = ownExtras('messages', item.extras, path, losses)
  const wire = encodeThinkingBlock(item)
  if (!wire) {
    // An item that holds nothing loses nothing.
    if (!item.replay && item.summary.length === 0 && !item.content?.length) return []
    losses.push(dropped(path, 'Anthropic takes thinking back under its own signature only.'))
    return []
  }
  if (item.content?.length) losses.push(dropped(`${path}.content`, 'The signature stands for the reasoning itself.'))
  return [block(wire, own)]
}

function encodeCall({ item, path }: Placed<ToolCallItem>, flat: FlatTools, losses: Loss[]): messages.Block {
  replay({ item, path }, losses)
  const name = flat.nameOf(item)
  if (item.namespace !== undefined) losses.push(approximated(`${path}.namespace`, 'The namespace becomes a prefix of the name.'))
  if (item.kind !== 'function') losses.push(approximated(path, `A call of the kind ${item.kind} becomes one of a function.`))
  if (item.kind !== 'custom' && !inputOf(item.arguments).whole)
    losses.push(approximated(`${path}.arguments`, 'What is no JSON object goes as the one text of an object.'))
  const wire = { ...encodeToolUse(item, name), id: callId({ item, path }, losses) }
  return block(wire, marked(item.cache, ownExtras('messages', item.extras, path, losses)))
}

/** The id on the wire. The caller's own does not change with it. */
function callId({ item, path }: Placed<ToolCallItem | ToolResultItem>, losses: Loss[]): string {
  const written = encodeCallId(item.callId)
  if (written !== item.callId)
    losses.push(
      approximated(`${path}.callId`, 'The id has characters or a length that Anthropic does not take, and is written in others.'),
    )
  return written
}

/** What other dialects say of a message and this one does not. */
function labels({ item, path }: Placed<MessageItem>, losses: Loss[]): void {
  replay({ item, path }, losses)
  if (item.phase !== undefined) losses.push(approximated(`${path}.phase`, 'The message goes without the name of its phase.'))
  if (item.status === 'incomplete') losses.push(approximated(`${path}.status`, 'The message goes as if it were whole.'))
}

function replay({ item, path }: Placed<MessageItem | ToolCallItem | ToolResultItem>, losses: Loss[]): void {
  if (item.replay) losses.push(dropped(`${path}.replay`, 'Anthropic has tokens of thinking alone.'))
}
