/** Nobody counts more: such a number is a fault of who sent it, and no sum of ten of these is one that cannot be written exactly. */
const most = 1e12

/** A number of tokens as a provider says it, whole; `undefined` for what is none. */
export const tokenCount = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value <= most ? Math.round(value) : undefined
