import type { Owner } from './owner.js'

/** What is known of an uploaded file; its content is a blob. */
export interface StoredFile {
  readonly id: string
  readonly owner: Owner
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** From then on it reads as if it had been deleted. Null: never. */
  readonly expiresAt: number | null
  /** As the caller called it. Never a path of ours. */
  readonly filename: string
  readonly purpose: string
  /** As the caller said, or its form by silence. */
  readonly mediaType: string
  readonly bytes: number
  /** SHA-256 of its content, in hex. */
  readonly hash: string
}

export interface FileQuery {
  readonly limit: number
  /** By time of creation. */
  readonly order: 'asc' | 'desc'
  /** The id of the last row seen. An id that is not among the owner's rows gives nothing. */
  readonly after?: string
  readonly purpose?: string
}

export interface FileStore {
  /** Resolves when it is committed. An id that is there already is a `StoreError` `taken`. */
  put(file: StoredFile): Promise<void>
  get(owner: Owner, id: string): Promise<StoredFile | undefined>
  /** Those of these ids that the owner has, by id. */
  find(owner: Owner, ids: readonly string[]): Promise<ReadonlyMap<string, StoredFile>>
  list(owner: Owner, query: FileQuery): Promise<readonly StoredFile[]>
  /** The file that was deleted, if there was one: its content may be released. */
  delete(owner: Owner, id: string): Promise<StoredFile | undefined>
  /** Deletes at most `most` files that have expired. How many. Others stay until they are deleted, whatever `before` says. */
  sweep(before: number, most: number): Promise<number>
}
