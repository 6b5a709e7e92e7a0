import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

/** The name of one create that its caller may repeat. Two owners, and two routes, share none. */
export interface IdempotencyKey {
  readonly owner: Owner
  /** The endpoint, as the contract names it: `responses.create`. */
  readonly route: string
  /** What the caller sent. */
  readonly key: string
}

/** Milliseconds for which a claim holds that nobody renews: so long is a key taken after a crash. */
export const leaseTime = 30_000
/** Milliseconds for which an answer is kept. */
export const keptTime = 24 * 60 * 60 * 1000

/** A key is the holder's now, or somebody has it: `answer` is null while that one is still at work. */
export type Claimed =
  | { readonly state: 'claimed' }
  | { readonly state: 'taken'; readonly fingerprint: string; readonly answer: string | null }

/** Which creates are under way, and how those that ended were answered. What it keeps is sealed by whoever gives it. */
export interface IdempotencyStore extends Sweeping {
  /** Takes the key for this holder, if it is free: new, kept for longer than `keptTime`, or held by a lease that ran out. */
  claim(key: IdempotencyKey, holder: string, fingerprint: string): Promise<Claimed>
  /** Begins the lease anew. Does nothing where the key is another's by now, as the two below. */
  renew(key: IdempotencyKey, holder: string): Promise<void>
  /** Keeps the answer; it is there once this resolves. */
  keep(key: IdempotencyKey, holder: string, answer: string): Promise<void>
  /** Gives the key up, to be used as if it never was. */
  free(key: IdempotencyKey, holder: string): Promise<void>
}
