import type { ChoiceOutcome, Outcome } from './canonical/response.js'

/** How the whole answer ended: as its first choice did. Each is told where there is more than one. */
export function outcomeOf(choices: readonly (ChoiceOutcome | undefined)[]): Outcome {
  const endings = Array.from(choices, (choice) => choice ?? ({ status: 'completed' } as const))
  const first = endings[0] ?? { status: 'completed' }
  return endings.length > 1 ? { ...first, choices: endings } : first
}
