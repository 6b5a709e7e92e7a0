import type { Extras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Loose } from '../narrow.js'

export const dropped = (path: string, reason: string): Loss => ({ path, disposition: 'dropped', reason })
export const approximated = (path: string, reason: string): Loss => ({ path, disposition: 'approximated', reason })

/**
 * The extras that are Responses' own, to be put back. Each field of another dialect is declared as dropped; every level of a
 * request passes its extras through here once, so that nothing is left out in silence.
 */
export function ownExtras(extras: Extras | undefined, path: string, losses: Loss[]): Loose | undefined {
  if (!extras) return undefined
  for (const [dialect, fields] of Object.entries(extras)) {
    if (dialect === 'responses') continue
    for (const field of Object.keys(fields ?? {}))
      losses.push(
        dropped(`${path === '' ? '' : `${path}.`}extras.${dialect}.${field}`, `Only the ${dialect} dialect has this field.`),
      )
  }
  return extras.responses
}
