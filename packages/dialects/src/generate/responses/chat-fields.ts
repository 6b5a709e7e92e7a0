import type { responses } from '@weir/contracts'
import { isBoolean, isList, isNumber, isRecord, isString, known, type Loose } from '../narrow.js'

const logprobsOfText = 'message.output_text.logprobs'

/**
 * The chat fields that a widely used gateway documents on /responses, in Responses' own words: `messages` where `input` is absent,
 * `max_tokens`, chat-shaped tools and tool choice, `logprobs` as a boolean or as a number of alternatives, `n: 1`. What
 * Responses has no word for (`stop`, the penalties, `logit_bias`, `n` above 1) stays as it is. Gives the very same object where
 * nothing applies, and is idempotent: the gateway calls it at ingress and `request.decode` calls it again.
 */
export function normalize(wire: responses.ResponsesRequest): responses.ResponsesRequest {
  const messages = wire.input == null && isList(wire.messages) ? wire.messages : undefined
  const tools = isList(wire.tools) && wire.tools.some(isChatShaped) ? wire.tools.map(flat) : undefined
  const choice = isChatShaped(wire.tool_choice) ? flat(wire.tool_choice) : undefined
  if (!messages && !tools && !choice && wire.max_tokens == null && wire.logprobs == null && wire.n !== 1) return wire

  const body: responses.ResponsesRequest = { ...wire }
  if (messages) {
    body.input = inputOf(messages)
    delete body.messages
  }
  // Flattened just now: the shape is Responses' as far as the caller's was chat's.
  if (tools) body.tools = tools as responses.Tool[]
  if (choice) body.tool_choice = choice as responses.ToolChoice
  if (isNumber(wire.max_tokens)) {
    body.max_output_tokens ??= wire.max_tokens
    delete body.max_tokens
  }
  if (isBoolean(wire.logprobs) || isNumber(wire.logprobs)) {
    if (wire.logprobs !== false) body.include = [...new Set([...(isList(wire.include) ? wire.include : []), logprobsOfText])]
    if (isNumber(wire.logprobs)) body.top_logprobs ??= wire.logprobs
    delete body.logprobs
  }
  if (wire.n === 1) delete body.n
  return body
}

const nests = ['function', 'custom', 'allowed_tools'] as const

function isChatShaped(value: unknown): boolean {
  return isRecord(value) && nests.some((nest) => isRecord(value[nest]))
}

/** `{ type, function: { name, … } }` as `{ type, name, … }`; a grammar's and an allowed list's own nests likewise. */
function flat(value: unknown): unknown {
  if (!isRecord(value)) return value
  const nest = nests.find((each) => isRecord(value[each]))
  if (nest === undefined) return value
  const { [nest]: inner, ...outer } = value
  const fields: Loose = { ...outer, type: nest, ...(isRecord(inner) ? inner : {}) }
  if (isList(fields.tools)) fields.tools = fields.tools.map(flat)
  const { format } = fields
  if (isRecord(format) && isRecord(format.grammar)) {
    const { grammar, ...rest } = format
    fields.format = { ...rest, ...grammar }
  }
  return fields
}

function inputOf(messages: readonly unknown[]): responses.InputItem[] {
  // A result is of its call's kind, which the chat wire does not repeat.
  const customCalls = new Set<unknown>()
  return messages.flatMap((message) => {
    if (!isRecord(message)) return [message as responses.InputItem]
    const items = itemsOf(message, customCalls)
    for (const item of items) if (item.type === 'custom_tool_call') customCalls.add(item.call_id)
    // Built field by field from a chat message; decoding checks what the caller filled in.
    return items as unknown as responses.InputItem[]
  })
}

/** What an item is follows from the role alone: a `type` that a message brings along does not make it another item. */
function itemsOf(message: Loose, customCalls: ReadonlySet<unknown>): Loose[] {
  const { role, content, type: _, ...rest } = message
  switch (role) {
    case 'assistant':
      return assistantItems(content, rest)
    case 'tool': {
      const { tool_call_id: callId, ...more } = rest
      const type = customCalls.has(callId) ? 'custom_tool_call_output' : 'function_call_output'
      return [{ type, ...more, call_id: callId, output: contentOf(content, 'input_text') }]
    }
    case 'function': {
      // The legacy form has no ids: a call and its result pair by name.
      const { name, ...more } = rest
      return [{ type: 'function_call_output', ...more, call_id: name, output: content ?? '' }]
    }
    default:
      return [{ type: 'message', ...rest, role, content: contentOf(content, 'input_text') }]
  }
}

function assistantItems(content: unknown, fields: Loose): Loose[] {
  const { reasoning_content, reasoning, refusal, tool_calls, function_call: legacy, ...rest } = fields
  const items: Loose[] = []
  const thought = reasoning_content ?? reasoning
  if (isString(thought) && thought !== '')
    items.push({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: thought }] })
  const calls = isList(tool_calls) ? tool_calls.map(callOf) : []
  if (isRecord(legacy))
    calls.push({ type: 'function_call', call_id: legacy.name, name: legacy.name, arguments: legacy.arguments })
  const parts = contentOf(content, 'output_text')
  if (isString(refusal)) {
    const said = isList(parts) ? parts : parts === '' ? [] : [{ type: 'output_text', text: parts }]
    items.push({ type: 'message', ...rest, role: 'assistant', content: [...said, { type: 'refusal', refusal }] })
  } else if (parts !== '' || calls.length === 0) items.push({ type: 'message', ...rest, role: 'assistant', content: parts })
  return [...items, ...calls]
}

function callOf(call: unknown): Loose {
  if (!isRecord(call)) return { type: 'function_call', wire: call }
  const { id, type: _, function: called, custom, ...rest } = call
  const inner = isRecord(custom) ? custom : isRecord(called) ? called : {}
  return { ...rest, ...inner, type: isRecord(custom) ? 'custom_tool_call' : 'function_call', call_id: id }
}

function contentOf(content: unknown, text: 'input_text' | 'output_text'): unknown {
  if (content === null || content === undefined) return ''
  return isList(content) ? content.map((part) => partOf(part, text)) : content
}

function partOf(part: unknown, as: 'input_text' | 'output_text'): unknown {
  if (!isRecord(part)) return part
  const { type, image_url: image, file, ...rest } = part
  if (type === 'text') return { ...rest, type: as }
  if (type === 'image_url' && isRecord(image))
    return { ...rest, type: 'input_image', ...known({ image_url: image.url, detail: image.detail }) }
  if (type === 'image_url') return { ...rest, type: 'input_image', image_url: image }
  if (type === 'file' && isRecord(file)) return { ...rest, type: 'input_file', ...file }
  return part
}
