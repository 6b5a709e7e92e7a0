import type { BytesDialect, PlainAnswer, PlainIngressFace, PlainUpstreamFace } from '@weir/dialects'
import type * as z from 'zod'

/** What a model can do beside turns. */
export type PlainAbility = 'embed' | 'rerank' | 'moderate' | 'speak'

/**
 * An operation that is no turn of a model: a request, an answer that is an object or bytes, nothing before it and nothing kept of it. The stages that
 * are about turns have no part in it; all others are the same.
 */
export interface PlainOperation {
  readonly name: string
  readonly turns: false
  /** What a model must be able to do. */
  readonly ability: PlainAbility
  /** The dialects that a caller may speak. */
  readonly ingress: Readonly<Record<string, PlainIngress>>
  /** The dialects that an upstream may speak. */
  readonly upstream: Readonly<Record<string, PlainUpstream>>
  /** All that a model reads of a request. */
  texts(asked: PlainAsked): readonly string[]
  /** Whether its callers count on being told tokens, so that they are counted before the answer where the provider tells none. */
  readonly tellsUsage: boolean
}

/** What is asked, in the canonical form of any of them. */
export interface PlainAsked {
  readonly model: string
}

/** A dialect of such an operation as callers speak it; the journey carries bodies without looking into them. */
export interface PlainIngress {
  readonly codec: PlainIngressFace<PlainAsked, object, object, object> | BytesDialect<PlainAsked, object>
  /** The names of the fields that a body is known by. */
  readonly fields: readonly string[]
  /** Checks a body: known fields for their types, and nothing else. */
  readonly schema: z.ZodType<object>
}

/** A dialect of such an operation as upstreams speak it. */
export type PlainUpstream = PlainUpstreamFace<PlainAsked, PlainAnswer, object> | BytesDialect<PlainAsked, object>
