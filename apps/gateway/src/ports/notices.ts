/**
 * Word that something has changed, for whoever waits for it. It may be lost, and comes from this process only where there is
 * nothing to carry it further: whoever waits looks for itself now and again.
 */
export interface Notices {
  /** Whether anybody heard it. */
  tell(topic: string): boolean
  /** Calls at every notice until the function that it gives is called. */
  hear(topic: string, listener: () => void): () => void
}
