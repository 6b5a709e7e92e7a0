import { GatewayError, type responses } from '@weir/contracts'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import { isBuiltIn, type ToolResultItem, type ToolsItem } from '../canonical/item.js'
import type { BuiltInTool, CustomTool, FunctionTool, HostedTool, NamespaceTool, Tool } from '../canonical/request.js'
import { isBoolean, isList, isRecord, isString, known, taking, type Loose, type Taking } from '../narrow.js'
import { takeImplied } from './built-in-wire.js'
import { dropped } from '../losses.js'

/** Tools as they are known; one that the provider runs, or newer than the code, is kept whole. `path` names them in errors. */
export function decodeTools(tools: readonly unknown[], path: string): Tool[] {
  return tools.map((tool, index) => decodeTool(tool, `${path}[${index}]`))
}

function decodeTool(wire: unknown, path: string): Tool {
  if (!isRecord(wire)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object with a type.` })
  const fields = taking(wire)
  const type = fields.take('type', isString) ?? ''
  const name = fields.take('name', isString)
  if (name !== undefined)
    switch (type) {
      case 'function':
        return decodeFunction(name, fields)
      case 'custom':
        return decodeCustom(name, fields)
      case 'namespace': {
        const tools = decodeTools(fields.take('tools', isList) ?? [], `${path}.tools`)
        if (!tools.every((tool) => tool.type === 'function' || tool.type === 'custom')) break
        const description = fields.take('description', isString)
        return { type, name, ...known({ description }), tools, ...extrasOf('responses', fields.rest) }
      }
      default:
        break
    }
  if (isBuiltIn(type) && isRunByCaller(type, wire)) return decodeOwn(type, fields)
  return { type: 'hosted', tool: type, extras: { responses: wire } }
}

/** A shell may live in a container of the provider, and a search is the provider's unless the caller says that it searches. */
function isRunByCaller(kind: BuiltInTool['kind'], { environment, execution }: Loose): boolean {
  if (kind === 'tool_search') return execution === 'client'
  return kind !== 'shell' || !isRecord(environment) || environment.type === 'local'
}

function decodeOwn(kind: BuiltInTool['kind'], { take, rest }: Taking): BuiltInTool {
  takeImplied(take)
  const facts = known({ description: take('description', isString), parameters: take('parameters', isRecord) })
  return { type: 'built-in', kind, ...facts, ...extrasOf('responses', rest) }
}

function decodeFunction(name: string, { take, rest }: Taking): FunctionTool {
  return {
    type: 'function',
    name,
    ...known({
      description: take('description', isString),
      parameters: take('parameters', isRecord),
      strict: take('strict', isBoolean),
    }),
    ...extrasOf('responses', rest),
  }
}

function decodeCustom(name: string, { take, rest }: Taking): CustomTool {
  const { format } = rest
  const grammar =
    isRecord(format) && format.type === 'grammar' && isString(format.syntax) && isString(format.definition)
      ? { syntax: format.syntax, definition: format.definition }
      : undefined
  // Plain text is what silence means.
  if (grammar || (isRecord(format) && format.type === 'text' && Object.keys(format).length === 1)) delete rest.format
  return {
    type: 'custom',
    name,
    ...known({ description: take('description', isString), grammar }),
    ...extrasOf('responses', rest),
  }
}

/** Tools that a conversation brings along, as the item that they came in. */
export function encodeFound(
  item: ToolsItem | (ToolResultItem & Pick<ToolsItem, 'tools'>),
  path: string,
  losses: Loss[],
  status = item.status,
): responses.HostedItem {
  const { id, extras, tools } = item
  return {
    type: item.type === 'tools' ? item.origin : 'tool_search_output',
    ...extras?.responses,
    ...known({ id, status }),
    ...(item.type === 'tool-result' && { call_id: item.callId, execution: 'client' }),
    tools: tools.flatMap((tool, index) => encodeTool(tool, `${path}.tools[${index}]`, losses) ?? []),
  }
}

/** Tools of a request, with what this dialect cannot say declared. */
export function encodeTools(tools: readonly Tool[], losses: Loss[]): responses.Tool[] {
  return tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, losses) ?? [])
}

function encodeTool(tool: Tool, path: string, losses: Loss[]): responses.Tool | undefined {
  if (tool.type !== 'hosted') return encodeOwnTool(tool, path, losses)
  // The tool's own wire form, as it came.
  if (tool.extras.responses) return tool.extras.responses as unknown as responses.Tool
  losses.push(dropped(path, `The tool ${tool.tool} is run by its own provider only.`))
  return undefined
}

function encodeOwnTool(tool: Exclude<Tool, HostedTool>, path: string, losses: Loss[]): responses.Tool {
  const extras = ownExtras('responses', tool.extras, path, losses)
  if (tool.type === 'namespace') return encodeNamespace(tool, extras, path, losses)
  if (tool.type === 'built-in') {
    const { kind, description, parameters } = tool
    return {
      type: kind,
      ...(kind === 'tool_search' && { execution: 'client' }),
      ...extras,
      ...known({ description, parameters }),
    }
  }
  return encodeLeaf(tool, extras)
}

function encodeNamespace(tool: NamespaceTool, extras: Loose | undefined, path: string, losses: Loss[]): responses.NamespaceTool {
  return {
    type: 'namespace',
    ...extras,
    name: tool.name,
    ...known({ description: tool.description }),
    tools: tool.tools.map((inner, index) =>
      encodeLeaf(inner, ownExtras('responses', inner.extras, `${path}.tools[${index}]`, losses)),
    ),
  }
}

function encodeLeaf(tool: FunctionTool | CustomTool, extras: Loose | undefined): responses.FunctionTool | responses.CustomTool {
  const { name, description } = tool
  if (tool.type === 'custom')
    return {
      type: 'custom',
      ...extras,
      name,
      ...known({ description }),
      ...(tool.grammar && { format: { type: 'grammar', ...tool.grammar } }),
    }
  // Where a caller says nothing of `strict` nothing is sent: dialects differ in their default.
  return { type: 'function', ...extras, name, ...known({ description, parameters: tool.parameters, strict: tool.strict }) }
}

/** Tools as an answer repeats them: a function shows all its keys, null where nothing was said. */
export function echoTools(tools: readonly Tool[]): responses.Tool[] {
  return encodeTools(tools, []).map((tool) =>
    tool.type === 'function'
      ? { ...tool, description: tool.description ?? null, parameters: tool.parameters ?? null, strict: tool.strict ?? null }
      : tool,
  )
}
