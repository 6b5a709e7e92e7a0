import type { ToolKind, UpstreamFailure } from '@weir/dialects'

/** One thing that the talker does. A plan is a list of them, be it made from the request or written by the caller. */
export type Step =
  | { readonly type: 'say' | 'refuse' | 'reason'; readonly text: string }
  | {
      readonly type: 'call'
      readonly kind: ToolKind
      readonly name: string
      readonly namespace?: string
      readonly arguments: string
    }
  | Wait
  | { readonly type: 'fail'; readonly kind: FailureKind }
  /** Ends the answer as incomplete, for this reason. */
  | { readonly type: 'end'; readonly reason: string }

/** Silence between two events. */
export interface Wait {
  readonly type: 'wait'
  readonly milliseconds: number
}

/** What can be told in words; what breaks the wire itself is the business of the `fault-*` models. */
export type FailureKind = Exclude<UpstreamFailure['kind'], 'malformed' | 'cut' | 'shutdown'>

export const failureKinds = [
  'rejected',
  'context-length',
  'unauthorized',
  'not-found',
  'rate-limited',
  'overloaded',
  'timeout',
  'failed',
] as const satisfies readonly FailureKind[]
