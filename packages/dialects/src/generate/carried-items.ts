import type { DialectName } from '../dialect.js'
import type { Item, ToolsItem } from './canonical/item.js'
import type { Loss } from './canonical/loss.js'
import { approximated, dropped, foreignItem } from './losses.js'

/** An item with the path of where it stood in the conversation. */
export interface Placed<T extends Item = Item> {
  readonly item: T
  readonly path: string
}

/** The items that the messages of a dialect can carry. All others fall out, declared, and each call together with its result. */
export function carriedItems(items: readonly Item[], own: DialectName, losses: Loss[]): Placed<Exclude<Item, ToolsItem>>[] {
  const lost = lostCalls(items, own)
  const carried: Placed<Exclude<Item, ToolsItem>>[] = []
  for (const [index, item] of items.entries()) {
    const path = `items[${index}]`
    if (item.type === 'tools') losses.push(approximated(path, 'Its tools are declared with the others.'))
    else if ((item.type === 'hosted-tool-call' || item.type === 'foreign') && item.dialect !== own)
      losses.push(
        item.type === 'hosted-tool-call' && item.tool === 'tool_search'
          ? approximated(path, 'What the search has found is declared with the other tools.')
          : dropped(path, foreignItem(item)),
      )
    else if ((item.type === 'tool-call' || item.type === 'tool-result') && lost.has(item.callId))
      losses.push(dropped(path, halfLost))
    else carried.push({ item, path })
  }
  return carried
}

export const halfLost = 'The other half of this call could not be carried.'

/** The calls of which one half is of another dialect: a call without its result, or the reverse, is an error upstream. */
export function lostCalls(items: readonly Item[], own: DialectName): Set<string> {
  const ids = new Set<string>()
  for (const item of items) if (item.type === 'foreign' && item.callId !== undefined && item.dialect !== own) ids.add(item.callId)
  return ids
}
