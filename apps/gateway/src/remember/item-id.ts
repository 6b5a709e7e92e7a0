import { mintId, type IdKind } from '@weir/contracts'

// A map, since a caller may write any type: an object would find `constructor` too.
const idKinds: ReadonlyMap<string, IdKind> = new Map([
  ['message', 'message'],
  ['reasoning', 'reasoning'],
  ['function_call', 'functionCall'],
  ['function_call_output', 'functionCallOutput'],
  ['custom_tool_call', 'customToolCall'],
])

/** A fresh id for an item of this type. */
export const mintItemId = (type: string | null | undefined): string => mintId(idKinds.get(type ?? 'message') ?? 'item')
