import { GatewayError, type responses } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { Format, Generation, Reasoning, Sampling, State } from '../canonical/request.js'
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
  type Taking,
} from '../narrow.js'
import { takeSchemaFormat } from '../openai-format.js'
import { normalize } from './chat-fields.js'
import { decodeItems } from './items-decode.js'
import { decodeToolChoice } from './tool-choice.js'
import { decodeTools } from './tools.js'

const isTruncation = isOneOf('auto', 'disabled')
const isNumbers = (value: unknown): value is Record<string, number> => isRecord(value) && Object.values(value).every(isNumber)
const isTexts = (value: unknown): value is Record<string, string> => isRecord(value) && Object.values(value).every(isString)

/**
 * The body of POST /responses as a canonical request. Null is absent; fields of an unknown name or an unexpected type survive as
 * extras. Throws a `GatewayError` that names the field where the input cannot be understood at all.
 */
export function decodeRequest(wire: responses.ResponsesRequest): Generation {
  const fields = taking(normalize(wire))
  const { take, rest } = fields
  const text = takeText(fields)
  const includeObfuscation = takeObfuscation(fields)
  const include = take('include', isStrings)
  const tools = take('tools', isList)
  const toolChoice = decodeToolChoice(take('tool_choice', isGiven))
  const reasoning = decodeReasoning(take('reasoning', isRecord))
  return {
    model: take('model', isString) ?? '',
    items: decodeInput(take('input', isGiven)),
    ...known({
      instructions: take('instructions', isString),
      tools: tools && decodeTools(tools, 'tools'),
      toolChoice,
      parallelToolCalls: take('parallel_tool_calls', isBoolean),
      maxToolCalls: take('max_tool_calls', isNumber),
    }),
    sampling: takeSampling(fields, include),
    ...text,
    ...known({ reasoning }),
    stream: take('stream', isBoolean) ?? false,
    ...(includeObfuscation !== undefined && { streamOptions: { includeObfuscation } }),
    ...known({
      include,
      serviceTier: take('service_tier', isString),
      promptCacheKey: take('prompt_cache_key', isString),
      safetyIdentifier: take('safety_identifier', isString),
      user: take('user', isString),
      truncation: take('truncation', isTruncation),
    }),
    state: takeState(fields),
    ...extrasOf('responses', rest),
  }
}

function decodeInput(input: unknown): readonly Item[] {
  if (input === undefined) return []
  if (isString(input)) return [{ type: 'message', turn: 0, role: 'user', content: [{ type: 'text', text: input }] }]
  if (isList(input)) return decodeItems(input, 'input')
  throw new GatewayError('invalid_value', { param: 'input', message: 'input must be a string or a list of items.' })
}

function takeSampling({ take }: Taking, include: readonly string[] | undefined): Sampling {
  const stop = take('stop', (value): value is string | string[] => isString(value) || isStrings(value))
  return known({
    temperature: take('temperature', isNumber),
    topP: take('top_p', isNumber),
    maxOutputTokens: take('max_output_tokens', isNumber),
    stop: isString(stop) ? [stop] : stop,
    seed: take('seed', isNumber),
    presencePenalty: take('presence_penalty', isNumber),
    frequencyPenalty: take('frequency_penalty', isNumber),
    logitBias: take('logit_bias', isNumbers),
    logprobs: include?.includes('message.output_text.logprobs') ? true : undefined,
    topLogprobs: take('top_logprobs', isNumber),
    choices: take('n', isNumber),
  })
}

function takeState({ take }: Taking): State {
  const conversation = take('conversation', (value): value is string | { id: string } => isString(value) || hasOnlyId(value))
  return known({
    store: take('store', isBoolean),
    background: take('background', isBoolean),
    previousResponseId: take('previous_response_id', isString),
    conversation: isString(conversation) ? conversation : conversation?.id,
    metadata: take('metadata', isTexts),
  })
}

const hasOnlyId = (value: unknown): value is { id: string } =>
  isRecord(value) && isString(value.id) && Object.keys(value).length === 1

/** Format and verbosity; what else `text` holds stays under that name among the extras. */
function takeText({ take, rest }: Taking): { format?: Format; verbosity?: string } {
  const given = take('text', isRecord)
  if (!given) return {}
  const inner = taking(given)
  const verbosity = inner.take('verbosity', isString)
  const format = takeFormat(inner)
  leave(rest, 'text', inner.rest)
  return known({ format, verbosity })
}

function takeFormat({ take, rest }: Taking): Format | undefined {
  const given = take('format', isRecord)
  if (!given) return undefined
  const inner = taking(given)
  const type = inner.take('type', isString)
  const format = formatOf(type, inner)
  // A format that is not understood is kept whole.
  leave(rest, 'format', format ? inner.rest : given)
  return format
}

function formatOf(type: string | undefined, fields: Taking): Format | undefined {
  if (type === 'text') return { type }
  if (type === 'json_object') return { type: 'json' }
  return type === 'json_schema' ? takeSchemaFormat(fields, fields.take('name', isString) ?? 'answer') : undefined
}

function takeObfuscation({ take, rest }: Taking): boolean | undefined {
  const given = take('stream_options', isRecord)
  if (!given) return undefined
  const inner = taking(given)
  const includeObfuscation = inner.take('include_obfuscation', isBoolean)
  leave(rest, 'stream_options', inner.rest)
  return includeObfuscation
}

function decodeReasoning(given: Loose | undefined): Reasoning | undefined {
  if (!given) return undefined
  const { take, rest } = taking(given)
  return { ...known({ effort: take('effort', isString), summary: take('summary', isString) }), ...extrasOf('responses', rest) }
}
