import type { Usage } from '@weir/dialects'

const buckets = ['cacheWriteHour', 'audioInput', 'imageInput', 'audioOutput', 'imageOutput'] as const

/** What two questions took together; estimated where one of them is. */
export function sum(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (!one || !other) return one ?? other
  const given = buckets.filter((bucket) => one[bucket] !== undefined || other[bucket] !== undefined)
  return {
    input: one.input + other.input,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite: one.cacheWrite + other.cacheWrite,
    output: one.output + other.output,
    reasoning: one.reasoning + other.reasoning,
    ...Object.fromEntries(given.map((bucket) => [bucket, (one[bucket] ?? 0) + (other[bucket] ?? 0)])),
    ...((one.estimated || other.estimated) && { estimated: true }),
  }
}
