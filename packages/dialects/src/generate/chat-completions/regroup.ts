import type {
  ForeignItem,
  HostedToolCallItem,
  Item,
  MessageItem,
  ReasoningItem,
  ToolCallItem,
  ToolResultItem,
  ToolsItem,
} from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { carriedItems, type Placed } from '../carried-items.js'
import { approximated, dropped, foreignItem } from '../losses.js'

/** What becomes one assistant message, and the results of its calls, which come directly after it. */
export interface AssistantGroup {
  readonly type: 'assistant'
  readonly turn: number | undefined
  readonly reasoning: Placed<ReasoningItem>[]
  readonly messages: Placed<MessageItem>[]
  readonly calls: Placed<ToolCallItem | ForeignItem>[]
  readonly results: Placed<ToolResultItem>[]
}

export type Group =
  | AssistantGroup
  | { readonly type: 'message'; readonly placed: Placed<MessageItem> }
  | { readonly type: 'result'; readonly placed: Placed<ToolResultItem> }
  | { readonly type: 'foreign'; readonly placed: Placed<ForeignItem> }

/**
 * Items back to messages, by `turn`. Chat wants the results of calls right behind the message that called, so what stood in
 * between comes after them, a declared loss. Items that chat cannot carry fall out here, each call together with its result.
 */
export function regroup(items: readonly Item[], losses: Loss[]): Group[] {
  const groups: Group[] = []
  const callers = new Map<string, AssistantGroup>()

  for (const { item, path } of carriedItems(items, 'chat-completions', losses)) {
    if (item.type === 'hosted-tool-call') {
      losses.push(dropped(path, foreignItem(item)))
    } else if (item.type === 'tool-result') {
      const caller = callers.get(item.callId)
      if (!caller) groups.push({ type: 'result', placed: { item, path } })
      else {
        if (caller !== groups.at(-1)) losses.push(approximated(path, 'The result was moved to directly behind its call.'))
        caller.results.push({ item, path })
      }
    } else if (item.type === 'message' && item.role !== 'assistant') {
      groups.push({ type: 'message', placed: { item, path } })
    } else if (item.type === 'foreign' && 'role' in item.wire) {
      groups.push({ type: 'foreign', placed: { item, path } })
    } else {
      const group = assistantGroup(groups, item)
      if (item.type === 'message') group.messages.push({ item, path })
      else if (item.type === 'reasoning') group.reasoning.push({ item, path })
      else {
        group.calls.push({ item, path })
        if (item.callId !== undefined) callers.set(item.callId, group)
      }
    }
  }
  return groups
}

/** The group that an item of the assistant joins: the last one, if it is of the same turn and was not answered yet. */
function assistantGroup(groups: Group[], item: Exclude<Item, ToolResultItem | ToolsItem | HostedToolCallItem>): AssistantGroup {
  const last = groups.at(-1)
  if (last?.type === 'assistant' && last.results.length === 0 && last.turn === item.turn && fits(last, item)) return last
  const group: AssistantGroup = { type: 'assistant', turn: item.turn, reasoning: [], messages: [], calls: [], results: [] }
  groups.push(group)
  return group
}

/** Items that say no turn are one message for as long as they come in the order in which a message has them. */
function fits(group: AssistantGroup, item: Item): boolean {
  if (item.turn !== undefined) return true
  if (item.type === 'reasoning') return group.messages.length === 0 && group.calls.length === 0
  return item.type !== 'message' || (group.messages.length === 0 && group.calls.length === 0)
}
