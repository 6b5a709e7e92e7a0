// The items of tools that the caller runs and OpenAI's models know: their calls and outputs, and the canonical form of both.
import type { responses } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import { isBuiltIn, type BuiltInKind, type Item, type ToolCallItem, type ToolResultItem } from '../canonical/item.js'
import { isGiven, isList, isOneOf, isRecord, isString, known, type Loose, type Reading } from '../narrow.js'
import { parsed } from '../parsed.js'
import { actionOf } from './built-in-actions.js'
import { decodeReplay, encodeReplay } from './replay.js'

const calls: ReadonlyMap<string, BuiltInKind> = new Map([
  ['shell_call', 'shell'],
  ['local_shell_call', 'local_shell'],
  ['apply_patch_call', 'apply_patch'],
  ['tool_search_call', 'tool_search'],
])

const outputs: ReadonlyMap<string, BuiltInKind> = new Map([
  ['shell_call_output', 'shell'],
  ['local_shell_call_output', 'local_shell'],
  ['apply_patch_call_output', 'apply_patch'],
])

/** Where a call says what it is to do. */
const places: Readonly<Record<BuiltInKind, 'action' | 'operation' | 'arguments'>> = {
  shell: 'action',
  local_shell: 'action',
  apply_patch: 'operation',
  tool_search: 'arguments',
}

const isStatus = isOneOf('in_progress', 'completed', 'incomplete')

/** A call or an output as an item; `undefined` for what is none, or lacks what makes it one. */
export function decodeBuiltIn(type: string, read: Reading): Item | undefined {
  const kind = calls.get(type)
  if (kind) return decodeCall(kind, read)
  const answered = outputs.get(type)
  return answered && decodeOutput(answered, read)
}

function decodeCall(kind: BuiltInKind, fields: Reading): Item | undefined {
  const { take, rest } = fields
  const callId = take('call_id', isString)
  const given = take(places[kind], isGiven)
  // A search without a call id is run by the provider.
  if (callId === undefined || given === undefined) return undefined
  takeImplied(take)
  return {
    type: 'tool-call',
    ...known({ id: take('id', isString), status: take('status', isStatus) }),
    kind,
    name: kind,
    callId,
    arguments: isString(given) ? given : JSON.stringify(said(given)),
    ...decodeReplay(fields),
    ...extrasOf('responses', rest()),
  }
}

function decodeOutput(kind: BuiltInKind, { take, rest }: Reading): Item | undefined {
  const id = take('id', isString)
  // The oldest of them is known by its call's id alone.
  const callId = take('call_id', isString) ?? (kind === 'local_shell' ? id : undefined)
  const given = take('output', isGiven)
  if (callId === undefined) return undefined
  // Whether a patch could be applied is part of what the model must know.
  const result = kind === 'apply_patch' ? known({ status: take('status', isString), output: given }) : (given ?? '')
  return {
    type: 'tool-result',
    ...known({ id, status: take('status', isStatus) }),
    kind,
    callId,
    output: isString(result) ? result : JSON.stringify(result),
    ...extrasOf('responses', rest()),
  }
}

/** A call of a built-in tool on the wire. `id` and `status` are written where they are given. */
export function encodeBuiltInCall(item: ToolCallItem, status = item.status, id = item.id): responses.HostedItem | undefined {
  if (!isBuiltIn(item.kind)) return undefined
  const { kind } = item
  const action = actionOf(kind, item.arguments)
  return {
    ...known({ id }),
    type: `${kind}_call`,
    ...item.extras?.responses,
    ...(kind === 'shell' && { environment: item.extras?.responses?.environment ?? null }),
    ...(kind === 'tool_search' && { execution: 'client' }),
    // What was broken off is not to be run: a patch, which knows no such status, has no path then.
    ...known({ status: action.whole || kind === 'apply_patch' || status === undefined ? status : 'incomplete' }),
    ...(kind === 'apply_patch' && status === 'incomplete' && { status: 'completed' }),
    call_id: item.callId,
    [places[kind]]: action.value,
    ...encodeReplay(item),
  }
}

/** The output of a built-in tool on the wire; a search's is written elsewhere, for it holds tools. */
export function encodeBuiltInOutput(item: ToolResultItem, status = item.status, id = item.id): responses.HostedItem | undefined {
  const { kind, callId } = item
  if (!isBuiltIn(kind) || kind === 'tool_search') return undefined
  const text = isString(item.output) ? item.output : JSON.stringify(item.output)
  const facts = { type: `${kind}_call_output` as const, ...item.extras?.responses, ...known({ status }) }
  if (kind === 'local_shell')
    return { ...facts, id: id ?? callId, ...(id !== undefined && id !== callId && { call_id: callId }), output: text }
  const value = parsed(text)
  if (kind === 'shell') return { ...known({ id }), ...facts, call_id: callId, output: isList(value) ? value : [exited(text)] }
  const result = isRecord(value) && isString(value.status) ? value : { status: 'completed', output: text }
  return { ...known({ id }), ...facts, call_id: callId, ...result }
}

const isClient = isOneOf('client')
const isLocal = (value: unknown): value is Loose => isRecord(value) && value.type === 'local' && Object.keys(value).length === 1

/** Takes out what a tool that the caller runs says of that: nothing is lost with it. */
export function takeImplied(take: Reading['take']): void {
  take('execution', isClient)
  take('environment', isLocal)
}

/** The form of an output that is a bare text. */
const exited = (stdout: string): Loose => ({ stdout, stderr: '', outcome: { type: 'exit', exit_code: 0 } })

/** What a model has said of it: not what stands in every call alike. */
function said(action: unknown): unknown {
  if (!isRecord(action)) return action
  return Object.fromEntries(
    Object.entries(action).filter(
      ([field, value]) =>
        value !== null && !(field === 'type' && value === 'exec') && !(field === 'env' && isRecord(value) && isEmpty(value)),
    ),
  )
}

const isEmpty = (value: Loose): boolean => Object.keys(value).length === 0
