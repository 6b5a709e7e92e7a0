import {
  chatCompletions,
  responses,
  type Dialect,
  type DialectName,
  type Event,
  type Reader,
  type SseFrame,
} from '@weir/dialects'
import { chatCompletionsRequestSchema, responsesRequestSchema } from '@weir/contracts'
import type * as z from 'zod'
import { chatEnding, responsesEnding } from '../upstream/endings.js'

/** A codec with its wire types set aside: the journey carries bodies without looking into them. */
export type Codec = Dialect<object, object, SseFrame>

/** What a caller may speak, and how its body is checked. */
export interface IngressDialect {
  readonly codec: Codec
  readonly schema: z.ZodType<object>
  /** Whether a response is kept where the caller does not say. */
  readonly storesByDefault: boolean
  /** Whether encrypted reasoning has a place in it. */
  readonly carriesTokens: boolean
  /** Whether an answer has room for one alternative only, so that asking for more would be paid for and never seen. */
  readonly showsOneChoice: boolean
  /** Path of this dialect's route, below an inference prefix and below an account's base URL alike. */
  readonly path: string
  /** Whether a whole answer can say that it failed; where it cannot, the failure is an HTTP error. */
  readonly tellsFailure: boolean
  /** Whether an object is an answer at all, be its parts readable or not. */
  readonly isAnswer: (wire: object) => boolean
  /** Reads of a stream how it ends, and nothing else. */
  readonly ending: () => Reader<SseFrame, Event>
}

/** What the stages need to know of an operation; they ask this record and never a name. */
export interface Operation {
  readonly name: string
  /** Its input is what earlier turns said, and no caller's new words: a file that they named may be gone. */
  readonly quotesTurns?: true
  readonly ingress: { readonly [D in DialectName]?: IngressDialect }
}

/** What a caller of the Responses dialect may ask of a model. */
export const responsesIngress: IngressDialect = {
  codec: responses,
  schema: responsesRequestSchema,
  storesByDefault: true,
  carriesTokens: true,
  showsOneChoice: true,
  path: '/responses',
  tellsFailure: true,
  isAnswer: (wire) => 'output' in wire && Array.isArray(wire.output),
  ending: responsesEnding,
}

/** One turn of a model: text, tools, reasoning. */
export const generate: Operation = {
  name: 'generate',
  ingress: {
    responses: responsesIngress,
    'chat-completions': {
      codec: chatCompletions,
      schema: chatCompletionsRequestSchema,
      storesByDefault: false,
      carriesTokens: false,
      showsOneChoice: false,
      path: '/chat/completions',
      tellsFailure: false,
      isAnswer: (wire) => 'choices' in wire && Array.isArray(wire.choices) && wire.choices.length > 0,
      ending: chatEnding,
    },
  },
}
