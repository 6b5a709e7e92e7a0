import type { messages } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Format, Generation } from '../canonical/request.js'
import {
  isBoolean,
  isGiven,
  isList,
  isNumber,
  isOneOf,
  isRecord,
  isString,
  isStrings,
  known,
  leave,
  taking,
  type Loose,
} from '../narrow.js'
import { takeMark } from './cache-control.js'
import { decodeMessages, decodeSystem } from './messages-decode.js'
import { decodeThinking, hasTwoEfforts } from './thinking.js'
import { decodeToolChoice } from './tool-choice.js'
import { decodeTool } from './tools-wire.js'

/** The one tier that other dialects have too: any other stays this dialect's own. */
const isTier = isOneOf('auto')

/** The body of POST /messages as what is asked. Throws a `GatewayError` that names the field where messages cannot be understood. */
export function decodeRequest(wire: messages.MessagesRequest): Generation {
  const fields = taking(wire)
  const { take, rest } = fields
  const system = take('system', isGiven)
  const leading = isList(system) ? decodeSystem(system) : []
  const items = [...leading, ...decodeMessages(take('messages', isList), leading.length)]
  const maxOutputTokens = take('max_tokens', isNumber)
  const choice = decodeToolChoice(take('tool_choice', isRecord))
  if (choice.rest) rest.tool_choice = choice.rest
  const thinking = take('thinking', isRecord)
  const output = takeOutput(take('output_config', isRecord), thinking, rest)
  const who = taking(take('metadata', isRecord) ?? {})
  const safetyIdentifier = who.take('user_id', isString)
  leave(rest, 'metadata', who.rest)

  return {
    model: take('model', isString) ?? '',
    items,
    ...known({
      instructions: isString(system) ? system : undefined,
      tools: take('tools', isList)?.map(decodeTool),
      toolChoice: choice.toolChoice,
      parallelToolCalls: choice.parallelToolCalls,
      format: output.format,
      reasoning: decodeThinking(thinking, output.effort, maxOutputTokens),
      serviceTier: take('service_tier', isTier),
      safetyIdentifier,
    }),
    sampling: known({
      temperature: take('temperature', isNumber),
      topP: take('top_p', isNumber),
      topK: take('top_k', isNumber),
      maxOutputTokens,
      stop: take('stop_sequences', isStrings),
    }),
    stream: take('stream', isBoolean) ?? false,
    state: known({ store: take('store', isBoolean) }),
    ...takeMark(fields),
    ...extrasOf('messages', rest),
  }
}

function takeOutput(given: Loose | undefined, thinking: Loose | undefined, rest: Loose): { effort?: string; format?: Format } {
  if (!given) return {}
  const { take, rest: left } = taking(given)
  const effort = take('effort', isString)
  if (effort !== undefined && hasTwoEfforts(thinking)) left.effort = effort
  const { format, rest: ofFormat } = formatOf(take('format', isRecord))
  leave(left, 'format', ofFormat)
  leave(rest, 'output_config', left)
  return known({ effort, format })
}

/** Other dialects want a name for a schema, and this one has none. */
const nameless = 'answer'

function formatOf(wire: Loose | undefined): { format?: Format; rest: Loose } {
  const { take, rest } = taking(wire ?? {})
  if (rest.type !== 'json_schema') return { rest }
  const schema = take('schema', isRecord) ?? {}
  delete rest.type
  return { format: { type: 'json-schema', name: nameless, schema, strict: true }, rest }
}
