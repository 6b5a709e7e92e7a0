import type { Tool } from '../canonical/request.js'
import type { FlatTools } from './flatten.js'

/** What a search has found, by the names under which the tools are declared. */
export function foundTools(tools: readonly Tool[], { nameOf }: FlatTools): string {
  const names = tools.flatMap((tool) => {
    if (tool.type === 'hosted') return []
    if (tool.type === 'built-in') return [nameOf({ kind: tool.kind, name: tool.kind })]
    if (tool.type !== 'namespace') return [nameOf({ kind: tool.type, name: tool.name })]
    return tool.tools.map(({ type, name }) => nameOf({ kind: type, name, namespace: tool.name }))
  })
  return names.length > 0 ? `These tools can be called now: ${names.join(', ')}.` : 'No tool was found.'
}
