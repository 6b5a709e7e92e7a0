import type { messages } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { isBuiltIn } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation, ToolChoice } from '../canonical/request.js'
import { approximated, dropped } from '../losses.js'
import { isBoolean, isString, taking, type Loose } from '../narrow.js'
import { allows } from '../tools/allowed.js'
import type { FlatTools } from '../tools/flatten.js'
import { isWebSearch } from '../tools/is-web-search.js'

type Decoded = Pick<Generation, 'toolChoice' | 'parallelToolCalls'> & { readonly rest?: Loose }

/** What may or must be called, how many at a time, and what else the wire says of it. */
export function decodeToolChoice(wire: Loose | undefined): Decoded {
  if (!wire) return {}
  const { take, rest } = taking(wire)
  const choice = choiceOf(take('type', isString), take('name', isString))
  if (!choice) return { toolChoice: { type: 'foreign', extras: { messages: wire } } }
  const alone = take('disable_parallel_tool_use', isBoolean)
  return {
    toolChoice: choice,
    ...(alone !== undefined && { parallelToolCalls: !alone }),
    ...(Object.keys(rest).length > 0 && { rest }),
  }
}

function choiceOf(type: string | undefined, name: string | undefined): ToolChoice | undefined {
  switch (type) {
    case 'auto':
    case 'none':
      return { type }
    case 'any':
      return { type: 'required' }
    case 'tool':
      return name === undefined ? undefined : { type: 'tool', kind: 'function', name }
    default:
      return undefined
  }
}

const path = 'toolChoice'

export interface EncodedChoice {
  readonly choice?: messages.MessagesToolChoice
  /** The tools that may still be shown. */
  readonly tools: messages.MessagesTool[]
}

/** The choice on the wire, with the tools that were encoded. A choice between no tools is an error there. */
export function encodeToolChoice(
  { toolChoice, parallelToolCalls }: Pick<Generation, 'toolChoice' | 'parallelToolCalls'>,
  tools: messages.MessagesTool[],
  flat: FlatTools,
  quirks: Quirks,
  losses: Loss[],
): EncodedChoice {
  const chosen = unforced(choose(toolChoice, tools, flat, losses), quirks, losses)
  if (chosen.tools.length === 0) {
    if (tools.length > 0 || toolChoice?.type === 'required' || toolChoice?.type === 'tool')
      losses.push(dropped(path, 'No tool is left that could be called.'))
    return { tools: chosen.tools }
  }
  const { choice } = chosen
  if (choice?.type === 'none' || parallelToolCalls === undefined || (parallelToolCalls && !choice)) return chosen
  return { ...chosen, choice: { ...(choice ?? { type: 'auto' }), disable_parallel_tool_use: !parallelToolCalls } }
}

function choose(choice: ToolChoice | undefined, tools: messages.MessagesTool[], flat: FlatTools, losses: Loss[]): EncodedChoice {
  switch (choice?.type) {
    case undefined:
      return { tools }
    case 'none':
    case 'auto':
      return { choice: { type: choice.type }, tools }
    case 'required':
      return { choice: { type: 'any' }, tools }
    case 'tool': {
      if (choice.kind === 'mcp') {
        losses.push(dropped(path, 'Anthropic cannot choose a tool of the kind mcp.'))
        return { tools }
      }
      if (choice.kind !== 'function') losses.push(approximated(path, 'The tool is chosen as the function that stands in for it.'))
      return { choice: { type: 'tool', name: wireName(choice, tools, flat) }, tools }
    }
    case 'allowed': {
      const shown = tools.filter((tool) => isShown(tool, choice, flat))
      if (shown.length > 0) losses.push(approximated(path, 'The model is shown the allowed tools only.'))
      return { choice: { type: choice.mode === 'required' ? 'any' : 'auto' }, tools: shown }
    }
    case 'foreign': {
      const own = choice.extras.messages
      if (!own) losses.push(dropped(path, 'Anthropic has no such tool choice.'))
      // What this dialect decoded goes back as it came.
      return own ? { choice: own as unknown as messages.MessagesToolChoice, tools } : { tools }
    }
    default:
      return choice satisfies never
  }
}

/** A model that always thinks cannot be forced: it is shown the one tool that it should call, or left to choose. */
function unforced(chosen: EncodedChoice, { alwaysThinks }: Quirks, losses: Loss[]): EncodedChoice {
  const { choice, tools } = chosen
  if (!alwaysThinks || (choice?.type !== 'any' && choice?.type !== 'tool')) return chosen
  losses.push(approximated(path, 'This model cannot be forced to call a tool.'))
  const auto = { type: 'auto' } as const
  return { choice: auto, tools: choice.type === 'tool' ? tools.filter(({ name }) => name === choice.name) : tools }
}

function isShown(tool: messages.MessagesTool, choice: ToolChoice & { readonly type: 'allowed' }, flat: FlatTools): boolean {
  const { name = '', type } = tool
  if (allows(choice, flat.names.get(name) ?? { kind: 'function', name })) return true
  return choice.tools.some((entry) => entry.type === type || (isWebSearch(entry.type) && isWebSearch(type ?? '')))
}

/** A choice knows no namespaces: a name that no tool has is that of the one that was made flat. */
function wireName(
  tool: ToolChoice & { readonly type: 'tool' },
  tools: readonly messages.MessagesTool[],
  flat: FlatTools,
): string {
  const { kind, name, namespace } = tool
  if (isBuiltIn(kind) || namespace !== undefined) return flat.nameOf(tool)
  if (tools.some((each) => each.name === name)) return name
  for (const [flatName, origin] of flat.names) if (origin.name === name) return flatName
  return name
}
