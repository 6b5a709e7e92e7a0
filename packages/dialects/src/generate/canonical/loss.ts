import type { ToolNames } from '../tools/tool-origin.js'

/** What a translation could not carry over. A declared value, never silence. */
export interface Loss {
  /** Where it stood in the canonical request, such as `tools[1]` or `sampling.seed`. */
  readonly path: string
  /** `approximated`: said in another way. `dropped`: left out. `refused`: the target cannot answer such a request at all. */
  readonly disposition: 'approximated' | 'dropped' | 'refused'
  readonly reason: string
}

/** A wire body, and what it could not say. */
export interface Encoded<Wire> {
  readonly body: Wire
  readonly losses: readonly Loss[]
  /** The tools that go by another name or kind in this body: `restoreCall` leads their calls back. Absent where there are none. */
  readonly names?: ToolNames
}
