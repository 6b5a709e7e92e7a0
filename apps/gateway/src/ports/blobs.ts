/** Content by its SHA-256. It says nothing of whose it is: who may read it is a matter of the rows that name it. */
export interface Blobs {
  /**
   * Keeps content piece by piece, never whole in memory, and resolves when it lies on the disk for good; equal content lies there
   * once. It stays while the result is not disposed of, and after that while a row names it: commit the row in between. Rejects
   * with what the content throws, and leaves nothing behind then.
   */
  put(content: BlobContent): Promise<Kept>
  /** The content as it is read, or nothing where there is none. Leaving the loop early closes it. */
  get(hash: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The content in one piece. */
  read(hash: string): Promise<Buffer | undefined>
  /** Deletes the content if no row names it, once the row that did is gone. Whether it did. */
  release(hash: string): Promise<boolean>
  /**
   * Deletes at most `most` contents that no row has named for an hour. How many. `before` changes nothing: what a row names stays
   * as long as the row does.
   */
  sweep(before: number, most: number): Promise<number>
}

export type BlobContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export interface Kept extends AsyncDisposable {
  /** SHA-256 in hex. */
  readonly hash: string
  readonly bytes: number
}

/** Knows the rows. */
export interface BlobNames {
  /** Those of these hashes that a row names. */
  named(hashes: readonly string[]): Promise<ReadonlySet<string>>
}
