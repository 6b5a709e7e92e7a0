import type { DialectName, Event, IngressFace, Reader, SseFrame, UpstreamFace } from '@weir/dialects'
import type * as z from 'zod'
import type { Speech } from '../attachments/speech/speech.js'
import type { Ask, Candidate, Guarded } from '../exchange.js'
import type { NativeFacts, NativeWire } from '../respond/native/native-wire.js'
import type { Trail } from '../trail.js'
import type { PlainOperation } from './plain.js'
import type { Prepared } from '../translate/native/prepared.js'

export type { PlainOperation } from './plain.js'

/** The faces of a codec with its wire types set aside: the journey carries bodies without looking into them. */
type IngressCodec = IngressFace<object, object, SseFrame>
export type UpstreamCodec = UpstreamFace<object, SseFrame>

/** What the stages need to know of an operation; they ask this record and never a name. */
export type Operation = TurnOperation | PlainOperation

/** What asks for a turn of a model: it may go on from other turns, stream, call tools and be kept. */
export interface TurnOperation {
  readonly name: string
  readonly turns: true
  /** What a model must be able to do. */
  readonly ability: 'generate'
  /** Its input is what earlier turns said, and no caller's new words: a file that they named may be gone. */
  readonly quotesTurns?: true
  /** The dialects that a caller may speak. */
  readonly ingress: Readonly<Record<string, IngressDialect>>
  /** The dialects that an upstream may speak. */
  readonly upstream: { readonly [D in DialectName]?: UpstreamDialect }
}

/** A dialect as callers speak it. */
export interface IngressDialect {
  readonly codec: IngressCodec
  /** The names of the fields that a body is known by. */
  readonly fields: readonly string[]
  /** Checks a body: known fields for their types, and nothing else. */
  readonly schema: z.ZodType<object>
  /** What the journey reads of a checked body. Throws 400 naming the field for what does not go together. */
  readonly read: (body: object) => Reading
  /**
   * Whether it is the language of the gateway's state: its requests may go on from what is kept, and its whole answers are what is
   * kept.
   */
  readonly stateful: boolean
  /** Whether the caller is shown replay tokens: tagged, and to be brought back by it. */
  readonly showsTokens: (ask: Ask) => boolean
  /** Whether an answer has room for one alternative only, so that asking for more would be paid for and never seen. */
  readonly showsOneChoice: boolean
  /** Whether a whole answer can say that it failed; where it cannot, the failure is an HTTP error. */
  readonly tellsFailure: boolean
  /** Whether a native answer is held to what the request allows to be called; a dialect may leave that to its servers. */
  readonly holdsCalls: boolean
  /**
   * Whether an answer calls its model what the caller called it, and not what its account does: a client that compares the two keeps
   * signed reasoning back as another model's.
   */
  readonly namesModelAsAsked?: true
  /** The id under which the caller knows its answer. */
  readonly answerId: (trail: Trail) => string
  /** The header in which its SDKs look for the id of a request, if it is another than `x-request-id`. */
  readonly idHeader?: string
  /** What follows the last event of a stream. */
  readonly marker?: SseFrame
  /** The few places of a native answer that carry Weir's truth. */
  readonly nativeWire: (facts: NativeFacts) => NativeWire
  /** The ids of the tool calls that a body brings back. */
  readonly callIds: (body: object) => readonly string[]
  /** Where images and files stand in a body. */
  readonly attachments: AttachmentPlaces
}

/** The list of a body that holds its messages or items, the fields of one that hold parts, and how a part names a file. */
export interface AttachmentPlaces {
  readonly list: string
  readonly fields: readonly string[]
  readonly speech: Speech
}

/** A body as the journey goes on with it, and what it asks of the journey itself. */
export interface Reading {
  readonly body: object
  readonly ask: Omit<Ask, 'labels'>
}

/** A dialect as upstreams speak it. */
export interface UpstreamDialect {
  /** What was sent is read again, where nobody else counts its tokens. */
  readonly codec: UpstreamCodec & Pick<IngressCodec, 'request'>
  /** Where a body goes, below an account's base URL, and what of it is sent. */
  readonly address: (body: object) => { readonly path: string; readonly body: object }
  /** What a stream comes as. */
  readonly streamType: string
  /** Whether an answer is kept there unless the request says otherwise. */
  readonly storesByDefault: boolean
  /** Whether encrypted reasoning comes only where it is asked for. */
  readonly asksForTokens: boolean
  /** Of which kinds of attachments it can be told a URL. */
  readonly fetches: { readonly images: boolean; readonly files: boolean }
  /** Whether a file with text in it goes as that text, where it is no caller's own word for a file. */
  readonly inlinesText: boolean
  /** Whether an object is an answer at all, be its parts readable or not. */
  readonly isAnswer: (wire: object) => boolean
  /** How it is spoken to a caller of the same dialect; absent where there can be none. */
  readonly native?: {
    /** The caller's own body, before it is retargeted. */
    readonly body: (exchange: Guarded, candidate: Candidate) => Prepared
    /** Reads of a stream how it ends, and nothing else. */
    readonly ending: () => Reader<SseFrame, Event>
  }
  /** How a provider that counts tokens is asked to. */
  readonly count?: {
    /** `body`: of a request that would be answered. */
    readonly address: (body: object) => { readonly path: string; readonly body: object }
    readonly read: (reply: object) => unknown
  }
}
