import type { PlainAnswer, PlainExtras } from '../plain-dialect.js'

/** Texts to be placed in a space of meaning, in no dialect. */
export interface Embedding {
  readonly model: string
  readonly input: readonly EmbedInput[]
  /** How long each vector shall be; absent: as the model has it. */
  readonly dimensions?: number
  /** How the caller wants to read the vectors. Default: as numbers. */
  readonly encoding?: 'float' | 'base64'
  readonly user?: string
  readonly extras?: PlainExtras
}

/** A text, or the tokens of one as the model itself counts them. */
export type EmbedInput = { readonly text: string } | { readonly tokens: readonly number[] }

/** The places of the inputs, in their order. */
export interface Embedded extends PlainAnswer {
  readonly vectors: readonly Vector[]
  readonly extras?: PlainExtras
}

/** Numbers as they came, or the bytes of 32-bit floats, the lowest first, in base64. */
export type Vector = { readonly numbers: readonly number[] } | { readonly base64: string }
