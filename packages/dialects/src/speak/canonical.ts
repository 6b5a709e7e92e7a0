import type { PlainExtras } from '../plain-dialect.js'

/** A text to be said aloud, in no dialect. The answer is bytes and has no form but its own. */
export interface Speaking {
  readonly model: string
  readonly input: string
  readonly voice: string | { readonly id: string }
  /** How it is to be said, in words. */
  readonly instructions?: string
  /** `mp3`, where nothing is said. */
  readonly format?: string
  readonly speed?: number
  readonly extras?: PlainExtras
}
