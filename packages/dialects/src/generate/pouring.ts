/** A sum of tokens while it is taken apart. */
export interface Pouring {
  /** So many of what is left, or all of it where that is fewer. */
  take(tokens: number | undefined): number
  /** The same; `undefined` for none, since a bucket that is empty is absent. */
  takeSome(tokens: number | undefined): number | undefined
  rest(): number
}

/** Pours a sum into buckets. None is negative and together they hold the sum, whatever a provider says of its parts. */
export function pouring(sum: number): Pouring {
  let left = Math.max(0, sum)
  const take = (tokens: number | undefined): number => {
    const taken = Math.min(left, Math.max(0, tokens ?? 0))
    left -= taken
    return taken
  }
  return { take, takeSome: (tokens) => take(tokens) || undefined, rest: () => left }
}
