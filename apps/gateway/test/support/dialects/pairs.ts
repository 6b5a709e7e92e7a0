import type { DialectName } from '@weir/dialects'
import { generate } from '../../../src/operations/generate.js'
import type { IngressName } from './plain.js'

const ingresses = Object.keys(generate.ingress) as IngressName[]
const upstreams = Object.keys(generate.upstream) as DialectName[]

/** A caller's language, an upstream's, and whether the answer is streamed. */
export interface Pair {
  readonly ingress: IngressName
  readonly spoken: DialectName
  readonly stream: boolean
}

/** Every pair, streamed and not. */
export const pairs: readonly Pair[] = ingresses.flatMap((ingress) =>
  upstreams.flatMap((spoken) => [false, true].map((stream) => ({ ingress, spoken, stream }))),
)

export const titleOf = ({ ingress, spoken, stream }: Pair): string =>
  `${ingress} caller, ${spoken} upstream, ${stream ? 'streamed' : 'plain'}`
