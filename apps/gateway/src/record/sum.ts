import type { Usage } from '@weir/dialects'

/** What two questions took together; estimated where one of them is. */
export function sum(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (!one || !other) return one ?? other
  return {
    input: one.input + other.input,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite: one.cacheWrite + other.cacheWrite,
    output: one.output + other.output,
    reasoning: one.reasoning + other.reasoning,
    ...((one.estimated || other.estimated) && { estimated: true }),
  }
}
