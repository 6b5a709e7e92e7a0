import type { Loss } from './canonical/loss.js'
import { dropped } from './losses.js'

/**
 * A body without the fields that its server rejects, each of them a declared loss at the places where it stands in the canonical
 * request. `body` is not changed. The model and the messages always stay.
 */
export function withoutFields<Body extends object>(
  body: Body,
  rejects: readonly string[],
  placesOf: (field: string) => readonly string[],
  losses: Loss[],
): Body {
  const rejected = rejects.filter((field) => field in body && field !== 'model' && field !== 'messages')
  if (rejected.length === 0) return body
  const left: Body = { ...body }
  for (const field of rejected) {
    // A name on the wire, be it known to the type or not.
    delete left[field as keyof Body]
    for (const path of placesOf(field)) losses.push(dropped(path, `The server rejects ${field}.`))
  }
  return left
}
