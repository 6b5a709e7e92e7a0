import type { generateContent as wire } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { ownExtras } from '../canonical/extras.js'
import type { Item, MessageItem, ReasoningItem, ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { known, overlay, type Loose } from '../narrow.js'
import { foundTools } from '../tools/found-tools.js'
import { approximated, dropped, foreignToken } from '../losses.js'
import type { FlatTools } from '../tools/flatten.js'
import { isDerivedId } from './call-ids.js'
import { isRounded, resultOf } from './contents-decode.js'
import { encodePart } from './parts.js'
import type { Placed } from '../carried-items.js'
import { argumentsObject, functionArguments } from '../tools/arguments.js'
import { encodeSignature } from './signature.js'

/** What encoders of items read, and where they declare what is lost. */
export interface ItemContext {
  readonly quirks: Quirks
  readonly flat: FlatTools
  /** By call id, the name that a call has on the wire: a response is paired by it. */
  readonly names: ReadonlyMap<string, string>
  readonly losses: Loss[]
  /** Whether a signature goes back with the turn of the item. */
  readonly isSigned?: boolean
}

/** The parts that an item becomes, none where nothing of it can be said. */
export function encodeItem({ item, path }: Placed, context: ItemContext): wire.Part[] {
  const { losses } = context
  if (item.replay && item.replay.dialect !== 'generate-content') losses.push(dropped(`${path}.replay`, foreignToken(item.replay)))
  const { content: _, ...extras } = ownExtras('generate-content', item.extras, path, losses) ?? {}
  switch (item.type) {
    case 'message':
      return encodeMessage(item, path, context)
    case 'reasoning':
      return encodeReasoning(item, path, context)
    case 'tool-call':
      return [withExtras(encodeCall(item, path, context), extras)]
    case 'tool-result':
      return encodeResult(item, extras, path, context)
    case 'hosted-tool-call':
    case 'foreign':
      // A part of its own, as it came.
      return item.dialect === 'generate-content' ? [{ ...item.wire }] : []
    default:
      return []
  }
}

const withExtras = (part: wire.Part, extras: Loose): wire.Part => overlay({ ...part }, extras)

/** The signature that goes back with an item, if its issuer speaks this dialect. */
function signatureOf({ replay }: Item): { thoughtSignature?: string } {
  return replay?.dialect === 'generate-content' ? { thoughtSignature: encodeSignature(replay) } : {}
}

function encodeMessage(item: MessageItem, path: string, { quirks, losses }: ItemContext): wire.Part[] {
  if (item.phase !== undefined) losses.push(approximated(`${path}.phase`, 'The message goes without the name of its phase.'))
  if (item.status === 'incomplete') losses.push(approximated(`${path}.status`, 'The message goes as if it were whole.'))
  const parts = item.content.flatMap((part, index) => encodePart(part, `${path}.content[${index}]`, quirks, losses) ?? [])
  const signature = signatureOf(item)
  if (signature.thoughtSignature === undefined) return parts
  return [...parts.slice(0, -1), { ...(parts.at(-1) ?? { text: '' }), ...signature }]
}

/** Thoughts are summaries for a reader: without their signature most servers have no use for them. */
function encodeReasoning(item: ReasoningItem, path: string, { quirks, losses, isSigned = false }: ItemContext): wire.Part[] {
  const { summary, content = [] } = item
  const signature = signatureOf(item)
  const signed = signature.thoughtSignature !== undefined
  if (!signed && quirks.rawReasoning !== true) {
    if (summary.length === 0 && content.length === 0) return []
    losses.push(
      isSigned
        ? approximated(path, 'The signature that its turn has elsewhere stands for it.')
        : dropped(path, 'Reasoning cannot be replayed without the signature of its issuer.'),
    )
    return []
  }
  if (summary.length > 0 && content.length > 0)
    losses.push(dropped(`${path}.content`, 'The summary goes, without the reasoning itself.'))
  const thoughts = (summary.length > 0 ? summary : content).map((text): wire.Part => ({ text, thought: true }))
  if (!signed) return thoughts
  return [...thoughts.slice(0, -1), { ...(thoughts.at(-1) ?? { text: '' }), ...signature }]
}

function encodeCall(item: ToolCallItem, path: string, { flat, losses }: ItemContext): wire.Part {
  if (item.namespace !== undefined) losses.push(approximated(`${path}.namespace`, 'The namespace becomes a prefix of the name.'))
  if (item.kind !== 'function') losses.push(approximated(path, `A call of the kind ${item.kind} becomes one of a function.`))
  const text = functionArguments(item)
  const args = argumentsObject(text)
  if (args && isRounded(text)) losses.push(approximated(`${path}.arguments`, 'A number of so many digits is rounded.'))
  if (!args)
    losses.push(approximated(`${path}.arguments`, 'Arguments that are no JSON object go as the one argument `arguments`.'))
  const id = isDerivedId(item.callId) ? undefined : item.callId
  return { functionCall: { ...known({ id }), name: flat.nameOf(item), args: args ?? { arguments: text } }, ...signatureOf(item) }
}

function encodeResult(item: ToolResultItem, extras: Loose, path: string, context: ItemContext): wire.Part[] {
  const { quirks, losses, names, flat } = context
  const { callId, output } = item
  const name = names.get(callId)
  const said = extras.functionResponse as Loose | undefined
  if (name === undefined && said?.name === undefined)
    losses.push(approximated(path, 'Nothing tells which function was called: the id of the call stands for its name.'))
  const texts: string[] = []
  const shown: wire.Part[] = []
  if (item.tools) texts.push(foundTools(item.tools, flat))
  else if (typeof output === 'string') texts.push(output)
  else
    for (const [index, part] of output.entries()) {
      const encoded = encodePart(part, `${path}.output[${index}]`, quirks, losses)
      if (encoded?.text !== undefined) texts.push(encoded.text)
      else if (encoded) shown.push(encoded)
    }
  const [text = '', ...more] = texts
  const moved = quirks.plainResults === true && shown.length > 0
  if (moved) losses.push(approximated(`${path}.output`, 'Its images and files follow the response.'))
  const failed = item.failed === true
  if (failed) losses.push(approximated(`${path}.failed`, 'What the tool gave stands under the name `error`.'))
  const key = failed ? 'error' : 'output'
  const whole = texts.length === 0 && shown.length > 0 ? {} : failed ? { error: text } : resultOf(text)
  const functionResponse: wire.FunctionResponse = {
    ...known({ id: isDerivedId(callId) ? undefined : callId }),
    name: name ?? callId,
    response: more.length > 0 ? { [key]: texts } : whole,
    ...(shown.length > 0 && !moved && { parts: shown }),
  }
  return [withExtras({ functionResponse }, extras), ...(moved ? shown : [])]
}
