/** A port over what callers made and may forget. */
export interface Sweeping {
  /** Milliseconds for which it keeps things, whatever the operator set. Absent: for as long as is set. */
  readonly keepsFor?: number
  /**
   * Deletes at most `most` of what was last used before this moment (milliseconds since 1970) and that nothing else needs, and
   * gives how many it deleted: maybe fewer than there are. 0: there is nothing left to delete now.
   */
  sweep(before: number, most: number): Promise<number>
}
