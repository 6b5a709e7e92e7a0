import type { messages } from '@weir/contracts'
import { callIdOf } from '../call-id-of.js'
import { extrasOf } from '../canonical/extras.js'
import type { ToolCallItem } from '../canonical/item.js'
import { isRecord, isString, taking, type Loose } from '../narrow.js'
import { argumentsObject, functionArguments } from '../tools/arguments.js'
import { takeMark } from './cache-control.js'
import { encodeCallId, readCallId } from './call-id.js'

/** What a block does not say of its item. */
export interface Given {
  readonly turn?: number
  readonly status?: 'completed' | 'in_progress'
}

/** Whoever calls is told only where it is not the model itself. */
const isDirect = (caller: unknown): caller is Loose =>
  isRecord(caller) && caller.type === 'direct' && Object.keys(caller).length === 1

/** A `tool_use` as a call. Its input is an object on the wire; here it is text, as everywhere. */
export function decodeToolUse(wire: Loose, given: Given): ToolCallItem {
  const fields = taking(wire)
  const { take, rest } = fields
  take('type', isString)
  take('caller', isDirect)
  const id = take('id', isString)
  const { input = {} } = rest
  delete rest.input
  return {
    type: 'tool-call',
    kind: 'function',
    ...given,
    name: take('name', isString) ?? '',
    // A request is the caller's own: whatever ids it has, its results name them.
    callId: given.turn === undefined || !id ? callIdOf(id && readCallId(id)) : readCallId(id),
    arguments: isString(input) ? input : JSON.stringify(input),
    ...takeMark(fields),
    ...extrasOf('messages', rest),
  }
}

/** Arguments as an input, which must be an object: any other text, valid JSON or not, is put under `input`. */
export function inputOf(text: string): { readonly input: Loose; readonly whole: boolean } {
  const input = argumentsObject(text)
  return { input: input ?? { input: text }, whole: input !== undefined }
}

/** A call as a block, under the name of its tool on the wire. Free text stands in the input of the function that stands in for its tool. */
export function encodeToolUse(call: ToolCallItem, name: string): messages.ToolUseBlock {
  return { type: 'tool_use', id: encodeCallId(call.callId), name, input: inputOf(functionArguments(call)).input }
}
