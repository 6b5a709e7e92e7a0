import type { Encoded } from '@weir/dialects'

/** A body on its way to an upstream. On the native lane: the caller's own, made ready, before it is retargeted. */
export interface Prepared extends Encoded<object> {
  /** As in `Translated`. */
  readonly kept: boolean
  readonly continued: boolean
}
