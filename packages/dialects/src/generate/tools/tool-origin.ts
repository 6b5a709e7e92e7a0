import type { ToolKind } from '../canonical/item.js'

/** What a tool is to the caller, whatever it is called on the wire. */
export interface ToolOrigin {
  readonly kind: ToolKind
  readonly name: string
  readonly namespace?: string
}

/** The name on the wire → the tool as the caller knows it, for each tool that goes by another name or as another kind. */
export type ToolNames = ReadonlyMap<string, ToolOrigin>
