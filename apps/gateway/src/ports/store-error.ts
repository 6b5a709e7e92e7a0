/**
 * `taken`: the id or the hash belongs to something else already. `chain`: a chain of responses is a cycle or too long.
 * `unavailable`: the store cannot read or write now, and may later. `damaged`: what is there cannot be read, now or later. `unfit`: what is there cannot be used by this version.
 */
export type StoreFault = 'taken' | 'chain' | 'unavailable' | 'damaged' | 'unfit'

/** What every store throws, whichever adapter is behind it. The message is private: it may name a file. */
export class StoreError extends Error {
  readonly fault: StoreFault

  constructor(fault: StoreFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StoreError'
    this.fault = fault
  }
}
