// A tool that the target knew under another name or kind only: its calls go back to the caller as the caller knows the tool.
import { restoreCall, type Event, type Item, type ToolOrigin } from '@weir/dialects'
import type { Routed } from '../route/route.js'

type Names = ReadonlyMap<string, ToolOrigin>

/** The tools that were renamed or wrapped for this target, if any. */
export function renamedTools({ attempt, asked }: Routed): Names | undefined {
  const { upstream, lane, candidate } = attempt
  if (lane === 'native' || !upstream.renamedTools) return undefined
  const { tools } = asked()
  const names = tools && upstream.renamedTools(tools, candidate.target.quirks ?? {})
  return names && names.size > 0 ? names : undefined
}

export const restored = (item: Item, names: Names): Item => (item.type === 'tool-call' ? restoreCall(item, names) : item)

/**
 * Passes events on with their calls restored. The arguments of a wrapped call come in one piece, with its end: only then is the
 * text within the wrapping known.
 */
export function restoring(names: Names | undefined, emit: (event: Event) => void): (event: Event) => void {
  if (!names) return emit
  const wrapped = new Set<number>()
  return (event) => {
    switch (event.type) {
      case 'item-start': {
        const start = restored(event.start, names)
        if (isCustom(start) && !isCustom(event.start)) wrapped.add(event.item)
        return emit({ ...event, start })
      }
      case 'arguments-delta':
        return wrapped.has(event.item) ? undefined : emit(event)
      case 'item-end': {
        const end = restored(event.end, names)
        if (wrapped.has(event.item) && end.type === 'tool-call')
          emit({ type: 'arguments-delta', item: event.item, text: end.arguments })
        return emit({ ...event, end })
      }
      default:
        return emit(event)
    }
  }
}

const isCustom = (item: Item): boolean => item.type === 'tool-call' && item.kind === 'custom'
