import type { ForeignItem, Item, MessageItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { carriedItems, type Placed } from '../carried-items.js'
import { approximated } from '../losses.js'

/** What becomes one content. */
export interface Group {
  readonly role: 'user' | 'model'
  readonly turn: number | undefined
  readonly placed: Placed[]
}

export interface Regrouped {
  /** What stands outside the conversation. */
  readonly system: readonly Placed<MessageItem>[]
  readonly groups: readonly Group[]
}

/**
 * Items back to contents, by `turn`. The server wants the responses to all calls of a content in the one content behind it, and what
 * the system says in front of everything: what is moved for that is a declared loss. Items that cannot be carried fall out here, each
 * call together with its result.
 */
export function regroup(items: readonly Item[], losses: Loss[]): Regrouped {
  const system: Placed<MessageItem>[] = []
  const groups: Group[] = []
  const callers = new Map<string, Group>()

  function join(role: Group['role'], placed: Placed): Group {
    const { turn } = placed.item
    const last = groups.at(-1)
    if (last?.role === role && last.turn === turn) {
      last.placed.push(placed)
      return last
    }
    const group: Group = { role, turn, placed: [placed] }
    groups.push(group)
    return group
  }

  function answer(placed: Placed, callId: string): void {
    const caller = callers.get(callId)
    const place = caller ? groups.lastIndexOf(caller) + 1 : groups.length - 1
    const next = groups[place]
    const { turn } = placed.item
    if (next?.role === 'user' && (next.turn === turn || next.placed.every(({ item }) => item.type === 'tool-result')))
      next.placed.push(placed)
    else groups.splice(caller ? place : groups.length, 0, { role: 'user', turn, placed: [placed] })
    if (caller && place < groups.length - 1)
      losses.push(approximated(placed.path, 'The result was moved to directly behind its call.'))
  }

  for (const placed of carriedItems(items, 'generate-content', losses)) {
    const { item, path } = placed
    if (item.type === 'message' && (item.role === 'system' || item.role === 'developer')) {
      if (groups.length > 0) losses.push(approximated(path, 'It was moved in front of the conversation.'))
      system.push({ item, path })
    } else if (item.type === 'tool-result') answer(placed, item.callId)
    else if (item.type === 'message' && item.role === 'user') join('user', placed)
    else {
      const group = join('model', placed)
      if (item.type === 'tool-call') callers.set(item.callId, group)
    }
  }
  return { system, groups }
}

/** A content that is of no known role, kept whole; any other foreign item is a part. */
export const isContent = ({ wire }: ForeignItem): boolean => 'role' in wire && 'parts' in wire
