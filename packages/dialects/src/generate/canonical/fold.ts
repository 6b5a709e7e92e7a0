import { assemble, type Assembly } from './assembly.js'
import type { Event } from './event.js'
import type { Item } from './item.js'
import type { Generated, Outcome } from './response.js'
import type { Usage } from './usage.js'
import type { Extras } from './extras.js'

/** Events to an answer, one at a time. `result` may be asked at any moment: for a stream that broke it gives what came. */
export interface Folding {
  add(event: Event): void
  result(): Generated
}

/**
 * Begins a fold. Items that ended are taken as they ended; one still open is built from its deltas and marked `incomplete`.
 * A stream without an end folds to the outcome `failed`, kind `cut`.
 */
export function folding(): Folding {
  const ended: (Item | undefined)[] = []
  const open = new Map<number, Assembly>()
  let outcome: Outcome = { status: 'failed', failure: { kind: 'cut', message: 'The stream ended without its terminal event.' } }
  let head: { id?: string; model?: string; createdAt?: number } = {}
  let tail: { serviceTier?: string } = {}
  let extras: Extras | undefined
  let usage: Usage | undefined

  return {
    add(event) {
      switch (event.type) {
        case 'turn-start': {
          const { type: _, extras: fields, ...facts } = event
          head = facts
          extras = merged(extras, fields)
          break
        }
        case 'item-start':
          open.set(event.item, assemble(event.start))
          break
        case 'item-end':
          open.delete(event.item)
          ended[event.item] = event.end
          break
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          outcome = event.outcome
          if (event.serviceTier !== undefined) tail = { serviceTier: event.serviceTier }
          extras = merged(extras, event.extras)
          break
        case 'error':
          outcome = { status: 'failed', failure: event.failure }
          break
        case 'foreign':
          break
        default:
          open.get(event.item)?.add(event)
      }
    },
    result() {
      const items = ended.slice()
      for (const [place, assembly] of open) items[place] = assembly.item('incomplete')
      return {
        ...head,
        items: items.filter((item) => item !== undefined),
        outcome,
        ...(usage && { usage }),
        ...tail,
        ...(extras && { extras }),
      }
    },
  }
}

/** The whole answer of a sequence of events. */
export function fold(events: Iterable<Event>): Generated {
  const answer = folding()
  for (const event of events) answer.add(event)
  return answer.result()
}

function merged(first: Extras | undefined, second: Extras | undefined): Extras | undefined {
  if (!first || !second) return first ?? second
  const all: Record<string, object> = { ...first }
  for (const [dialect, fields] of Object.entries(second)) all[dialect] = { ...all[dialect], ...fields }
  return all as Extras
}
