/** A store of an adapter under test, empty, and how to close it. */
export interface Opened<Store> {
  readonly store: Store
  close(): Promise<void>
}

export type Open<Store> = () => Promise<Opened<Store>>

/** Runs a test over a fresh store and closes it, whatever happens. */
export function withStore<Store>(open: Open<Store>, test: (store: Store) => Promise<void>): () => Promise<void> {
  return async () => {
    const { store, close } = await open()
    try {
      await test(store)
    } finally {
      await close()
    }
  }
}
