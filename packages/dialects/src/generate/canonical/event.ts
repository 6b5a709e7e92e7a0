import type { Annotation, LogProb } from '@weir/contracts'
import type { DialectName } from '../../dialect.js'
import type { Extras } from './extras.js'
import type { Item } from './item.js'
import type { ReplayToken } from './replay-token.js'
import type { Outcome, UpstreamFailure } from './response.js'
import type { Usage } from './usage.js'

/**
 * An answer in flight. `item` is the number of an item in the order in which items began, from 0; items may interleave.
 * `part` is the place of a part within its item; the first delta of a part begins it. Every item that starts ends, unless
 * the stream breaks; `item-end` carries the whole item and is the truth about it. After `turn-end` or `error` nothing comes.
 */
export type Event =
  | TurnStart
  | ItemStart
  | TextDelta
  | ReasoningDelta
  | ArgumentsDelta
  | AnnotationAdded
  | ReplayTokenAdded
  | ItemEnd
  | UsageEvent
  | TurnEnd
  | ErrorEvent
  | ForeignEvent

export interface TurnStart {
  readonly type: 'turn-start'
  readonly id?: string
  readonly model?: string
  readonly createdAt?: number
  readonly extras?: Extras
}

export interface ItemStart {
  readonly type: 'item-start'
  readonly item: number
  /** The item as far as it is known: no content yet, `arguments` empty. */
  readonly start: Item
}

export interface TextDelta {
  readonly type: 'text-delta'
  readonly item: number
  readonly part: number
  /** Whether the part is a text or a refusal. */
  readonly kind: 'text' | 'refusal'
  readonly text: string
  readonly logprobs?: readonly LogProb[]
}

export interface ReasoningDelta {
  readonly type: 'reasoning-delta'
  readonly item: number
  readonly part: number
  /** Whether it is for a reader's eyes or the reasoning itself. */
  readonly kind: 'summary' | 'content'
  readonly text: string
}

export interface ArgumentsDelta {
  readonly type: 'arguments-delta'
  readonly item: number
  readonly text: string
}

export interface AnnotationAdded {
  readonly type: 'annotation'
  readonly item: number
  readonly part: number
  readonly annotation: Annotation
}

export interface ReplayTokenAdded {
  readonly type: 'replay-token'
  readonly item: number
  readonly token: ReplayToken
}

export interface ItemEnd {
  readonly type: 'item-end'
  readonly item: number
  readonly end: Item
}

export interface UsageEvent {
  readonly type: 'usage'
  readonly usage: Usage
}

export interface TurnEnd {
  readonly type: 'turn-end'
  readonly outcome: Outcome
  readonly serviceTier?: string
  readonly extras?: Extras
}

export interface ErrorEvent {
  readonly type: 'error'
  readonly failure: UpstreamFailure
}

/** A frame newer than the code; passed on by its own dialect only. */
export interface ForeignEvent {
  readonly type: 'foreign'
  readonly dialect: DialectName
  readonly wire: object
}
