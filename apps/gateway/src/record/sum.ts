import { totalTokens, usageBuckets, type Usage } from '@weir/dialects'

/** What two questions took together; estimated where one of them is, and with the total that their providers told for them. */
export function sum(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (!one || !other) return one ?? other
  const given = usageBuckets.filter((bucket) => one[bucket] !== undefined || other[bucket] !== undefined)
  return {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    output: 0,
    reasoning: 0,
    ...Object.fromEntries(given.map((bucket) => [bucket, (one[bucket] ?? 0) + (other[bucket] ?? 0)])),
    ...((one.estimated || other.estimated) && { estimated: true }),
    ...((one.providerTotal ?? other.providerTotal) !== undefined && { providerTotal: toldTotal(one) + toldTotal(other) }),
  }
}

const toldTotal = (usage: Usage): number => usage.providerTotal ?? totalTokens(usage)
