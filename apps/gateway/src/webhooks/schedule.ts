const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** What is waited after each failed attempt: a day in all, in which a receiver can be mended. Milliseconds. */
const waits = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  1 * hour,
  2 * hour,
  4 * hour,
  6 * hour,
  10 * hour,
] as const

/**
 * Milliseconds until the next attempt, after so many that failed; `undefined` where there is none. A fifth more or less by chance,
 * so that what failed together does not come back together.
 */
export function nextWait(tries: number, random: () => number): number | undefined {
  const wait = waits[tries - 1]
  return wait === undefined ? undefined : Math.round(wait * (0.8 + 0.4 * random()))
}
