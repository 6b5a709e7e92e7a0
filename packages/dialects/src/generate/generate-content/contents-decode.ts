import { GatewayError } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item, MessageItem, ReasoningItem, ToolCallItem, ToolResultItem } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import { isBoolean, isGiven, isRecord, isString, known, type Loose } from '../narrow.js'
import { objectOf } from '../tools/arguments.js'
import { derivedId } from './call-ids.js'
import { fieldsOf, isFilled, listOf } from './fields.js'
import { hostedToolOf } from './hosted-parts.js'
import { joinedContents } from './joined-contents.js'
import { decodeMedia, decodePart } from './parts.js'
import { decodeSignature } from './signature.js'

/** The calls so far that no response has answered, for responses pair with them by name where there are no ids. */
type Unanswered = { readonly name: string; readonly callId: string }[]

/** Contents to items; `turn` counts contents from `first`. Throws a `GatewayError` that names the one at fault. */
export function decodeContents(contents: unknown, first: number): Item[] {
  const given = isString(contents) ? [{ role: 'user', parts: [{ text: contents }] }] : listOf(contents)
  const unanswered: Unanswered = []
  return joinedContents(given).flatMap(({ content, place }) => {
    const path = `contents[${place}]`
    if (!isRecord(content)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
    return decodeContent(content, first + place, unanswered)
  })
}

function decodeContent(content: Loose, turn: number, unanswered: Unanswered): Item[] {
  const { take, rest } = fieldsOf(content)
  const role = take('role', isString)?.toLowerCase() ?? 'user'
  const parts = listOf(take('parts', isGiven))
  if (role !== 'user' && role !== 'model' && role !== 'function' && role !== 'system')
    return [{ type: 'foreign', dialect: 'generate-content', turn, wire: content }]
  const items =
    role === 'model'
      ? decodeModel(parts, turn, unanswered)
      : decodeUser(parts, turn, unanswered, role === 'system' ? role : 'user')
  const [head] = items
  // Fields of the content itself stand on its first item.
  return head && isFilled(rest) ? [withContentFields(head, rest), ...items.slice(1)] : items
}

function withContentFields(item: Item, rest: Loose): Item {
  return { ...item, extras: { ...item.extras, 'generate-content': { ...item.extras?.['generate-content'], content: rest } } }
}

function decodeUser(parts: readonly unknown[], turn: number, unanswered: Unanswered, role: 'user' | 'system'): Item[] {
  const items: Item[] = []
  let said: Part[] = []
  function flush(): void {
    if (said.length > 0) items.push({ type: 'message', role, turn, content: said })
    said = []
  }
  for (const [index, part] of parts.entries()) {
    const { take, rest } = fieldsOf(part)
    const response = take('functionResponse', isRecord)
    if (response) {
      flush()
      items.push(decodeResult(response, rest, turn, index, unanswered))
    } else said.push(decodePart(part))
  }
  flush()
  return items.length > 0 ? items : [{ type: 'message', role, turn, content: [] }]
}

function decodeResult(wire: Loose, beside: Loose, turn: number, index: number, unanswered: Unanswered): ToolResultItem {
  const fields = fieldsOf(wire)
  const [id, name] = [fields.take('id', isString), fields.take('name', isString)]
  const response = fields.take('response', isRecord)
  const shown = listOf(fields.take('parts', isGiven)).map((part): Part => decodeMedia(fieldsOf(part)) ?? decodePart(part))
  const place = unanswered.findIndex((call) => (id === undefined ? call.name === name : call.callId === id))
  const [call] = place < 0 ? [] : unanswered.splice(place, 1)
  const text = response === undefined ? undefined : textOfResult(response)
  const inner = { ...fields.rest, ...(name !== undefined && name !== call?.name && { name }) }
  return {
    type: 'tool-result',
    kind: 'function',
    turn,
    callId: id ?? call?.callId ?? derivedId(turn, index),
    output: shown.length > 0 ? [...(text === undefined ? [] : [{ type: 'text', text } as const]), ...shown] : (text ?? ''),
    ...extrasOf('generate-content', isFilled(inner) ? { ...beside, functionResponse: inner } : beside),
  }
}

/** A response is an object. What a function gave as text stands in it under `output`, and is taken out unless it could be an object itself. */
function textOfResult(response: Loose): string {
  const { output, ...more } = response
  return isString(output) && !isFilled(more) && resultOf(output).output === output ? output : JSON.stringify(response)
}

/** The other way: an object as it is, anything else under `output`, and so an object that would not stay the same. */
export function resultOf(text: string): Loose {
  return (isRounded(text) ? undefined : objectOf(text)) ?? { output: text }
}

/** Whether a JSON text holds a number of more digits than a number keeps. */
export function isRounded(text: string): boolean {
  return /\d{16}/.test(text) && /\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ''))
}

/**
 * What the model said: its thoughts, texts, calls, in their order. A part that carries a signature is the last one of its item, so that
 * the signature finds its way back to it.
 */
function decodeModel(parts: readonly unknown[], turn: number, unanswered: Unanswered): Item[] {
  const items: Item[] = []
  let open: MessageItem | ReasoningItem | undefined
  function close(): void {
    if (open) items.push(open)
    open = undefined
  }
  for (const [index, wire] of parts.entries()) {
    const part = isRecord(wire) ? wire : { wire }
    const tool = hostedToolOf(part)
    if (tool !== undefined) {
      close()
      items.push({ type: 'hosted-tool-call', dialect: 'generate-content', tool, turn, wire: part })
      continue
    }
    const { take, rest } = fieldsOf(part)
    const payload = take('thoughtSignature', isString)
    const replay = payload === undefined ? {} : { replay: decodeSignature(payload) }
    const call = take('functionCall', isRecord)
    if (call) {
      close()
      const item = { ...decodeCall(call, rest, { turn, callId: derivedId(turn, index) }), ...replay }
      unanswered.push(item)
      items.push(item)
      continue
    }
    const bareText = isString(rest.text) && Object.keys(rest).length === (rest.thought === true ? 2 : 1) ? rest.text : undefined
    if (bareText !== undefined && take('thought', isBoolean) === true) {
      if (open?.type !== 'reasoning') close()
      open = { type: 'reasoning', turn, summary: [...(open?.type === 'reasoning' ? open.summary : []), bareText], ...replay }
    } else if (bareText === '' && payload !== undefined && open?.type !== 'message') {
      // A signature that stands alone.
      close()
      open = { type: 'reasoning', turn, summary: [], ...replay }
    } else {
      if (open?.type !== 'message') close()
      const content = [...(open?.type === 'message' ? open.content : []), decodePart(rest)]
      open = { type: 'message', role: 'assistant', turn, content, ...replay }
    }
    if (payload !== undefined) close()
  }
  close()
  return items.length > 0 ? items : [{ type: 'message', role: 'assistant', turn, content: [] }]
}

interface Given {
  readonly turn?: number
  readonly choice?: number
  readonly status?: 'in_progress' | 'completed'
  /** For a call without an id of its own. */
  readonly callId: string
}

/** A call; `beside` is what else stands on its part. */
export function decodeCall(wire: Loose, beside: Loose, { callId, ...given }: Given): ToolCallItem {
  const { take, rest } = fieldsOf(wire)
  const [id, name, args] = [take('id', isString), take('name', isString), take('args', isRecord)]
  return {
    type: 'tool-call',
    kind: 'function',
    ...known(given),
    name: name ?? '',
    callId: id || callId,
    arguments: JSON.stringify(args ?? {}),
    ...extrasOf('generate-content', isFilled(rest) ? { ...beside, functionCall: rest } : beside),
  }
}
