/** A port over what callers made and may forget. */
export interface Sweeping {
  /**
   * Deletes at most `most` of what was last used before this moment (milliseconds since 1970) and that nothing else needs, and
   * gives how many it deleted. 0: there is nothing left to delete now.
   */
  sweep(before: number, most: number): Promise<number>
}
