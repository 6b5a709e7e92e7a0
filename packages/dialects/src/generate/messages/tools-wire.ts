import type { messages } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { CustomTool, FunctionTool, HostedTool, Tool } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { isBoolean, isRecord, isString, known, overlay, taking, type Loose } from '../narrow.js'
import type { FlatTools } from '../tools/flatten.js'
import { isWebSearch } from '../tools/is-web-search.js'
import { marked, takeMark } from './cache-control.js'
import { encodeWebSearch } from './web-search.js'

/** A tool of Anthropic's own is kept whole, whether the provider runs it or its models merely know it. */
export function decodeTool(wire: unknown): Tool {
  const fields = taking(isRecord(wire) ? wire : {})
  const { take, rest } = fields
  const type = take('type', isString)
  const name = take('name', isString)
  if (name === undefined || (type !== undefined && type !== 'custom'))
    return { type: 'hosted', tool: type ?? 'unknown', extras: { messages: isRecord(wire) ? wire : { wire } } }
  return {
    type: 'function',
    name,
    ...known({
      description: take('description', isString),
      parameters: take('input_schema', isRecord),
      // Silence means no here, and yes on many a server that speaks another dialect: it is said from here on.
      strict: take('strict', isBoolean) ?? false,
    }),
    ...takeMark(fields),
    ...extrasOf('messages', rest),
  }
}

/** Tools that were made flat, on the wire. A hosted tool of another dialect is a declared loss. */
export function encodeTools(flat: FlatTools['tools'], quirks: Quirks, losses: Loss[]): messages.MessagesTool[] {
  return flat.flatMap(({ tool, path }) => encodeTool(tool, path, quirks, losses) ?? [])
}

function encodeTool(
  tool: FunctionTool | CustomTool | HostedTool,
  path: string,
  quirks: Quirks,
  losses: Loss[],
): messages.MessagesTool | undefined {
  if (tool.type === 'hosted') {
    // What this dialect decoded goes back as it came.
    if (tool.extras.messages) return tool.extras.messages as messages.MessagesTool
    if (quirks.webSearch !== undefined && isWebSearch(tool.tool)) return encodeWebSearch(tool, quirks.webSearch, path, losses)
    losses.push(dropped(path, `Anthropic has no tool of the kind ${tool.tool}.`))
    return undefined
  }
  const { name, description } = tool
  const { parameters = {}, strict } = tool.type === 'function' ? tool : {}
  if (strict && quirks.noSchemas)
    losses.push(approximated(`${path}.strict`, 'This model follows a schema without being held to it.'))
  const wire: messages.MessagesTool = {
    name,
    ...known({ description }),
    // Even a tool without parameters must say that it takes an object.
    input_schema: parameters.type === undefined ? { type: 'object', properties: {}, ...parameters } : parameters,
    ...(strict && !quirks.noSchemas && { strict }),
  }
  const cache = tool.type === 'function' ? tool.cache : undefined
  const extras = marked(cache, ownExtras('messages', tool.extras, path, losses))
  // Extras are fields beside those that are known.
  return extras ? (overlay(wire as Loose, extras) as messages.MessagesTool) : wire
}
