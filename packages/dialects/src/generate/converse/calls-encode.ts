import { ownExtras } from '../canonical/extras.js'
import type { CacheMark } from '../canonical/cache-mark.js'
import type { ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Part } from '../canonical/part.js'
import { known, type Loose } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { foundTools } from '../tools/found-tools.js'
import { argumentsObject, functionArguments } from '../tools/arguments.js'
import { marked } from './cache-points.js'
import type { DocumentNames } from './media.js'
import { encodeParts, withExtras } from './parts-encode.js'
import { encodeCallId } from './tool-ids.js'
import type { ContentBlock } from './wire.js'

/** A call of a history, with what follows it. */
export function encodeCall(item: ToolCallItem, path: string, flat: FlatTools, losses: Loss[]): ContentBlock[] {
  const name = flat.nameOf(item)
  if (item.replay) losses.push(dropped(`${path}.replay`, 'Converse has no place for the token of a call.'))
  if (item.namespace !== undefined) losses.push(approximated(`${path}.namespace`, 'The namespace becomes a prefix of the name.'))
  else if (name !== item.name) losses.push(approximated(`${path}.name`, `The call is one of ${name}.`))
  if (item.kind !== 'function') losses.push(approximated(path, `A call of the kind ${item.kind} becomes one of a function.`))
  const block = {
    toolUse: { toolUseId: idOf(item, path, losses), name, input: encodeInput(functionArguments(item), path, losses) },
  }
  return withExtras(block, marked(item.cache, withoutMessage(ownExtras('converse', item.extras, path, losses))))
}

function idOf({ callId }: ToolCallItem | ToolResultItem, path: string, losses: Loss[]): string {
  const id = encodeCallId(callId)
  if (id !== callId) losses.push(approximated(`${path}.callId`, 'The id goes in characters that Converse takes.'))
  return id
}

/** Arguments are an object here. */
function encodeInput(text: string, path: string, losses: Loss[]): unknown {
  const input = argumentsObject(text)
  if (input === undefined) {
    losses.push(approximated(`${path}.arguments`, 'Arguments that are no JSON object go as one string, `input`.'))
    return { input: text }
  }
  // Ids of more digits than a number holds.
  if (isRounded(text, input))
    losses.push(approximated(`${path}.arguments`, 'A number of more digits than JavaScript holds is rounded.'))
  return input
}

function isRounded(text: string, input: Loose): boolean {
  const long = text.match(/\d{16,}/g)
  if (!long) return false
  const said = JSON.stringify(input)
  return long.some((digits) => !said.includes(digits))
}

const nothingSaid = 'The tool said nothing.'

/** A result of a tool. */
export function encodeResult(
  item: ToolResultItem,
  path: string,
  flat: FlatTools,
  names: DocumentNames,
  losses: Loss[],
): ContentBlock[] {
  const toolUseId = idOf(item, path, losses)
  const status = item.failed === undefined ? undefined : item.failed ? 'error' : 'success'
  const content = encodeOutput(item, path, flat, names, losses)
  const block = { toolResult: { toolUseId, content, ...known({ status }) } }
  return withExtras(block, marked(cacheOf(item), withoutMessage(ownExtras('converse', item.extras, path, losses))))
}

/** A point stands behind a result and never within: the latest mark in it is one of the whole. */
const cacheOf = ({ cache, output }: ToolResultItem): CacheMark | undefined =>
  cache ?? (typeof output === 'string' ? undefined : output.findLast((part) => part.cache)?.cache)

function unmarked(part: Part): Part {
  const { cache: _, ...rest } = part
  return rest
}

/** What a tool gave, as blocks. Converse takes no empty text. */
export function encodeOutput(
  { output, tools }: ToolResultItem,
  path: string,
  flat: FlatTools,
  names: DocumentNames,
  losses: Loss[],
): ContentBlock[] {
  if (tools) return [{ text: foundTools(tools, flat) }]
  if (typeof output !== 'string') {
    const content = encodeParts(output.map(unmarked), `${path}.output`, names, losses)
    return content.length === 0 && output.length > 0 ? [{ text: nothingSaid }] : content
  }
  if (output.trim() !== '') return [{ text: output }]
  losses.push(approximated(`${path}.output`, 'Converse takes no empty text: the model is told that the tool said nothing.'))
  return [{ text: nothingSaid }]
}

/** The extras that are the block's own; those of its message are put back with the message. */
export function withoutMessage(extras: Loose | undefined): Loose | undefined {
  if (!extras || !('message' in extras)) return extras
  const { message: _, ...own } = extras
  return own
}
