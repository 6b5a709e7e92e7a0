import { assemble, type Assembly } from '../canonical/assembly.js'
import { deltaOfPart } from '../canonical/delta-of-part.js'
import { emptied } from '../canonical/emptied.js'
import type { AnnotationAdded, ArgumentsDelta, Event, ReasoningDelta, TextDelta } from '../canonical/event.js'
import type { Item, ItemStatus } from '../canonical/item.js'
import { isList, isString, type Loose } from '../narrow.js'
import { decodeOutputItem } from './response-decode.js'

type Emit = (event: Event) => void
type TextEvent = TextDelta | ReasoningDelta | ArgumentsDelta

/** An item in flight, on its way from frames to events. */
export interface OpenItem {
  readonly number: number
  /** A delta as it came. */
  delta(event: TextEvent | AnnotationAdded, emit: Emit): void
  /** A text that is whole: gives only what its deltas have not given yet. */
  rest(event: TextEvent, emit: Emit): void
}

/** The items of one stream, found by their `output_index` or, where a server leaves that out, by their id. */
export interface OpenItems {
  /** The item of this frame, begun as an empty one of this type where no frame began it. None: what stands there comes whole at its end. */
  at(wire: Loose, type: 'message' | 'reasoning', emit: Emit): OpenItem | undefined
  /** The call of this frame. */
  call(wire: Loose): OpenItem | undefined
  add(wire: Loose, item: unknown, emit: Emit): void
  end(wire: Loose, item: unknown, status: ItemStatus, emit: Emit): void
  /** What the terminal response holds beyond what was streamed. */
  close(output: unknown, status: 'completed' | 'incomplete', emit: Emit): void
}

interface Flight extends OpenItem {
  readonly assembly: Assembly
  readonly type: Item['type']
  readonly keys: readonly (string | number)[]
  /** Characters, or annotations, given so far, by kind and part. */
  readonly given: Map<number, number>
  ended: boolean
}

export function openItems(): OpenItems {
  const flights: Flight[] = []
  const byKey = new Map<string | number, Flight>()

  /** What goes by the place of this frame and what by its id; some servers say another item's place. */
  function found({ output_index: index, item_id: id }: Loose): Flight[] {
    const keys = [typeof index === 'number' ? index : undefined, isString(id) ? id : undefined]
    return keys.flatMap((key) => (key === undefined ? [] : (byKey.get(key) ?? [])))
  }

  /** The item of this frame that can take what is said of one of this type. */
  const find = (wire: Loose, type: Item['type']): Flight | undefined => found(wire).find((flight) => flight.type === type)

  function begin(start: Item, keys: readonly (string | number)[], emit: Emit): Flight {
    const flight = open(start, flights.length, keys)
    flights.push(flight)
    for (const key of keys) byKey.set(key, flight)
    emit({ type: 'item-start', item: flight.number, start })
    return flight
  }

  function end(flight: Flight, whole: Item, emit: Emit): void {
    if (flight.ended) return
    const item = completed(whole, flight.assembly.item())
    for (const event of deltasOf(item, flight.number)) flight.rest(event, emit)
    for (const event of annotationsOf(item, flight)) flight.delta(event, emit)
    if (item.replay) emit({ type: 'replay-token', item: flight.number, token: item.replay })
    flight.ended = true
    emit({ type: 'item-end', item: flight.number, end: item })
  }

  return {
    call: (wire) => find(wire, 'tool-call'),
    at(wire, type, emit) {
      const fitting = find(wire, type)
      if (fitting) return fitting
      if (found(wire).some(comesWhole)) return undefined
      const id = isString(wire.item_id) ? { id: wire.item_id } : {}
      const start: Item =
        type === 'message' ? { type, ...id, role: 'assistant', content: [], status: 'in_progress' } : { type, ...id, summary: [] }
      return begin(start, keysOf(wire, wire.item_id), emit)
    },
    add(wire, added, emit) {
      const item = decodeOutputItem(added, 'item', 'in_progress')
      // A call whose name is not known yet begins with its end.
      if (find({ ...wire, item_id: item.id }, item.type) || (item.type === 'tool-call' && item.name === '')) return
      begin(emptied(item), keysOf(wire, item.id), emit)
    },
    end(wire, done, status, emit) {
      const item = decodeOutputItem(done, 'item', status)
      const flight = find({ ...wire, item_id: item.id }, item.type) ?? begin(emptied(item), keysOf(wire, item.id), emit)
      end(flight, item, emit)
    },
    close(output, status, emit) {
      const list = isList(output) ? output : []
      for (const [index, wire] of list.entries()) {
        const ending = status === 'incomplete' && index === list.length - 1 ? 'incomplete' : 'completed'
        const item = decodeOutputItem(wire, `output[${index}]`, ending)
        const flight =
          find({ item_id: item.id }, item.type) ??
          sameAt(index, item) ??
          begin(emptied(item), keysOf({ output_index: index }, item.id), emit)
        end(flight, item, emit)
      }
      // A server that leaves its terminal output empty has still said these.
      for (const flight of flights) {
        const last = flight.number === flights.length - 1
        if (!flight.ended) end(flight, flight.assembly.item(status === 'incomplete' && last ? 'incomplete' : 'completed'), emit)
      }
    },
  }

  /** The flight at this place of the output, if it is of the same type: some servers change ids between frames. */
  function sameAt(index: number, item: Item): Flight | undefined {
    const flight = byKey.get(index) ?? flights[index]
    return flight?.type === item.type ? flight : undefined
  }
}

/** What the provider ran, or what is newer than the code: its deltas are nobody's, and its end says all of it. */
const comesWhole = ({ type }: Flight): boolean => type === 'hosted-tool-call' || type === 'foreign'

function keysOf(wire: Loose, id: unknown): (string | number)[] {
  const keys: (string | number)[] = []
  if (typeof wire.output_index === 'number') keys.push(wire.output_index)
  if (isString(id)) keys.push(id)
  return keys
}

function open(start: Item, number: number, keys: readonly (string | number)[]): Flight {
  const assembly = assemble(start)
  const given = new Map<number, number>()
  const flight: Flight = {
    number,
    assembly,
    type: start.type,
    keys,
    given,
    ended: false,
    delta(event, emit) {
      if (flight.ended) return
      const key = keyOf(event)
      given.set(key, (given.get(key) ?? 0) + (event.type === 'annotation' ? 1 : event.text.length))
      assembly.add(event)
      emit(event)
    },
    rest(event, emit) {
      const sent = given.get(keyOf(event))
      // An empty part begins with an empty delta; one that has begun needs nothing.
      if (sent === undefined) return flight.delta(event, emit)
      if (event.text.length > sent) flight.delta({ ...withoutLogprobs(event), text: event.text.slice(sent) }, emit)
    },
  }
  return flight
}

const partKinds = { text: 0, refusal: 0, summary: 1, content: 2 } as const

/** One number for each part and kind: a text built for every token would cost more than the rest of its way. */
function keyOf(event: TextEvent | AnnotationAdded): number {
  if (event.type === 'arguments-delta') return -1
  if (event.type === 'annotation') return annotationKey(event.part)
  return event.part * 4 + partKinds[event.kind]
}

const annotationKey = (part: number): number => part * 4 + 3

function withoutLogprobs(event: TextEvent): TextEvent {
  if (event.type !== 'text-delta') return event
  const { logprobs: _, ...rest } = event
  return rest
}

/** The item as it was said to be, with what deltas gave where a server ends it empty. */
function completed(whole: Item, assembled: Item): Item {
  if (whole.type === 'message' && assembled.type === 'message' && whole.content.length === 0)
    return { ...whole, content: assembled.content }
  if (whole.type === 'tool-call' && assembled.type === 'tool-call' && whole.arguments === '')
    return { ...whole, arguments: assembled.arguments }
  if (whole.type === 'reasoning' && assembled.type === 'reasoning') {
    const content = whole.content ?? assembled.content
    return { ...whole, summary: whole.summary.length > 0 ? whole.summary : assembled.summary, ...(content && { content }) }
  }
  return whole
}

function deltasOf(item: Item, number: number): TextEvent[] {
  switch (item.type) {
    case 'message':
      return item.content.flatMap((part, index) => deltaOfPart(part, number, index) ?? [])
    case 'reasoning':
      return [
        ...item.summary.map((text, part): TextEvent => ({ type: 'reasoning-delta', item: number, part, kind: 'summary', text })),
        ...(item.content ?? []).map((text, part): TextEvent => ({
          type: 'reasoning-delta',
          item: number,
          part,
          kind: 'content',
          text,
        })),
      ]
    case 'tool-call':
      return [{ type: 'arguments-delta', item: number, text: item.arguments }]
    default:
      return []
  }
}

/** The annotations that no frame of their own has brought. */
function annotationsOf(item: Item, { number, given }: Flight): AnnotationAdded[] {
  if (item.type !== 'message') return []
  return item.content.flatMap((part, index) => {
    const all = part.type === 'text' ? (part.annotations ?? []) : []
    return all
      .slice(given.get(annotationKey(index)) ?? 0)
      .map((annotation): AnnotationAdded => ({ type: 'annotation', item: number, part: index, annotation }))
  })
}
