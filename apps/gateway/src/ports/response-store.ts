import type { Appended } from './conversation-store.js'
import type { JobStatus } from './jobs.js'
import type { NewDelivery } from './outbox.js'
import type { Owner } from './owner.js'
import type { Sweeping } from './sweeping.js'

/** A response as it is kept: its own items and a pointer to what came before it, never the chain. */
export interface StoredResponse {
  readonly id: string
  readonly owner: Owner
  /** The response before it, if any. */
  readonly parent: string | null
  /** The conversation that it was part of, and how much of it came before. Never beside a parent. */
  readonly conversation?: Bookmark
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** The input items of this turn alone, as JSON: an array in the Responses wire, each with an id. */
  readonly input: string
  /** The response object as the caller got it, as JSON. */
  readonly response: string
  /** While it runs in the background: its true status, which the response object does not know. Not written by `put`. */
  readonly job?: JobStatus
}

/** A conversation up to a place. */
export interface Bookmark {
  readonly id: string
  /** The place of its last item then; 0 for none. */
  readonly place: number
}

/** What is committed together with a response. */
export interface Beside {
  /** Ids of the items that it was given and of those that it made: by these they are found again. */
  readonly given: readonly string[]
  readonly made: readonly string[]
  /** What a conversation gains. One that has been deleted meanwhile gains nothing. */
  readonly appended?: Appended
  /** What webhooks are told of it. */
  readonly deliveries?: readonly NewDelivery[]
}

/** One turn of a chain. */
export interface ChainLink {
  readonly id: string
  /** Only at the beginning of a chain. */
  readonly conversation?: Bookmark
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
   * Resolves when it is committed, with what stands beside it: after that any reader sees both, and a killed process does not lose
   * them. An id that is there already is replaced, if it is the same owner's; another owner's is a `StoreError` `taken`.
   */
  put(response: StoredResponse, beside?: Beside): Promise<void>
  get(owner: Owner, id: string): Promise<StoredResponse | undefined>
  /** Whether there was one to delete. Its items can no longer be found by their ids. */
  delete(owner: Owner, id: string): Promise<boolean>
  /**
   * The chain that ends with this response, oldest first, in one query; marks it as used. `undefined` where the response or
   * one of its parents is unknown, deleted or another owner's. A cycle or a chain longer than `chainDepth` is a
   * `StoreError` `chain`.
   */
  chain(owner: Owner, id: string): Promise<readonly ChainLink[] | undefined>
  /**
   * The response that holds each of these items, by item id: the newest of those that made it, else the newest that was given
   * it. Ids that no response of this owner holds are absent.
   */
  holding(owner: Owner, itemIds: readonly string[]): Promise<ReadonlyMap<string, StoredResponse>>
}
