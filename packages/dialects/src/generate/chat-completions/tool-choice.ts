import type { chat } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import type { Loss } from '../canonical/loss.js'
import type { ToolChoice } from '../canonical/request.js'
import { isList, isRecord, isString, type Loose } from '../narrow.js'
import { isBuiltIn } from '../canonical/item.js'
import { isWebSearch } from '../tools/is-web-search.js'
import { allows } from '../tools/allowed.js'
import type { FlatTools } from '../tools/flatten.js'
import type { ToolOrigin } from '../tools/tool-origin.js'
import { approximated, dropped } from '../losses.js'

export function decodeToolChoice(wire: unknown): ToolChoice | undefined {
  switch (wire) {
    case undefined:
    case null:
      return undefined
    case 'none':
    case 'auto':
    case 'required':
      return { type: wire }
    case 'any':
      return { type: 'required' }
    default:
  }
  if (!isRecord(wire)) return undefined
  const named = wire.type === 'custom' ? wire.custom : wire.function
  if (isRecord(named) && isString(named.name))
    return { type: 'tool', kind: wire.type === 'custom' ? 'custom' : 'function', name: named.name }
  const allowed = wire.allowed_tools
  if (isRecord(allowed) && isList(allowed.tools))
    return {
      type: 'allowed',
      mode: allowed.mode === 'required' ? 'required' : 'auto',
      tools: allowed.tools.filter(isRecord).map(decodeEntry),
    }
  return { type: 'foreign', extras: { 'chat-completions': wire } }
}

/** Chat nests the name of an allowed tool under its type; the canonical form, as Responses does, keeps it flat. */
function decodeEntry(entry: Record<string, unknown>): { type: string; name?: string } {
  const type = isString(entry.type) ? entry.type : 'function'
  const { type: _, [type]: named, ...rest } = entry
  return isRecord(named) ? { type, ...rest, ...named } : { type, ...rest }
}

const path = 'toolChoice'
const noToolLeft: Loss = { path, disposition: 'dropped', reason: 'No tool is left that could be called.' }

/** The choice on the wire, and the tools that may still be shown. `tools` is what is left after encoding. */
export function encodeToolChoice(
  choice: ToolChoice | undefined,
  tools: chat.ChatTool[],
  flat: FlatTools,
  quirks: Quirks,
  losses: Loss[],
): { choice?: chat.ChatToolChoice; tools: chat.ChatTool[] } {
  if (!choice) return { tools }
  if (choice.type === 'none' || choice.type === 'auto' || choice.type === 'required') {
    // A choice between no tools is an error in chat, and says nothing unless a call is required.
    if (tools.length > 0) return { choice: choice.type, tools }
    if (choice.type === 'required') losses.push(noToolLeft)
    return { tools }
  }
  if (choice.type === 'tool') {
    const custom = choice.kind === 'custom' && quirks.customTools
    if (choice.kind === 'mcp') {
      losses.push(dropped(path, 'Chat cannot choose a tool of the kind mcp.'))
      return { tools }
    }
    if (choice.kind !== 'function' && !custom)
      losses.push(approximated(path, 'The tool is chosen as the function that stands in for it.'))
    const name = wireName(choice, tools, flat)
    return { choice: custom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } }, tools }
  }
  if (choice.type === 'allowed') return encodeAllowed(choice, tools, flat, quirks, losses)
  const own = choice.extras['chat-completions']
  if (!own) losses.push(dropped(path, 'Chat has no such tool choice.'))
  // What chat decoded goes back as it came.
  return own ? { choice: own as chat.ChatToolChoice, tools } : { tools }
}

function encodeAllowed(
  choice: Extract<ToolChoice, { type: 'allowed' }>,
  tools: chat.ChatTool[],
  flat: FlatTools,
  quirks: Quirks,
  losses: Loss[],
): { choice?: chat.ChatToolChoice; tools: chat.ChatTool[] } {
  const isShown = (tool: chat.ChatTool, among: ToolChoice & { readonly type: 'allowed' }): boolean => {
    const name = nameOf(tool)
    if (allows(among, flat.names.get(name) ?? { kind: 'function', name })) return true
    return among.tools.some(({ type }) => type === name || (name === quirks.webSearch && isWebSearch(type)))
  }
  if (quirks.allowedTools) {
    const entries = choice.tools.flatMap((entry) => {
      const { type, name, namespace, ...rest } = entry
      if (isBuiltIn(type) || type === 'namespace')
        return tools.filter((tool) => isShown(tool, { ...choice, tools: [entry] })).map(entryOf)
      if (name === undefined) return [{ type, ...rest }]
      const called = type === 'custom' && !quirks.customTools ? 'function' : type
      return [
        {
          type: called,
          [called]: {
            name: wireName({ kind: 'function', name, ...(namespace !== undefined && { namespace }) }, tools, flat),
            ...rest,
          },
        },
      ]
    })
    return { choice: { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: entries } }, tools }
  }
  const shown = tools.filter((tool) => isShown(tool, choice))
  if (shown.length === 0 && choice.mode === 'required') {
    losses.push(noToolLeft)
    return { tools: shown }
  }
  losses.push(approximated(path, 'The server is shown the allowed tools only.'))
  return shown.length > 0 ? { choice: choice.mode, tools: shown } : { tools: shown }
}

const entryOf = (tool: chat.ChatTool): Loose => ({ type: tool.type, [tool.type]: { name: nameOf(tool) } })

/** A choice knows no namespaces: a name that no tool has is that of the one that was made flat. */
function wireName(tool: ToolOrigin, tools: readonly chat.ChatTool[], flat: FlatTools): string {
  const { kind, name, namespace } = tool
  if (isBuiltIn(kind) || namespace !== undefined) return flat.nameOf(tool)
  if (tools.some((tool) => nameOf(tool) === name)) return name
  for (const [flatName, origin] of flat.names) if (origin.name === name) return flatName
  return name
}

function nameOf(tool: chat.ChatTool): string {
  if ('function' in tool && isRecord(tool.function) && isString(tool.function.name)) return tool.function.name
  if ('custom' in tool && isRecord(tool.custom) && isString(tool.custom.name)) return tool.custom.name
  return tool.type
}
