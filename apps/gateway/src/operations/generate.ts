import { chatCompletions, responses, type Dialect, type DialectName, type SseFrame } from '@weir/dialects'
import { chatCompletionsRequestSchema, responsesRequestSchema } from '@weir/contracts'
import type * as z from 'zod'

/** A codec with its wire types set aside: the journey carries bodies without looking into them. */
export type Codec = Dialect<object, object, SseFrame>

/** What a caller may speak, and how its body is checked. */
export interface IngressDialect {
  readonly codec: Codec
  readonly schema: z.ZodType<object>
  /** Whether a response is kept where the caller does not say. */
  readonly storesByDefault: boolean
  /** Whether an answer has room for one alternative only, so that asking for more would be paid for and never seen. */
  readonly showsOneChoice: boolean
  /** Path of this dialect's route, below an inference prefix and below an account's base URL alike. */
  readonly path: string
}

/** What the stages need to know of an operation; they ask this record and never a name. */
export interface Operation {
  readonly name: string
  readonly ingress: { readonly [D in DialectName]?: IngressDialect }
}

/** One turn of a model: text, tools, reasoning. */
export const generate: Operation = {
  name: 'generate',
  ingress: {
    responses: {
      codec: responses,
      schema: responsesRequestSchema,
      storesByDefault: true,
      showsOneChoice: true,
      path: '/responses',
    },
    'chat-completions': {
      codec: chatCompletions,
      schema: chatCompletionsRequestSchema,
      storesByDefault: false,
      showsOneChoice: false,
      path: '/chat/completions',
    },
  },
}
