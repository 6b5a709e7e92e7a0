import type { ChoiceOutcome, Outcome } from './canonical/response.js'
import { isPlaceBelow } from './narrow.js'

/** The place of an alternative among the others. They are counted by tens at most: no other number is a place of one. */
export const isChoice = (value: unknown): value is number => isPlaceBelow(100, value)

/** How the whole answer ended: as its first choice did. Each is told where there is more than one. */
export function outcomeOf(choices: readonly (ChoiceOutcome | undefined)[]): Outcome {
  const endings = Array.from(choices, (choice) => choice ?? ({ status: 'completed' } as const))
  const first = endings[0] ?? { status: 'completed' }
  return endings.length > 1 ? { ...first, choices: endings } : first
}
