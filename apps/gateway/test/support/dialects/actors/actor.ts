import type { Seen } from '../../upstream.js'
import { given, type Answer, type Asked, type Failing } from '../plain.js'

/** A piece of a stream, a whole number of its events. */
export type Bytes = string | Uint8Array

/** An answer as a stream, in the pieces in which a provider sends it. */
export interface Performance {
  /** What comes before any content. */
  readonly opening: readonly Bytes[]
  readonly content: readonly Bytes[]
  /** What follows the content, the end included. */
  readonly closing: readonly Bytes[]
}

/** A refusal before any answer. */
export interface Refusal {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: object
}

/** How texts are cut into deltas. */
export type Cut = (text: string) => readonly string[]

/** An upstream of one dialect: it says what it is given in the bytes of its provider, and reads back what it was asked. */
export interface Actor {
  readonly streamType: string
  readonly whole: (answer: Answer) => object
  readonly streams: (answer: Answer, cut?: Cut) => Performance
  readonly refuses: (failing: Failing) => Refusal
  /** An error amid a stream: the provider is overloaded. */
  readonly breaks: Bytes
  /** What was asked, in plain form. Throws for what this upstream would refuse to read. */
  readonly asked: (seen: Seen) => Asked
}

/** What upstreams say of a failure, and all that a caller may read of it. */
export const complaints: Readonly<Record<Failing, string>> = {
  rejected: 'temperature is out of its range',
  unauthorized: 'the key sk-upstream is not valid',
  'not found': 'no model of this name',
  'too large': 'the request is larger than it may be',
  'rate limited': 'too many requests in a minute',
  failed: 'an internal error happened',
  overloaded: 'overloaded at the moment',
  'too long': 'prompt is too long: 208310 tokens > 200000 maximum',
}

/** Seconds after which a provider that is asked too much is to be asked again. */
export const patience = 7

/** What was asked, without what was not said. The values are the wire's: tests compare them with what was meant. */
export const askedOf = (fields: { readonly [Field in keyof Asked]: unknown }): Asked => given(fields) as unknown as Asked
