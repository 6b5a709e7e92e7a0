import type { DialectName, Event, Item, Loss } from '@weir/dialects'
import type { Trail } from '../trail.js'

/** What an answer holds and its caller's dialect has no form for: the caller is not shown it, so that the record has to say so. */
export function unsayable(items: readonly Item[], dialect: DialectName): Loss[] {
  return items.flatMap((item, place): Loss[] => {
    const path = `answer.items[${place}]`
    if ('dialect' in item) return item.dialect === dialect ? [] : [dropped(path, item.dialect, 'item')]
    if (item.type !== 'message') return []
    return item.content.flatMap((part, index) =>
      part.type === 'foreign' && part.dialect !== dialect ? [dropped(`${path}.content[${index}]`, part.dialect, 'part')] : [],
    )
  })
}

/** Notes a kind of event of a stream that is newer than the code, once. */
export function noteUnsayable(trail: Trail, { dialect, wire }: Extract<Event, { type: 'foreign' }>): void {
  // Events of Converse go by their name, as the one field of an object.
  const type = 'type' in wire && typeof wire.type === 'string' ? wire.type : (Object.keys(wire)[0] ?? 'unknown')
  const path = `answer.events.${type}`
  if (!trail.losses.some((loss) => loss.path === path)) trail.losses = [...trail.losses, dropped(path, dialect, 'event')]
}

const dropped = (path: string, dialect: DialectName, what: string): Loss => ({
  path,
  disposition: 'dropped',
  reason: `Only the ${dialect} dialect knows this ${what}.`,
})
