import { extrasOf, ownExtras } from '../canonical/extras.js'
import { isBuiltIn } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../canonical/request.js'
import type { Quirks } from '../../dialect.js'
import { isBoolean, isList, isRecord, isString, known, overlay, taking, type Loose, type Taking } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { marked, readCachePoint } from './cache-points.js'
import { decodeToolChoice } from './tool-choice.js'
import type { ToolEntry } from './wire.js'

/** Tools and choice out of a request; what else the configuration holds stays under its name among the extras. */
export function takeToolConfig({ take, rest }: Taking): { tools?: Tool[]; toolChoice?: ToolChoice } {
  const given = taking(take('toolConfig', isRecord) ?? {})
  const tools = given.take('tools', isList)
  const toolChoice = decodeToolChoice(given.take('toolChoice', isRecord))
  if (Object.keys(given.rest).length > 0) rest.toolConfig = given.rest
  return known({ tools: tools && decodeTools(tools), toolChoice })
}

/** A cache point is a field of the tool before it. A tool of a kind that is not known here is kept whole. */
function decodeTools(wires: readonly unknown[]): Tool[] {
  const tools: Tool[] = []
  for (const wire of wires) {
    const last = tools.at(-1)
    if (isRecord(wire) && isRecord(wire.cachePoint) && last?.type === 'function' && !bearsPoint(last)) {
      const { cache, fields } = readCachePoint(wire.cachePoint)
      tools.splice(-1, 1, { ...last, ...known({ cache }), ...extrasOf('converse', { ...last.extras?.converse, ...fields }) })
    } else tools.push(decodeTool(isRecord(wire) ? wire : { wire }))
  }
  return tools
}

const bearsPoint = ({ cache, extras }: FunctionTool): boolean => cache !== undefined || extras?.converse?.cachePoint !== undefined

function decodeTool(wire: Loose): FunctionTool | HostedTool {
  const { take, rest } = taking(wire)
  const spec = taking(take('toolSpec', isRecord) ?? {})
  const name = spec.take('name', isString)
  if (name === undefined) {
    const system = isRecord(wire.systemTool) && isString(wire.systemTool.name) ? wire.systemTool.name : undefined
    return { type: 'hosted', tool: system ?? Object.keys(wire)[0] ?? 'unknown', extras: { converse: wire } }
  }
  const schema = spec.take('inputSchema', isRecord)
  const facts = known({
    description: spec.take('description', isString),
    parameters: isRecord(schema?.json) ? schema.json : undefined,
    strict: spec.take('strict', isBoolean),
  })
  return {
    type: 'function',
    name,
    ...facts,
    ...extrasOf('converse', Object.keys(spec.rest).length > 0 ? { ...rest, toolSpec: spec.rest } : rest),
  }
}

/** A tool on the wire with what follows it, under the name by which it can be chosen. */
export interface NamedEntry {
  readonly name: string
  readonly entries: readonly ToolEntry[]
}

/** Tools that were made flat. A hosted tool of another dialect is a declared loss. */
export function encodeTools({ tools, names }: FlatTools, quirks: Quirks, losses: Loss[]): NamedEntry[] {
  return tools.flatMap(({ tool, path }) => {
    if (tool.type === 'hosted') {
      const wire = tool.extras.converse
      if (!wire) losses.push(dropped(path, `Converse has no tool of the kind ${tool.tool}.`))
      return wire ? [{ name: tool.tool, entries: [wire] }] : []
    }
    // With free text made functions there are no others; their type does not say so.
    if (tool.type === 'custom') return []
    const origin = names.get(tool.name)
    if (origin && origin.name !== tool.name && origin.namespace === undefined && !isBuiltIn(origin.kind))
      losses.push(approximated(`${path}.name`, `The tool goes by the name ${tool.name}, of characters that Converse takes.`))
    return [{ name: tool.name, entries: encodeTool(tool, path, quirks, losses) }]
  })
}

function encodeTool(tool: FunctionTool, path: string, { strictTools }: Quirks, losses: Loss[]): ToolEntry[] {
  const { name, description, parameters, strict } = tool
  if (strict === true && strictTools !== true)
    losses.push(approximated(`${path}.strict`, 'The model cannot be held to the schema of a tool.'))
  const { cachePoint, ...extras } = marked(tool.cache, ownExtras('converse', tool.extras, path, losses)) ?? {}
  const toolSpec = {
    name,
    ...known({ description: description === '' ? undefined : description }),
    inputSchema: { json: { type: 'object', ...parameters } },
    ...known({ strict: strictTools ? strict : undefined }),
  }
  const entry: ToolEntry = overlay({ toolSpec }, extras)
  return isRecord(cachePoint) ? [entry, { cachePoint: cachePoint as { type: string } }] : [entry]
}

/** Tools that nobody declares but a history has called: Converse takes no history of calls without any tool. */
export function standIns(names: Iterable<string>): NamedEntry[] {
  return Array.from(names, (name) => ({
    name,
    entries: [
      {
        toolSpec: {
          name,
          description: 'Can no longer be called.',
          inputSchema: { json: { type: 'object' } },
        },
      },
    ],
  }))
}
