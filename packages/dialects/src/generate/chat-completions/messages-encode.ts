import { ownExtras } from '../canonical/extras.js'
import type { chat } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { ForeignItem, MessageItem, ReasoningItem, ToolCallItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Part } from '../canonical/part.js'
import type { Generation } from '../canonical/request.js'
import { encodeAnnotation } from './annotations.js'
import type { Loose } from '../narrow.js'
import { standInExtras, withExtras } from './with-extras.js'
import { encodePart, isPlain } from './parts.js'
import { regroup, type AssistantGroup } from './regroup.js'
import { encodeToolCall } from './tool-calls.js'
import { encodeToolResults } from './tool-results.js'
import type { FlatTools } from '../tools/flatten.js'
import type { Placed } from '../carried-items.js'
import { approximated, dropped } from '../losses.js'
import { functionArguments } from '../tools/arguments.js'

/** The conversation as messages, the instructions first. */
export function encodeMessages(canonical: Generation, target: Target, flat: FlatTools, losses: Loss[]): chat.ChatMessage[] {
  const messages: chat.ChatMessage[] = []
  if (canonical.instructions !== undefined) messages.push({ role: 'system', content: canonical.instructions })
  for (const group of regroup(canonical.items, losses)) {
    switch (group.type) {
      case 'message':
        messages.push(encodeMessage(group.placed, target, losses))
        break
      case 'assistant': {
        const message = encodeAssistant(group, target, flat, losses)
        if (message) messages.push(message)
        messages.push(...encodeToolResults(group.results, flat, losses))
        break
      }
      case 'result':
        messages.push(...encodeToolResults([group.placed], flat, losses))
        break
      default:
        // A message of a role that is newer than the code goes back as it came.
        messages.push(group.placed.item.wire as chat.ChatMessage)
    }
  }
  return messages
}

function encodeMessage(placed: Placed<MessageItem>, target: Target, losses: Loss[]): chat.ChatMessage {
  const { item, path } = placed
  const role = item.role === 'developer' && target.quirks?.noDeveloperRole ? 'system' : item.role
  const content = encodeContent(item.content, item.listed === true, path, losses)
  labels(placed, losses)
  const text = content.list ?? content.text ?? ''
  const message = { role, content: text, ...(content.refusal !== undefined && { refusal: content.refusal }) }
  // The role and its content go together: assistants were taken out before, and a refusal is a field of theirs only.
  return withExtras(message as chat.ChatMessage, ownExtras('chat-completions', item.extras, path, losses))
}

/** One message of reasoning, text and calls; nothing where nothing of it could be carried. */
function encodeAssistant(
  group: AssistantGroup,
  target: Target,
  flat: FlatTools,
  losses: Loss[],
): chat.AssistantMessage | undefined {
  const parts = group.messages.flatMap(({ item }) => item.content)
  const listed = group.messages.some(({ item }) => item.listed === true)
  const content = group.messages.map((placed) => {
    labels(placed, losses)
    return encodeContent(placed.item.content, listed || !isPlain(parts), placed.path, losses)
  })
  const list = content.some((each) => each.list) ? content.flatMap((each) => each.list ?? []) : undefined
  const text = list ?? content.find((each) => each.text !== undefined)?.text
  const refusal = content.find((each) => each.refusal !== undefined)?.refusal
  const reasoning = encodeReasoning(group.reasoning, target, losses)
  const calls = group.calls.map((placed) => encodeCall(placed, target, flat, losses))
  if (group.messages.length === 0 && calls.length === 0 && Object.keys(reasoning).length === 0) return undefined

  const annotations = parts.flatMap((part) => (part.type === 'text' ? (part.annotations ?? []) : []))
  let message: chat.AssistantMessage = {
    role: 'assistant',
    content: text ?? (calls.length > 0 || refusal !== undefined ? null : ''),
    ...(refusal !== undefined && { refusal }),
    ...(annotations.length > 0 && { annotations: annotations.map(encodeAnnotation) }),
    ...reasoning,
    ...(calls.length > 0 && { tool_calls: calls }),
  }
  for (const { item, path } of group.messages)
    message = withExtras(message, ownExtras('chat-completions', item.extras, path, losses))
  return message
}

/** A string where one will do, for old servers know no lists in some roles. */
function encodeContent(
  parts: readonly Part[],
  listed: boolean,
  path: string,
  losses: Loss[],
): { list?: chat.ChatPart[]; text?: string; refusal?: string } {
  for (const [index, part] of parts.entries())
    if (part.type === 'text' && part.logprobs?.length)
      losses.push(dropped(`${path}.content[${index}].logprobs`, 'Chat has no probabilities in a history.'))
  if (listed || !isPlain(parts)) {
    const list = parts.map((part, index) => encodePart(part, `${path}.content[${index}]`, losses))
    const kept = list.filter((part) => part !== undefined)
    // Servers refuse an empty list, which is left where nothing could be carried.
    return kept.length === 0 && parts.length > 0 ? { text: '' } : { list: kept }
  }
  const plain: { text?: string; refusal?: string } = {}
  for (const [index, part] of parts.entries()) {
    ownExtras('chat-completions', part.extras, `${path}.content[${index}]`, losses)
    if (part.type === 'text') plain.text = part.text
    if (part.type === 'refusal') plain.refusal = part.refusal
  }
  return plain
}

/** What Responses says of a message and chat does not. */
function labels({ item, path }: Placed<MessageItem>, losses: Loss[]): void {
  replay({ item, path }, losses)
  if (item.phase !== undefined) losses.push(approximated(`${path}.phase`, 'The message goes without the name of its phase.'))
  if (item.status === 'incomplete') losses.push(approximated(`${path}.status`, 'The message goes as if it were whole.'))
}

/** A token belongs to who issued it, and chat has no place for one. */
function replay({ item, path }: Placed<MessageItem | ReasoningItem | ToolCallItem>, losses: Loss[]): void {
  if (item.replay) losses.push(dropped(`${path}.replay`, 'Chat has no place for a replay token.'))
}

function encodeReasoning(
  reasoning: readonly Placed<ReasoningItem>[],
  target: Target,
  losses: Loss[],
): chat.AssistantMessage | Loose {
  const field = target.quirks?.reasoningField
  const texts: string[] = []
  let extras: Loose | undefined
  for (const placed of reasoning) {
    const { item, path } = placed
    replay(placed, losses)
    const own = ownExtras('chat-completions', item.extras, path, losses)
    if (own) extras = Object.assign(extras ?? {}, own)
    const content = item.content?.length ? item.content : undefined
    if (!field) {
      if (content || item.summary.length > 0) losses.push(dropped(path, 'The server takes no earlier reasoning.'))
      continue
    }
    if (item.summary.length > 0)
      losses.push({
        path: `${path}.summary`,
        disposition: content ? 'dropped' : 'approximated',
        reason: content ? 'The reasoning itself goes, without its summary.' : 'The summary goes as if it were the reasoning.',
      })
    if (content && content.length > 1) losses.push(approximated(`${path}.content`, 'The paragraphs become one text.'))
    texts.push((content ?? item.summary).join('\n\n'))
  }
  return { ...(field && texts.length > 0 && { [field]: texts.join('\n\n') }), ...extras }
}

function encodeCall(
  { item, path }: Placed<ToolCallItem | ForeignItem>,
  target: Target,
  flat: FlatTools,
  losses: Loss[],
): chat.ChatToolCall {
  // A call of a kind that is newer than the code goes back as it came.
  if (item.type === 'foreign') return item.wire as chat.ChatToolCall
  replay({ item, path }, losses)
  const name = flat.nameOf(item)
  if (item.namespace !== undefined) losses.push(approximated(`${path}.namespace`, 'The namespace becomes a prefix of the name.'))
  const own = ownExtras('chat-completions', item.extras, path, losses)
  if (item.kind === 'function' || (item.kind === 'custom' && target.quirks?.customTools))
    return withExtras(encodeToolCall(item, name), own)
  losses.push(approximated(path, `A call of the kind ${item.kind} becomes one of a function.`))
  const text = functionArguments(item)
  return withExtras(encodeToolCall({ ...item, kind: 'function', arguments: text }, name), standInExtras(own, `${path}.`, losses))
}
