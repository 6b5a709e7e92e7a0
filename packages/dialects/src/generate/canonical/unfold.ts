import { deltaOfPart } from './delta-of-part.js'
import { emptied } from './emptied.js'
import type { Event } from './event.js'
import type { Item } from './item.js'
import type { Part } from './part.js'
import type { Generated } from './response.js'

/** An answer to the events of a stream that would have brought it, with one delta for each part. `fold` is its inverse. */
export function unfold(answer: Generated): Event[] {
  const { items, outcome, usage, serviceTier, extras, ...head } = answer
  const events: Event[] = [{ type: 'turn-start', ...head }]
  for (const [place, item] of items.entries()) {
    events.push({ type: 'item-start', item: place, start: emptied(item) })
    deltas(item, place, events)
    events.push({ type: 'item-end', item: place, end: item })
  }
  if (usage) events.push({ type: 'usage', usage })
  if (outcome.status === 'failed') events.push({ type: 'error', failure: outcome.failure })
  else events.push({ type: 'turn-end', outcome, ...(serviceTier !== undefined && { serviceTier }), ...(extras && { extras }) })
  return events
}

function deltas(item: Item, place: number, events: Event[]): void {
  switch (item.type) {
    case 'message':
      for (const [index, part] of item.content.entries()) partDeltas(part, place, index, events)
      break
    case 'reasoning':
      for (const [part, text] of item.summary.entries())
        events.push({ type: 'reasoning-delta', item: place, part, kind: 'summary', text })
      for (const [part, text] of item.content?.entries() ?? [])
        events.push({ type: 'reasoning-delta', item: place, part, kind: 'content', text })
      if (item.replay) events.push({ type: 'replay-token', item: place, token: item.replay })
      break
    case 'tool-call':
      events.push({ type: 'arguments-delta', item: place, text: item.arguments })
      break
    default:
      break
  }
}

function partDeltas(part: Part, item: number, index: number, events: Event[]): void {
  const delta = deltaOfPart(part, item, index)
  if (delta) events.push(delta)
  if (part.type !== 'text') return
  for (const annotation of part.annotations ?? []) events.push({ type: 'annotation', item, part: index, annotation })
}
