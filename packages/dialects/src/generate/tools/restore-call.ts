import { isBuiltIn, type ToolCallItem } from '../canonical/item.js'
import type { ToolNames } from './tool-origin.js'
import { unwrapped } from './unwrap.js'

/** A call of a flat tool as the caller knows the tool: its namespace and kind back, its free text out of the `input`. */
export function restoreCall(call: ToolCallItem, names: ToolNames): ToolCallItem {
  const origin = names.get(call.name)
  if (!origin) return call
  const restored = { ...call, ...origin }
  return isWrapped(call, restored) ? { ...restored, arguments: unwrapped(call.arguments) } : restored
}

/** Whether the text of a call stands in the wrapping of a function. */
export const isWrapped = (call: ToolCallItem, restored: ToolCallItem): boolean =>
  restored.kind === 'custom' && call.kind === 'function'

/** Whether a target without it gets a function in its place. */
export const needsStandIn = (kind: ToolCallItem['kind'], customTools: boolean): boolean =>
  isBuiltIn(kind) || (kind === 'custom' && !customTools)
