import { GatewayError } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item, ToolKind } from '../canonical/item.js'
import { isGiven, isList, isOneOf, isRecord, isString, known, reading, type Loose, type Reading } from '../narrow.js'
import { decodeBuiltIn, takeImplied } from './built-in-wire.js'
import { decodeContent } from './parts.js'
import { decodeReplay } from './replay.js'
import { decodeTools } from './tools.js'

const isRole = isOneOf('user', 'assistant', 'system', 'developer')
const isStatus = isOneOf('in_progress', 'completed', 'incomplete')
const isPhase = isOneOf('commentary', 'final_answer')

/** Calls that the provider runs by itself. Those that the caller runs have a `call_id` and are foreign, so that pairs stay pairs. */
const hostedTools: ReadonlyMap<string, string> = new Map(
  Object.entries({
    web_search_call: 'web_search',
    file_search_call: 'file_search',
    code_interpreter_call: 'code_interpreter',
    image_generation_call: 'image_generation',
    mcp_list_tools: 'mcp_list_tools',
    mcp_call: 'mcp',
    mcp_approval_request: 'mcp_approval_request',
    // One with a call id is for the caller to run.
    tool_search_call: 'tool_search',
  }),
)

/**
 * The items of a request, numbered by turn: what the assistant said and did in one go is one turn; every other message and
 * every tool's result is a turn of its own. Throws a `GatewayError` that names the item at fault.
 */
export function decodeItems(input: readonly unknown[], path: string): Item[] {
  let turn = -1
  let assistant = false
  return input.map((wire, index) => {
    const item = decodeItem(wire, `${path}[${index}]`)
    const side = isAssistants(item)
    if (!side || !assistant) turn += 1
    assistant = side
    return { ...item, turn }
  })
}

function isAssistants(item: Item): boolean {
  switch (item.type) {
    case 'message':
      return item.role === 'assistant'
    case 'tool-result':
      return false
    case 'tools':
      return item.origin === 'tool_search_output'
    case 'foreign':
      return String(item.wire['type' as never]).endsWith('_call')
    default:
      return true
  }
}

/** One item, of a request or of an answer; of a type newer than the code it is foreign and kept whole. */
export function decodeItem(wire: unknown, path: string): Item {
  if (!isRecord(wire)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
  const fields = reading(wire)
  const type = fields.take('type', isString) ?? (isRole(wire.role) ? 'message' : '')
  switch (type) {
    case 'message':
      return isRole(wire.role) ? decodeMessage(fields, path) : foreign(wire)
    case 'reasoning':
      return decodeReasoning(fields)
    case 'function_call':
      return decodeCall(fields, 'function', 'arguments')
    case 'custom_tool_call':
      return decodeCall(fields, 'custom', 'input')
    case 'function_call_output':
      return decodeResult(fields, 'function', path)
    case 'custom_tool_call_output':
      return decodeResult(fields, 'custom', path)
    case 'additional_tools':
    case 'tool_search_output':
      return decodeFound(fields, type, path)
    default: {
      const builtIn = decodeBuiltIn(type, fields)
      if (builtIn) return builtIn
      const tool = hostedTools.get(type)
      if (tool === undefined) return foreign(wire)
      return { type: 'hosted-tool-call', dialect: 'responses', tool, ...base(fields), wire }
    }
  }
}

/** Tools that come with the conversation. Found by a search that the caller ran they are the result of its call. */
function decodeFound(fields: Reading, origin: 'additional_tools' | 'tool_search_output', path: string): Item {
  const { take, rest } = fields
  const facts = base(fields)
  const tools = decodeTools(take('tools', isList) ?? [], `${path}.tools`)
  const callId = origin === 'tool_search_output' ? take('call_id', isString) : undefined
  if (callId === undefined) return { type: 'tools', ...facts, origin, tools, ...extrasOf('responses', rest()) }
  takeImplied(take)
  return { type: 'tool-result', ...facts, kind: 'tool_search', callId, output: '', tools, ...extrasOf('responses', rest()) }
}

function foreign(wire: Loose): Item {
  const { id, call_id: callId } = wire
  return {
    type: 'foreign',
    dialect: 'responses',
    ...known({ id: isString(id) ? id : undefined, callId: isString(callId) ? callId : undefined }),
    wire,
  }
}

const base = ({ take }: Reading) => known({ id: take('id', isString), status: take('status', isStatus) })

function decodeMessage(fields: Reading, path: string): Item {
  const { take, rest } = fields
  const role = take('role', isRole) ?? 'user'
  return {
    type: 'message',
    ...base(fields),
    role,
    content: decodeContent(take('content', isGiven), `${path}.content`),
    ...known({ phase: take('phase', isPhase) }),
    ...decodeReplay(fields),
    ...extrasOf('responses', rest()),
  }
}

function decodeReasoning(fields: Reading): Item {
  const { take, rest } = fields
  const content = texts(take('content', isList))
  return {
    type: 'reasoning',
    ...base(fields),
    summary: texts(take('summary', isList)),
    ...(content.length > 0 && { content }),
    ...decodeReplay(fields),
    ...extrasOf('responses', rest()),
  }
}

/** Paragraphs of reasoning. Some servers send them as bare strings. */
const texts = (parts: readonly unknown[] | undefined): string[] =>
  (parts ?? []).map((part) => (isString(part) ? part : isRecord(part) && isString(part.text) ? part.text : ''))

function decodeCall(fields: Reading, kind: ToolKind, text: 'arguments' | 'input'): Item {
  const { take, rest } = fields
  const facts = base(fields)
  const [callId, name, namespace] = [take('call_id', isString), take('name', isString), take('namespace', isString)]
  const given = take(text, isGiven)
  return {
    type: 'tool-call',
    ...facts,
    kind,
    name: name ?? '',
    ...known({ namespace }),
    callId: callId ?? facts.id ?? '',
    arguments: verbatim(given),
    ...decodeReplay(fields),
    ...extrasOf('responses', rest()),
  }
}

function decodeResult(fields: Reading, kind: ToolKind, path: string): Item {
  const { take, rest } = fields
  const facts = base(fields)
  const callId = take('call_id', isString)
  if (callId === undefined)
    throw new GatewayError('missing_required_parameter', {
      param: `${path}.call_id`,
      message: `${path}.call_id must name the call that this output answers.`,
    })
  const output = take('output', isGiven)
  return {
    type: 'tool-result',
    ...facts,
    kind,
    callId,
    output: isList(output) ? decodeContent(output, `${path}.output`) : verbatim(output),
    ...extrasOf('responses', rest()),
  }
}

/** Text on the wire; some servers send the object itself. */
const verbatim = (value: unknown): string => (isString(value) ? value : value === undefined ? '' : JSON.stringify(value))
