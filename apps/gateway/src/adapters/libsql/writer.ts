import { StoreError, type StoreFault } from '../../ports/store-error.js'
import { bind, type Bindable, type Bound } from './bind.js'

/** One statement of a write, ready to be sent to another thread. */
export interface Change {
  readonly sql: string
  readonly values: Bound
}

/** What is committed together or not at all. */
export type Write = readonly Change[]

/** How many rows each change touched, or why the write was not done. */
export type Outcome = readonly number[] | { readonly fault: StoreFault; readonly message: string }

export interface Writer {
  /**
   * Resolves with the number of rows that each change touched, once it is committed: that promise is the back-pressure. Rejects
   * with a `StoreError`; a write that fails takes no other one with it. Writes are committed in the order of these calls.
   */
  write(write: Write): Promise<readonly number[]>
  /** Commits what is waiting and takes no more. */
  close(): Promise<void>
}

export function change(sql: string, values: readonly Bindable[]): Change {
  return { sql, values: bind(values) }
}

/** Changed rows, or the error that stands for the outcome. */
export function changedRows(outcome: Outcome | undefined): readonly number[] | StoreError {
  if (outcome === undefined) return new StoreError('unavailable', 'the writer gave no outcome')
  return 'fault' in outcome ? new StoreError(outcome.fault, outcome.message) : outcome
}
