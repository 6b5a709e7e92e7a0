/** The middle value; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  const lower = sorted[middle - 1] ?? upper
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2
}

/** The list begun at another place in each round, so that no subject always runs first. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const from = list.length === 0 ? 0 : round % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}
