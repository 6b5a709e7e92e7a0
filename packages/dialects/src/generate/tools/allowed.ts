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
      return isMeant({ ...choice, type: choice.kind }, tool)
    case 'allowed':
      return choice.tools.some((entry) => isMeant(entry, tool))
    default:
      return true
  }
}

interface Meant {
  readonly type: string
  readonly name?: string
  readonly namespace?: string
}

/** OpenAI's choices know no namespaces: a name alone means the tool in any, and a namespace may be named as a whole. */
function isMeant({ type, name, namespace }: Meant, tool: ToolOrigin): boolean {
  if (isBuiltIn(type)) return tool.kind === type
  if (type === 'namespace') return tool.namespace !== undefined && tool.namespace === name
  if (namespace !== undefined && namespace !== tool.namespace) return false
  return name !== undefined && tool.name === name && !isBuiltIn(tool.kind)
}
