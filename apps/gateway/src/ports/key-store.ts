/** A key as it is kept: the hash alone, never the key. */
export interface StoredKey {
  readonly id: string
  readonly tenant: string
  readonly subject: string
  readonly role: 'admin' | 'member'
  /** SHA-256 of the key, in hex. */
  readonly hash: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface KeyStore {
  /** Resolves when it is committed. An id or a hash that is there already is a `StoreError` `taken`. */
  put(key: StoredKey): Promise<void>
  find(hash: string): Promise<StoredKey | undefined>
  count(): Promise<number>
}
