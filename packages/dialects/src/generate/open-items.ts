import type { Event } from './canonical/event.js'
import { assemble, type Assembly } from './canonical/assembly.js'
import type { Item, ItemStatus } from './canonical/item.js'

/** An item of a stream that has begun. */
export interface OpenItem {
  readonly number: number
  readonly assembly: Assembly
  /** How it will end: only what is said and called tells that it is whole; any other item tells that it was broken off. */
  status: Exclude<ItemStatus, 'in_progress'> | undefined
}

/** The items of one stream that have begun and not ended, in the order in which they began. */
export interface OpenItems {
  open(start: Item, emit: (event: Event) => void): OpenItem
  close(item: OpenItem, emit: (event: Event) => void): void
  closeAll(emit: (event: Event) => void): void
}

export function openItems(): OpenItems {
  const open: OpenItem[] = []
  let count = 0

  function end(item: OpenItem, emit: (event: Event) => void): void {
    emit({ type: 'item-end', item: item.number, end: item.assembly.item(item.status) })
  }

  return {
    open(start, emit) {
      const item: OpenItem = {
        number: count++,
        assembly: assemble(start),
        status: start.type === 'message' || start.type === 'tool-call' ? 'completed' : undefined,
      }
      open.push(item)
      emit({ type: 'item-start', item: item.number, start })
      return item
    },
    close(item, emit) {
      const place = open.indexOf(item)
      if (place < 0) return
      open.splice(place, 1)
      end(item, emit)
    },
    closeAll(emit) {
      for (const item of open.splice(0)) end(item, emit)
    },
  }
}
