import type { Loss } from '../canonical/loss.js'
import type { ToolChoice } from '../canonical/request.js'
import { isRecord, isString, type Loose } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { allows } from '../tools/allowed.js'
import type { FlatTools } from '../tools/flatten.js'
import type { NamedEntry } from './tools.js'
import type { ToolConfig } from './wire.js'

export function decodeToolChoice(wire: Loose | undefined): ToolChoice | undefined {
  if (!wire) return undefined
  const [[member, value] = ['', undefined], ...others] = Object.entries(wire)
  const bare = others.length === 0 && isRecord(value) ? Object.keys(value).length : undefined
  if (member === 'auto' && bare === 0) return { type: 'auto' }
  if (member === 'any' && bare === 0) return { type: 'required' }
  if (member === 'tool' && bare === 1 && isRecord(value) && isString(value.name))
    return { type: 'tool', kind: 'function', name: value.name }
  return { type: 'foreign', extras: { converse: wire } }
}

const path = 'toolChoice'

/** What the choice leaves of the tools, and how it is said. */
export interface Chosen {
  readonly tools: readonly NamedEntry[]
  readonly choice?: ToolConfig['toolChoice']
}

/**
 * The choice on the wire. Converse cannot forbid calls: tools are withheld, or where the history has calls, without which it cannot be
 * read, shown all the same. The gateway holds the answer to it either way.
 */
export function encodeToolChoice(
  choice: ToolChoice | undefined,
  tools: readonly NamedEntry[],
  flat: FlatTools,
  called: boolean,
  losses: Loss[],
): Chosen {
  if (!choice) return { tools }
  switch (choice.type) {
    case 'none':
      if (tools.length === 0) return { tools }
      if (called) {
        losses.push(approximated(path, 'Converse cannot forbid calls where there were some: they are taken out of the answer.'))
        return { tools }
      }
      losses.push(approximated('tools', 'The model is shown no tools, so that it calls none.'))
      return { tools: [] }
    case 'auto':
      return tools.length > 0 ? { tools, choice: { auto: {} } } : { tools }
    case 'required':
      return required(tools, losses)
    case 'tool':
      return encodeNamed(choice, tools, flat, losses)
    case 'allowed': {
      const shown = tools.filter(({ name }) => allows(choice, flat.names.get(name) ?? { kind: 'function', name }))
      if (shown.length > 0 || tools.length > 0) losses.push(approximated(path, 'The model is shown the allowed tools only.'))
      if (choice.mode === 'required') return required(shown, losses)
      return shown.length > 0 ? { tools: shown, choice: { auto: {} } } : { tools: shown }
    }
    default: {
      const own = choice.extras.converse
      if (!own) losses.push(dropped(path, 'Converse has no such tool choice.'))
      // What this dialect decoded goes back as it came.
      return own ? { tools, choice: own } : { tools }
    }
  }
}

function required(tools: readonly NamedEntry[], losses: Loss[]): Chosen {
  if (tools.length > 0) return { tools, choice: { any: {} } }
  losses.push(dropped(path, 'No tool is left that could be called.'))
  return { tools }
}

function encodeNamed(
  choice: Extract<ToolChoice, { type: 'tool' }>,
  tools: readonly NamedEntry[],
  flat: FlatTools,
  losses: Loss[],
): Chosen {
  const { kind, name, namespace } = choice
  if (kind === 'mcp') {
    losses.push(dropped(path, 'Converse cannot choose a tool of the kind mcp.'))
    return { tools }
  }
  // A choice knows no namespaces: a name alone may mean the tool in any of them.
  const entry =
    tools.find((tool) => tool.name === name && !flat.names.has(name)) ??
    tools.find((tool) => allows(choice, flat.names.get(tool.name) ?? { kind: 'function', name: tool.name }))
  if (!entry) {
    losses.push(dropped(path, 'The tool that is chosen is not among the tools.'))
    return { tools }
  }
  if (kind !== 'function' || entry.name !== name || namespace !== undefined)
    losses.push(approximated(path, 'The tool is chosen by the name of the function that stands for it.'))
  return { tools, choice: { tool: { name: entry.name } } }
}
