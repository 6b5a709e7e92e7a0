import { isBuiltIn } from '../canonical/item.js'
import type { ToolChoice } from '../canonical/request.js'
import type { ToolOrigin } from './tool-origin.js'

/**
 * Whether a request lets this tool be called. Whoever shows fewer tools to a model, and whoever judges its answer, ask here, so
 * that they cannot disagree.
 */
export function allows(choice: ToolChoice | undefined, tool: ToolOrigin): boolean {
  switch (choice?.type) {
    case 'none':
      return false
    case 'tool':
      return isMeant({ type: choice.kind, name: choice.name }, tool)
    case 'allowed':
      return choice.tools.some((entry) => isMeant(entry, tool))
    default:
      return true
  }
}

/** A choice knows no namespaces, but may name one as a whole. */
function isMeant({ type, name }: { readonly type: string; readonly name?: string }, tool: ToolOrigin): boolean {
  if (isBuiltIn(type)) return tool.kind === type
  if (type === 'namespace') return tool.namespace !== undefined && tool.namespace === name
  return name !== undefined && tool.name === name && !isBuiltIn(tool.kind)
}
