import { mintId } from '@weir/contracts'
import { idKindOf, type DialectName, type Event, type Item, type Part } from '@weir/dialects'
import { tag, type Issuer } from '../translate/replay-token.js'

type TextDelta = Extract<Event, { type: 'text-delta' }>

/** Puts Weir's marks on the events of an upstream: an id on every item, a tag on every replay token. */
export interface Stamp {
  /** The event as the caller may see it; `undefined` where it may not. */
  event(event: Event): Event | undefined
  /** The tagged tokens that what is kept does not show, by item id: kept beside it, since the next turn needs them. */
  readonly hidden: Readonly<Record<string, string>>
}

/** Who is answered, and by whom. */
export interface StampFacts {
  readonly issuer: Issuer
  /** Whether the caller is to see replay tokens. */
  readonly reveals: boolean
  /** The dialect in which it brings them back, whatever dialect they were issued in. */
  readonly dialect: DialectName
  /** Whether what it sees is what is kept. */
  readonly stateful: boolean
  /** Whether it asked for log probabilities, which some servers give to whoever did not. */
  readonly probable: () => boolean
}

/** One stamp serves one answer, so that ids agree in all its events. */
export function stamp({ issuer, reveals, dialect, stateful, probable }: StampFacts): Stamp {
  const ids = new Map<number, string>()
  const hidden: Record<string, string> = {}

  function item(place: number, given: Item): Item {
    const item =
      given.type === 'message' && given.content.some(hasLogprobs) && !probable()
        ? { ...given, content: given.content.map(withoutLogprobs) }
        : given
    let id = ids.get(place)
    if (id === undefined) ids.set(place, (id = item.id ?? mintId(idKindOf(item))))
    if (!item.replay) return item.id === id ? item : { ...item, id }
    const payload = tag(issuer, id, item.replay.payload)
    if (!reveals || !stateful) hidden[id] = payload
    if (reveals) return { ...item, id, replay: { dialect, payload } }
    const { replay: _, ...rest } = item
    return { ...rest, id } as Item
  }

  return {
    hidden,
    event(event) {
      switch (event.type) {
        case 'item-start':
          return { ...event, start: item(event.item, event.start) }
        case 'item-end':
          return { ...event, end: item(event.item, event.end) }
        case 'replay-token':
          if (!reveals) return undefined
          return { ...event, token: { dialect, payload: tag(issuer, ids.get(event.item) ?? '', event.token.payload) } }
        case 'text-delta':
          return event.logprobs && !probable() ? withoutLogprobs(event) : event
        default:
          return event
      }
    },
  }
}

const hasLogprobs = (part: Part): boolean => part.type === 'text' && part.logprobs !== undefined

function withoutLogprobs<T extends Part | TextDelta>(of: T): T {
  if (!('logprobs' in of)) return of
  const { logprobs: _, ...rest } = of
  // What is left is the same kind of thing: the field is optional.
  return rest as T
}
