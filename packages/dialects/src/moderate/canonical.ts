import type { PlainAnswer, PlainExtras } from '../plain-dialect.js'

/** What is to be judged for the harm that it may do, in no dialect. */
export interface Moderation {
  readonly model: string
  readonly input: ModerationInput
  readonly extras?: PlainExtras
}

/** Texts, each judged by itself; or the parts of one thing, judged together. */
export type ModerationInput = { readonly texts: readonly string[] } | { readonly parts: readonly ModerationPart[] }

export type ModerationPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }

export interface Moderated extends PlainAnswer {
  /** One for each text, or one for all parts. */
  readonly results: readonly Judgement[]
  readonly extras?: PlainExtras
}

export interface Judgement {
  readonly flagged: boolean
  /** By the provider's own names. */
  readonly categories: Readonly<Record<string, boolean>>
  readonly scores: Readonly<Record<string, number>>
  /** To which kinds of input a score applies. */
  readonly appliedTo?: Readonly<Record<string, readonly string[]>>
}
