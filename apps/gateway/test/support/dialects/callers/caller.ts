import type { Failing, Question, Spent, Told, ToldError, Wire, SpokenName } from '../plain.js'

/** A caller of one dialect: it asks in its language, and reads what it gets as its SDKs do. Whatever they would choke on it throws at. */
export interface Caller {
  readonly asks: (model: string, question: Question, stream: boolean) => { readonly path: string; readonly body: Wire }
  /** The headers that say who asks. */
  readonly credential: (key: string) => Readonly<Record<string, string>>
  readonly reads: (body: Wire) => Told
  /** A whole stream. One that fails has an error, and does not end like one that succeeds. */
  readonly hears: (stream: string) => Told
  /** The error that stands in the place of an answer. */
  readonly readsError: (body: Wire) => ToldError
  /** What each failure of a provider is called in this language, with the status that comes with it. */
  readonly errors: Readonly<Record<Failing, readonly [status: number, name: string]>>
  /** What an answer is called that cannot be read. */
  readonly malformed: string
  /** What stands in a stream where the provider, which speaks so, is overloaded. */
  readonly brokenOff: (spoken: SpokenName) => string
}

/** Numbers as the three that they are made of in most languages. */
export const spentOf = (input: unknown, cached: unknown, output: unknown, reasoning: unknown): Spent => ({
  input: Number(input ?? 0),
  cached: Number(cached ?? 0),
  output: Number(output ?? 0),
  reasoning: Number(reasoning ?? 0),
})

/** Throws unless a law of a wire holds. */
export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Error(`The answer breaks a law of its wire: ${law}`)
}
