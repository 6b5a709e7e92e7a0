// A tool that the target knew under another name or kind only: its calls go back to the caller as the caller knows the tool.
import { isWrapped, restoreCall, unwrapping, type Event, type Item, type ToolNames, type Unwrapping } from '@weir/dialects'

export const restored = (item: Item, names: ToolNames | undefined): Item =>
  names && item.type === 'tool-call' ? restoreCall(item, names) : item

/** A call whose free text is taken out of its wrapping while it comes. */
interface Wrapped {
  readonly unwrapping: Unwrapping
  /** Characters of the wrapping that were read. */
  read: number
  /** What came out of it. */
  text: string
}

/** Passes events on with their calls restored. What the deltas of a call give is exactly what it ends with. */
export function restoring(names: ToolNames | undefined, emit: (event: Event) => void): (event: Event) => void {
  if (!names) return emit
  const wrapped = new Map<number, Wrapped>()

  function give(item: number, call: Wrapped, text: string): void {
    call.text += text
    if (text !== '') emit({ type: 'arguments-delta', item, text })
  }

  return (event) => {
    switch (event.type) {
      case 'item-start': {
        const start = restored(event.start, names)
        if (event.start.type === 'tool-call' && start.type === 'tool-call' && isWrapped(event.start, start))
          wrapped.set(event.item, { unwrapping: unwrapping(), read: 0, text: '' })
        return emit({ ...event, start })
      }
      case 'arguments-delta': {
        const call = wrapped.get(event.item)
        if (!call) return emit(event)
        call.read += event.text.length
        return give(event.item, call, call.unwrapping.push(event.text))
      }
      case 'item-end': {
        const call = wrapped.get(event.item)
        const end = restored(event.end, names)
        if (!call || event.end.type !== 'tool-call' || end.type !== 'tool-call') return emit({ ...event, end })
        const left = event.end.arguments.slice(call.read)
        give(event.item, call, call.unwrapping.push(left) + call.unwrapping.end())
        return emit({ ...event, end: { ...end, arguments: call.text } })
      }
      default:
        return emit(event)
    }
  }
}
