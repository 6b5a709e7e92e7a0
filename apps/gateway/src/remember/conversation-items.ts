import type { responses } from '@weir/contracts'
import type { NewItem } from '../ports/conversation-store.js'
import { mintItemId } from './item-id.js'

/** Items as a conversation takes them, which have ids. The second of two with one id gets a fresh one. */
export function newItems(items: readonly (responses.InputItem | responses.OutputItem)[]): NewItem[] {
  const ids = new Set<string>()
  return items.map((item) => {
    const spare = mintItemId(item.type)
    const id = typeof item.id === 'string' && item.id !== '' && !ids.has(item.id) ? item.id : spare
    ids.add(id)
    return { id, spare: id === spare ? mintItemId(item.type) : spare, item: JSON.stringify(item) }
  })
}
