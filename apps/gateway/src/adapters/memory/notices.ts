import type { Notices } from '../../ports/notices.js'

/** Notices within one process. A listener hears of them in the same turn. */
export function memoryNotices(): Notices {
  const listeners = new Map<string, Set<() => void>>()
  return {
    tell(topic) {
      const heard = listeners.get(topic)
      for (const listener of heard ?? []) listener()
      return heard !== undefined
    },
    hear(topic, listener) {
      const all = listeners.get(topic) ?? new Set()
      listeners.set(topic, all.add(listener))
      return () => {
        all.delete(listener)
        if (all.size === 0 && listeners.get(topic) === all) listeners.delete(topic)
      }
    },
  }
}
