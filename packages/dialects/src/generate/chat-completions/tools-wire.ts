import type { chat } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { CustomTool, FunctionTool, HostedTool, Tool } from '../canonical/request.js'
import { isBoolean, isRecord, isString, known, taking, type Loose } from '../narrow.js'
import { isWebSearch } from '../tools/is-web-search.js'
import { encodeWebSearch } from './web-search.js'
import { standInExtras, withExtras } from './with-extras.js'
import type { FlatTools } from '../tools/flatten.js'
import { dropped } from '../losses.js'

/** A tool of a kind that chat does not define is kept whole, as one that the server runs. */
export function decodeTool(wire: unknown): Tool {
  const { take, rest } = taking(isRecord(wire) ? wire : {})
  const type = take('type', isString)
  const called = taking(take(type === 'custom' ? 'custom' : 'function', isRecord) ?? {})
  const name = called.take('name', isString)
  const description = called.take('description', isString)
  if (name !== undefined && type === 'custom') {
    const format = called.take('format', isRecord)
    const { syntax, definition } = isRecord(format?.grammar) ? format.grammar : {}
    const grammar = isString(syntax) && isString(definition) ? { syntax, definition } : undefined
    if (format?.grammar && !grammar) called.rest.format = format
    return { type: 'custom', name, ...known({ description, grammar }), ...nested('custom', called.rest, rest) }
  }
  if (name !== undefined && (type === undefined || type === 'function')) {
    const parameters = called.take('parameters', isRecord)
    // Silence means no in chat, and yes on many a server that speaks another dialect: it is said from here on.
    const strict = called.take('strict', isBoolean) ?? false
    return {
      type: 'function',
      name,
      ...known({ description, parameters, strict }),
      ...nested('function', called.rest, rest),
    }
  }
  const whole = isRecord(wire) ? wire : { wire }
  return { type: 'hosted', tool: type ?? 'unknown', extras: { 'chat-completions': whole } }
}

function nested(field: string, inner: Loose, rest: Loose): ReturnType<typeof extrasOf> {
  return extrasOf('chat-completions', Object.keys(inner).length > 0 ? { ...rest, [field]: inner } : rest)
}

/** Tools that were made flat, on the wire. A hosted tool of another dialect is a declared loss. */
export function encodeTools(flat: FlatTools['tools'], quirks: Quirks, losses: Loss[]): chat.ChatTool[] {
  const tools: chat.ChatTool[] = []
  for (const { tool, path } of flat) {
    const wire = encodeTool(tool, path, quirks, losses)
    if (wire) tools.push(wire)
  }
  return tools
}

function encodeTool(
  tool: FunctionTool | CustomTool | HostedTool,
  path: string,
  { webSearch }: Quirks,
  losses: Loss[],
): chat.ChatTool | undefined {
  switch (tool.type) {
    case 'function': {
      const { name, description, parameters, strict } = tool
      const wire: chat.ChatTool = { type: 'function', function: known({ name, description, parameters, strict }) }
      return withExtras(wire, standInExtras(ownExtras('chat-completions', tool.extras, path, losses), `${path}.`, losses))
    }
    case 'custom': {
      const { name, description, grammar } = tool
      const format = grammar && ({ type: 'grammar', grammar } as const)
      const wire: chat.ChatTool = { type: 'custom', custom: known({ name, description, format }) }
      return withExtras(wire, ownExtras('chat-completions', tool.extras, path, losses))
    }
    default: {
      const wire = tool.extras['chat-completions']
      if (!wire && webSearch !== undefined && isWebSearch(tool.tool)) return encodeWebSearch(tool, webSearch, path, losses)
      if (!wire) losses.push(dropped(path, `Chat has no tool of the kind ${tool.tool}.`))
      // What chat decoded goes back as it came.
      return wire as chat.ChatTool | undefined
    }
  }
}
