import { actors } from './actors/actors.js'
import { callers } from './callers/callers.js'
import type { IngressName, SpokenName } from './plain.js'

// The keys of a record are of the type of its keys.
const ingresses = Object.keys(callers) as IngressName[]
const upstreams = Object.keys(actors) as SpokenName[]

/** A caller's language, an upstream's, and whether the answer is streamed. */
export interface Pair {
  readonly ingress: IngressName
  readonly spoken: SpokenName
  readonly stream: boolean
}

/** Every pair, streamed and not. */
export const pairs: readonly Pair[] = ingresses.flatMap((ingress) =>
  upstreams.flatMap((spoken) => [false, true].map((stream) => ({ ingress, spoken, stream }))),
)

export const titleOf = ({ ingress, spoken, stream }: Pair): string =>
  `${ingress} caller, ${spoken} upstream, ${stream ? 'streamed' : 'plain'}`
