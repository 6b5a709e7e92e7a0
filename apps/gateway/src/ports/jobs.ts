import type { Chunk } from './journal.js'
import type { Owner } from './owner.js'
import type { Beside, StoredResponse } from './response-store.js'

/** What a background response is that has not ended. `cancelled`: nobody wants more of it, and its ending is being written. */
export type JobStatus = 'queued' | 'in_progress' | 'cancelled'

/** A background response that somebody has taken on. */
export interface Job {
  /** The response's id. */
  readonly id: string
  readonly owner: Owner
  /** Grows whenever the job changes hands: whoever holds an older one writes nothing any more. */
  readonly epoch: number
  readonly status: JobStatus
  /** Whether it has been run, be it by whoever takes it on now. */
  readonly ran: boolean
  /** What is to be run, as JSON of the worker's own making. */
  readonly request: string
}

/** A job and the epoch under which one holds it. */
export type Held = Pick<Job, 'id' | 'epoch'>

/**
 * Background responses from their beginning to their end. A job is queued, then in progress under a lease, then gone, and its
 * response says what became of it. It goes with its response, too. Times are milliseconds since 1970. Everything rejects with a
 * `StoreError` `unavailable` where the store cannot write now.
 */
export interface Jobs {
  /** Keeps the response, which is queued, its job and its first events in one commit. */
  add(response: StoredResponse, request: string, chunk: Chunk): Promise<void>
  /** Takes on up to `most` queued jobs, the oldest first, until `until`. Nobody else gets them. */
  claim(most: number, until: number): Promise<readonly Job[]>
  /** Prolongs the leases of those that are held under their epoch still, and gives the ids of those that are not. */
  renew(held: readonly Held[], until: number): Promise<readonly string[]>
  /** Takes over up to `most` jobs whose lease ran out before `now`: for their ending, never for another run. */
  takeOver(now: number, most: number, until: number): Promise<readonly Job[]>
  /**
   * Stops a job that has not ended, whoever holds it, and takes it over for its ending. `undefined` where there is nothing to
   * stop: it has ended, it has been cancelled, or it is not this owner's.
   */
  cancel(owner: Owner, id: string, until: number): Promise<Job | undefined>
  /**
   * Ends a job: keeps its response as it is from now on, what stands beside it, and its last events, in one commit. `false`, and nothing is written,
   * where it is not held under this epoch any more.
   */
  end(held: Held, response: StoredResponse, chunk: Chunk, beside?: Beside): Promise<boolean>
}
