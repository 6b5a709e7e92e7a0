import { isString, type Loose } from '../narrow.js'
import { camelCased } from './fields.js'

/** Parts that tell of a tool which Google ran by itself, and the tool. */
const tools: ReadonlyMap<string, string> = new Map([
  ['executableCode', 'code_execution'],
  ['codeExecutionResult', 'code_execution'],
  ['toolCall', 'tool_call'],
  ['toolResponse', 'tool_call'],
])

/** The tool that this part tells of, if it is one that Google runs. Such a part is kept whole. */
export function hostedToolOf(part: Loose): string | undefined {
  const fields = camelCased(part)
  for (const [field, tool] of tools)
    if (fields[field] !== undefined && fields[field] !== null && !isString(fields[field])) return tool
  return undefined
}
