import type { WebSocketLimits } from './limits.js'
import { localResponses, type LocalResponses, type Memory } from './local-responses.js'

/** The memories of all connections. */
export interface Memories {
  /** The memory of one connection, until it is forgotten. */
  open(): { readonly local: LocalResponses; forget(): void }
}

/** Holds all connections together to a bound: where it is passed, whoever holds the most loses its oldest responses. */
export function memories(limits: Pick<WebSocketLimits, 'localResponses' | 'localSize' | 'allLocalSize'>): Memories {
  const all = new Set<Memory>()

  function bound(): void {
    let size = 0
    for (const each of all) size += each.size
    while (size > limits.allLocalSize) {
      const largest = [...all].reduce((one, other) => (other.size > one.size ? other : one))
      size -= largest.size
      largest.dropFirst()
      size += largest.size
    }
  }

  return {
    open() {
      const local = localResponses(limits, bound)
      all.add(local)
      return { local, forget: () => void all.delete(local) }
    },
  }
}
