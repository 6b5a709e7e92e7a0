import type { Item } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { BuiltInTool, CustomTool, FunctionTool, Generation, HostedTool, Tool } from '../canonical/request.js'
import { approximated } from '../losses.js'
import { flatNames } from './flat-names.js'
import { needsStandIn } from './restore-call.js'
import { builtInAsFunction, customAsFunction } from './stand-ins.js'
import type { ToolNames, ToolOrigin } from './tool-origin.js'

export interface FlatTool {
  readonly tool: FunctionTool | CustomTool | HostedTool
  /** Where it stood. */
  readonly path: string
}

export interface FlatTools {
  /** The tools without namespaces. */
  readonly tools: readonly FlatTool[]
  /** The tools that were changed; those that only a history knows are added as `nameOf` names them. */
  readonly names: ToolNames
  /** The other way: the name on the wire of a tool, even of one that is in the history only. */
  nameOf(origin: ToolOrigin): string
}

export interface FlattenOptions {
  /** Whether the server knows free-text tools. */
  readonly customTools: boolean
  /** Whether it takes names of letters, digits, `_` and `-` only. */
  readonly plainNames?: boolean
}

/**
 * Tools for a server that knows neither namespaces nor built-in tools nor, unless `customTools`, free-text tools. `names` makes it
 * reversible: see `restoreCall`. Pure and stable, so that a history means the same names in every turn. What the conversation
 * brings along is declared with the rest; of two tools of one name the later one counts.
 */
export function flattenTools(
  { tools, items }: Pick<Generation, 'tools' | 'items'>,
  { customTools, plainNames = false }: FlattenOptions,
  losses: Loss[] = [],
): FlatTools {
  const declared = [...placed(tools ?? [], 'tools'), ...items.flatMap(toolsOfItem)]
  for (const { tool, path } of declared)
    if (tool.type === 'namespace') losses.push(approximated(path, 'The namespace becomes a prefix of the names of its tools.'))
  const leaves = declared.flatMap(leavesOf)
  const own = leaves.flatMap(({ tool, namespace }) => ('name' in tool && namespace === undefined ? [tool.name] : []))
  const free = flatNames(own, plainNames)
  const names = new Map<string, ToolOrigin>()
  const flat = new Map<string, FlatTool & { readonly from: Leaf }>()

  function note(origin: ToolOrigin, name: string): void {
    if (name !== origin.name || origin.namespace !== undefined || needsStandIn(origin.kind, customTools)) names.set(name, origin)
    else names.delete(name)
  }

  for (const { tool, path, namespace } of leaves) {
    if (tool.type === 'hosted') {
      flat.set(path, { tool, path, from: tool })
      continue
    }
    const origin = originOf(tool, namespace)
    const name = free.of(origin)
    note(origin, name)
    const earlier = flat.get(name)
    if (earlier && JSON.stringify(earlier.from) === JSON.stringify(tool)) continue
    if (earlier) losses.push(approximated(earlier.path, `It is declared again at ${path}.`))
    flat.set(name, { tool: { ...plain(tool, path, customTools, losses), name }, path, from: tool })
  }

  for (const [alias, origin] of nearMisses(names.values()))
    if (origin && !flat.has(alias) && !names.has(alias)) names.set(alias, origin)

  return {
    tools: [...flat.values()],
    names,
    nameOf(origin) {
      const known = free.has(origin)
      const name = free.of(origin)
      if (!known && !flat.has(name)) note(origin, name)
      return name
    },
  }
}

/** What models make of a name with a prefix: the bare name, where it can mean one tool only, or the prefix with a dot. */
function nearMisses(origins: Iterable<ToolOrigin>): ReadonlyMap<string, ToolOrigin | undefined> {
  const misses = new Map<string, ToolOrigin | undefined>()
  for (const origin of origins) {
    if (origin.namespace === undefined) continue
    misses.set(`${origin.namespace}.${origin.name}`, origin)
    misses.set(origin.name, misses.has(origin.name) ? undefined : origin)
  }
  return misses
}

type Leaf = FunctionTool | CustomTool | BuiltInTool | HostedTool

interface PlacedLeaf {
  readonly tool: Leaf
  readonly path: string
  readonly namespace?: string
}

interface PlacedTool {
  readonly tool: Tool
  readonly path: string
}

const placed = (tools: readonly Tool[], path: string): PlacedTool[] =>
  tools.map((tool, index) => ({ tool, path: `${path}[${index}]` }))

function toolsOfItem(item: Item, index: number): PlacedTool[] {
  if (item.type !== 'tools' && item.type !== 'tool-result') return []
  return placed(item.tools ?? [], `items[${index}].tools`)
}

function leavesOf({ tool, path }: PlacedTool): PlacedLeaf[] {
  if (tool.type !== 'namespace') return [{ tool, path }]
  return tool.tools.map((member, place) => ({ tool: member, path: `${path}.tools[${place}]`, namespace: tool.name }))
}

function originOf(tool: Exclude<Leaf, HostedTool>, namespace: string | undefined): ToolOrigin {
  if (tool.type === 'built-in') return { kind: tool.kind, name: tool.kind }
  return { kind: tool.type, name: tool.name, ...(namespace !== undefined && { namespace }) }
}

/** The tool as the server can know it, still under its own name. */
function plain(tool: Exclude<Leaf, HostedTool>, path: string, customTools: boolean, losses: Loss[]): FunctionTool | CustomTool {
  const approximated = (reason: string): void => void losses.push({ path, disposition: 'approximated', reason })
  if (tool.type === 'function' || (tool.type === 'custom' && customTools)) return tool
  if (tool.type === 'built-in') {
    approximated(`A function with a fixed schema stands in for the tool ${tool.kind}.`)
    return builtInAsFunction(tool)
  }
  approximated(
    tool.grammar
      ? 'Free text becomes a function with one string, `input`; its grammar is told in the description only.'
      : 'Free text becomes a function with one string, `input`.',
  )
  return customAsFunction(tool)
}
