// What of an item a model reads.
import type { Item, Part } from '@weir/dialects'

/** The texts of a message or of a tool's output, one below the other. */
export function textOf(content: string | readonly Part[]): string {
  if (typeof content === 'string') return content
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

export function partsOf(item: Item): readonly Part[] {
  if (item.type === 'message') return item.content
  if (item.type === 'tool-result' && typeof item.output !== 'string') return item.output
  return []
}

export function textsOf(item: Item): readonly string[] {
  switch (item.type) {
    case 'message':
      return [textOf(item.content)]
    case 'reasoning':
      return [...item.summary, ...(item.content ?? [])]
    case 'tool-call':
      return [item.name, item.arguments]
    case 'tool-result':
      return [textOf(item.output)]
    case 'tools':
      return [JSON.stringify(item.tools)]
    default:
      return [JSON.stringify(item.wire)]
  }
}
