import type { responses } from '@weir/contracts'
import { isBuiltIn } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { ToolChoice } from '../canonical/request.js'
import { isList, isOneOf, isRecord, isString, known } from '../narrow.js'
import { dropped } from '../losses.js'

const isMode = isOneOf('none', 'auto', 'required')
const isAllowedMode = isOneOf('auto', 'required')
const isKind = isOneOf('function', 'custom')

/** What may or must be called. Forms that only this dialect knows are foreign and kept whole. */
export function decodeToolChoice(wire: unknown): ToolChoice | undefined {
  if (isMode(wire)) return { type: wire }
  if (!isRecord(wire)) return undefined
  const { type, name, mode, tools, ...more } = wire
  if (isKind(type) && isString(name))
    return { type: 'tool', kind: type, name, ...(isString(more.namespace) && { namespace: more.namespace }) }
  if (isString(type) && isBuiltIn(type) && Object.keys(wire).length === 1) return { type: 'tool', kind: type, name: type }
  if (
    type === 'allowed_tools' &&
    isAllowedMode(mode) &&
    isList(tools) &&
    tools.every(isAllowed) &&
    Object.keys(more).length === 0
  )
    return { type: 'allowed', mode, tools }
  return { type: 'foreign', extras: { responses: wire } }
}

const isAllowed = (tool: unknown): tool is { type: string; name?: string } => isRecord(tool) && isString(tool.type)

/** The choice on the wire, or nothing where another dialect's form has no equal here. */
export function encodeToolChoice(choice: ToolChoice, losses: Loss[]): responses.ToolChoice | undefined {
  switch (choice.type) {
    case 'none':
    case 'auto':
    case 'required':
      return choice.type
    case 'tool':
      if (choice.kind === 'function' || choice.kind === 'custom')
        return { type: choice.kind, name: choice.name, ...known({ namespace: choice.namespace }) }
      if (choice.kind === 'mcp') return { type: 'mcp', server_label: choice.name }
      return { type: choice.kind }
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.tools.map((tool) => ({ ...tool })) }
    case 'foreign':
      // Its own wire form, as it came.
      if (choice.extras.responses) return choice.extras.responses as unknown as responses.ToolChoice
      losses.push(dropped('toolChoice', 'This choice has no form in Responses.'))
      return undefined
    default:
      return choice satisfies never
  }
}
