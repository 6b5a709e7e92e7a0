import type {
  ForeignItem,
  HostedToolCallItem,
  Item,
  MessageItem,
  ReasoningItem,
  ToolCallItem,
  ToolResultItem,
} from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { carriedItems, type Placed } from '../carried-items.js'
import { approximated } from '../losses.js'

/** What becomes one message of the user: the results of the calls before it, then what the user says. */
export interface UserGroup {
  readonly type: 'user'
  turn: number | undefined
  readonly results: Placed<ToolResultItem>[]
  readonly messages: Placed<MessageItem>[]
}

export type AssistantItem = MessageItem | ReasoningItem | ToolCallItem | HostedToolCallItem | ForeignItem

/** What becomes one message of the assistant, and the one that answers its calls, which comes directly after it. */
export interface AssistantGroup {
  readonly type: 'assistant'
  readonly turn: number | undefined
  readonly items: Placed<AssistantItem>[]
  readonly answer: UserGroup
}

export type Group =
  | UserGroup
  | AssistantGroup
  | { readonly type: 'system'; readonly messages: Placed<MessageItem>[] }
  | { readonly type: 'foreign'; readonly placed: Placed<ForeignItem> }

export interface Conversation {
  /** The system prompt: what stood before anything else. */
  readonly system: readonly Placed<MessageItem>[]
  readonly groups: readonly Group[]
}

const userGroup = (turn: number | undefined): UserGroup => ({ type: 'user', turn, results: [], messages: [] })

const isSystem = (item: Item): item is MessageItem & { readonly role: 'system' | 'developer' } =>
  item.type === 'message' && (item.role === 'system' || item.role === 'developer')

/**
 * Items back to messages, by `turn`. All results of a message's calls stand in the one message behind it, so what stood in between comes
 * after them, a declared loss. `systemMessages`: whether a system message may stay amid the conversation; elsewhere the user says it.
 * Items that this dialect cannot carry fall out here, each call together with its result.
 */
export function regroup(items: readonly Item[], systemMessages: boolean, losses: Loss[]): Conversation {
  const system: Placed<MessageItem>[] = []
  const groups: Group[] = []
  const callers = new Map<string, AssistantGroup>()

  function addResult(placed: Placed<ToolResultItem>): void {
    const { item, path } = placed
    const caller = callers.get(item.callId)
    const last = groups.at(-1)
    if (!caller) {
      const group = last?.type === 'user' && last.messages.length === 0 ? last : userGroup(item.turn)
      if (group !== last) groups.push(group)
      group.results.push(placed)
      return
    }
    if (caller !== last || caller.answer.messages.length > 0)
      losses.push(approximated(path, 'The result was moved to directly behind its call.'))
    caller.answer.turn = item.turn
    caller.answer.results.push(placed)
  }

  function addUser(placed: Placed<MessageItem>): void {
    const { turn } = placed.item
    const last = groups.at(-1)
    const before = last?.type === 'assistant' && last.answer.results.length > 0 ? last.answer : last
    if (before?.type === 'user' && turn !== undefined && before.turn === turn) before.messages.push(placed)
    else groups.push({ ...userGroup(turn), messages: [placed] })
  }

  function addSystem(placed: Placed<MessageItem>): void {
    const last = groups.at(-1)
    if (!last) return void system.push(placed)
    if (systemMessages && last.type === 'system') return void last.messages.push(placed)
    if (systemMessages && (last.type === 'user' || (last.type === 'assistant' && last.answer.results.length > 0)))
      return void groups.push({ type: 'system', messages: [placed] })
    losses.push(approximated(placed.path, 'Amid the conversation it goes as a message of the user.'))
    groups.push({ ...userGroup(placed.item.turn), messages: [placed] })
  }

  for (const { item, path } of carriedItems(items, 'messages', losses)) {
    if (item.type === 'tool-result') addResult({ item, path })
    else if (isSystem(item)) addSystem({ item, path })
    else if (item.type === 'message' && item.role !== 'assistant') addUser({ item, path })
    else if (item.type === 'foreign' && 'role' in item.wire) groups.push({ type: 'foreign', placed: { item, path } })
    else {
      const group = assistantGroup(groups, item)
      group.items.push({ item, path })
      if (item.type === 'tool-call') callers.set(item.callId, group)
    }
  }
  return withUser({ system, groups }, losses)
}

/** The API wants one message at least: where there is a system prompt alone, its last part is what the user says. */
function withUser(conversation: Conversation, losses: Loss[]): Conversation {
  const last = conversation.system.at(-1)
  if (conversation.groups.length > 0 || !last) return conversation
  losses.push(approximated(last.path, 'With nothing else said it goes as a message of the user.'))
  return { system: conversation.system.slice(0, -1), groups: [{ ...userGroup(last.item.turn), messages: [last] }] }
}

/** The group that an item of the assistant joins: the last one, if it is of the same turn and was not answered yet. */
function assistantGroup(groups: Group[], { turn }: AssistantItem): AssistantGroup {
  const last = groups.at(-1)
  if (last?.type === 'assistant' && last.answer.results.length === 0 && last.turn === turn) return last
  const group: AssistantGroup = { type: 'assistant', turn, items: [], answer: userGroup(undefined) }
  groups.push(group)
  return group
}
