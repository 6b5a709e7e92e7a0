import type { Item } from './item.js'

/** The item as it is known when it begins. A token at the beginning is not the one that must be replayed. */
export function emptied(item: Item): Item {
  switch (item.type) {
    case 'message':
      return { ...item, content: [], status: 'in_progress' }
    case 'reasoning': {
      const { content: _, replay: __, ...start } = item
      return { ...start, summary: [] }
    }
    case 'tool-call':
      return { ...item, arguments: '', status: 'in_progress' }
    default:
      return item
  }
}
