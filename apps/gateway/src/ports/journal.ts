import type { Held } from './jobs.js'

/** Events of one response that were committed together. */
export interface Chunk {
  /** The numbers of its first and its last event. */
  readonly first: number
  readonly last: number
  /** One event a line, each as JSON. */
  readonly events: string
}

/** The events of background responses. A journal lives as long as its response and goes with it. */
export interface Journal {
  /**
   * Adds what follows; the same chunk once more, where nobody knows whether it was added, changes nothing. `false`, and nothing is written, where the job is not held under this epoch any more.
   */
  append(held: Held, chunk: Chunk): Promise<boolean>
  /** The chunks that hold events after this number, in their order, up to `most` of them. */
  read(id: string, after: number, most: number): Promise<readonly Chunk[]>
  /** The number of the last event; `undefined` where the response has no journal. */
  last(id: string): Promise<number | undefined>
}
