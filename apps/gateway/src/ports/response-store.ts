import type { JobStatus } from './jobs.js'
import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

/** A response as it is kept: its own items and a pointer to its parent, never the chain. */
export interface StoredResponse {
  readonly id: string
  readonly owner: Owner
  /** The response before it, if any. */
  readonly parent: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** The input items of this turn alone, as JSON: an array in the Responses wire, each with an id. */
  readonly input: string
  /** The response object as the caller got it, as JSON. */
  readonly response: string
  /** While it runs in the background: its true status, which the response object does not know. Not written by `put`. */
  readonly job?: JobStatus
}

/** One turn of a chain. */
export interface ChainLink {
  readonly id: string
  readonly input: string
  readonly response: string
  /** Present where it runs in the background and has not ended. */
  readonly job?: JobStatus
}

/** Longest chain that is followed, in turns. */
export const chainDepth = 10_000

/**
 * Responses are used when they are written and whenever their chain is read. `sweep` takes a chain from its end: a response that
 * another one continues stays until that is gone, so what can be continued can be continued to its first turn.
 */
export interface ResponseStore extends Sweeping {
  /**
   * Resolves when it is committed: after that any reader sees it, and a killed process does not lose it. An id that is there
   * already is replaced, if it is the same owner's; another owner's is a `StoreError` `taken`.
   */
  put(response: StoredResponse): Promise<void>
  get(owner: Owner, id: string): Promise<StoredResponse | undefined>
  /** Whether there was one to delete. */
  delete(owner: Owner, id: string): Promise<boolean>
  /**
   * The chain that ends with this response, oldest first, in one query; marks it as used. `undefined` where the response or
   * one of its parents is unknown, deleted or another owner's. A cycle or a chain longer than `chainDepth` is a
   * `StoreError` `chain`.
   */
  chain(owner: Owner, id: string): Promise<readonly ChainLink[] | undefined>
}
