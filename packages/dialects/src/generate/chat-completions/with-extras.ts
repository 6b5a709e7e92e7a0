import type { Loss } from '../canonical/loss.js'
import { overlay, type Loose } from '../narrow.js'
import { dropped } from '../losses.js'

/** A wire object with its extras put back, object into object. */
export function withExtras<T extends object>(wire: T, extras: Loose | undefined): T {
  // Extras are fields beside those that `T` knows, or beside those of an object in it.
  return extras ? (overlay(wire as Loose, extras) as T) : wire
}

/** The extras of a free-text tool or call for the function that stands in for it: what stood inside `custom` has no place. */
export function standInExtras(extras: Loose | undefined, path: string, losses: Loss[]): Loose | undefined {
  if (extras?.custom === undefined) return extras
  const { custom: _, ...rest } = extras
  losses.push(dropped(`${path}extras.chat-completions.custom`, 'A function has no place for a field of a free-text tool.'))
  return rest
}
