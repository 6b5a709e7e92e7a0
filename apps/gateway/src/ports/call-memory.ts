import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

/** Milliseconds after its last use for which a memory is kept that belongs to no stored response. */
export const memoryTime = 24 * 60 * 60 * 1000

/** What is remembered of one tool call. */
export interface CallMemoryEntry {
  readonly callId: string
  /** Sealed by whoever gives it. */
  readonly memory: string
}

/** What belongs to a tool call and does not come back with it, for callers whose dialect has no place for that. Per owner. */
export interface CallMemory extends Sweeping {
  /** Remembers; a call that is remembered already is remembered anew. It goes with the stored `response`, or after `memoryTime`. */
  keep(owner: Owner, entries: readonly CallMemoryEntry[], response: string | null): Promise<void>
  /** What is remembered of these calls, by their ids; to ask is a use. */
  find(owner: Owner, callIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}
