import type { ToolCallItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { CustomTool, FunctionTool, HostedTool, NamespaceTool, Tool } from '../canonical/request.js'
import { isRecord } from '../narrow.js'

/** What a tool was before it was made flat. */
export interface ToolOrigin {
  readonly kind: 'function' | 'custom'
  readonly name: string
  readonly namespace?: string
}

export interface FlatTools {
  /** The tools without namespaces, each with the path of where it stood. */
  readonly tools: readonly { readonly tool: FunctionTool | CustomTool | HostedTool; readonly path: string }[]
  /** The name on the wire → the tool as the caller knows it, for each tool that was changed. */
  readonly names: ReadonlyMap<string, ToolOrigin>
  /** The other way: the name on the wire of a tool, even of one that is in the history only. */
  nameOf(name: string, namespace: string | undefined): string
}

/** OpenAI's limit, and that of most servers. */
const longestName = 64

/**
 * Tools for a server that knows neither namespaces nor, unless `customTools`, free-text tools. `names` makes it reversible:
 * see `restoreCall`. Pure and stable, so that a history means the same names in every turn.
 */
export function flattenTools(tools: readonly Tool[], options: { readonly customTools: boolean }, losses: Loss[] = []): FlatTools {
  const names = new Map<string, ToolOrigin>()
  const flatNames = new Map<string, string>()
  const taken = new Set(tools.flatMap((tool) => ('name' in tool && tool.type !== 'namespace' ? [tool.name] : [])))
  const flat: { tool: FunctionTool | CustomTool | HostedTool; path: string }[] = []

  const add = (tool: FunctionTool | CustomTool, path: string, namespace?: NamespaceTool): void => {
    let name = tool.name
    if (namespace) {
      name = flatName(namespace.name, tool.name)
      if (taken.has(name)) name = hashed(namespace.name, tool.name)
      taken.add(name)
      flatNames.set(key(tool.name, namespace.name), name)
    }
    const wraps = tool.type === 'custom' && !options.customTools
    if (wraps)
      losses.push({ path, disposition: 'approximated', reason: 'Free text becomes a function with one string, `input`.' })
    if (namespace || wraps) names.set(name, { kind: tool.type, name: tool.name, ...(namespace && { namespace: namespace.name }) })
    const named = namespace ? { ...tool, name } : tool
    flat.push({ tool: named.type === 'custom' && wraps ? asFunction(named) : named, path })
  }

  for (const [index, tool] of tools.entries()) {
    const path = `tools[${index}]`
    if (tool.type === 'hosted') flat.push({ tool, path })
    else if (tool.type === 'namespace') {
      losses.push({ path, disposition: 'approximated', reason: 'The namespace becomes a prefix of the names of its tools.' })
      for (const [place, member] of tool.tools.entries()) add(member, `${path}.tools[${place}]`, tool)
    } else add(tool, path)
  }

  return {
    tools: flat,
    names,
    nameOf: (name, namespace) =>
      namespace === undefined ? name : (flatNames.get(key(name, namespace)) ?? flatName(namespace, name)),
  }
}

/**
 * A call of a flat tool as the caller knows the tool: its namespace back, its free text out of the `input`. Arguments that
 * are not the wrapping are left as they are: a model's slip is for the caller to see.
 */
export function restoreCall(call: ToolCallItem, names: ReadonlyMap<string, ToolOrigin>): ToolCallItem {
  const origin = names.get(call.name)
  if (!origin) return call
  const unwraps = origin.kind === 'custom' && call.kind === 'function'
  return { ...call, ...origin, arguments: unwraps ? unwrapped(call.arguments) : call.arguments }
}

/** The arguments of a function that stands in for a free-text tool. */
export const wrapInput = (input: string): string => JSON.stringify({ input })

function unwrapped(text: string): string {
  try {
    const wrapping: unknown = JSON.parse(text)
    return isRecord(wrapping) && typeof wrapping.input === 'string' ? wrapping.input : text
  } catch {
    return text
  }
}

function asFunction(tool: CustomTool): FunctionTool {
  const { grammar } = tool
  const rule = grammar && `The input must match this ${grammar.syntax} grammar:\n${grammar.definition}`
  const description = [tool.description, rule].filter(Boolean).join('\n\n')
  return {
    type: 'function',
    name: tool.name,
    ...(description !== '' && { description }),
    parameters: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input, as plain text.' } },
      required: ['input'],
      additionalProperties: false,
    },
    ...(tool.extras && { extras: tool.extras }),
  }
}

const key = (name: string, namespace: string): string => `${namespace}\n${name}`

function flatName(namespace: string, name: string): string {
  const flat = `${namespace}__${name}`.replace(/[^a-zA-Z0-9_-]/g, '_')
  return flat.length > longestName ? hashed(namespace, name) : flat
}

/** A name that is too long or taken ends in a hash of the whole of it (FNV-1a, 32 bits). */
function hashed(namespace: string, name: string): string {
  let hash = 0x811c9dc5
  for (const character of key(name, namespace)) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  const tail = (hash >>> 0).toString(16).padStart(8, '0')
  const head = `${namespace}__${name}`.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, longestName - tail.length - 1)
  return `${head}_${tail}`
}
