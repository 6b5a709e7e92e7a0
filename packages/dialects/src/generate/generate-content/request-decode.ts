import type { generateContent as wire } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { MessageItem } from '../canonical/item.js'
import type { Generation } from '../canonical/request.js'
import { isBoolean, isGiven, isRecord, isString, known, leave } from '../narrow.js'
import { decodeContents } from './contents-decode.js'
import { fieldsOf, isFilled, listOf } from './fields.js'
import { takeFormat } from './format.js'
import { decodePart } from './parts.js'
import { takeSampling } from './sampling.js'
import { decodeThinking } from './thinking.js'
import { decodeToolChoice } from './tool-choice.js'
import { decodeTools } from './tools.js'

/**
 * A generateContent request as what is asked. Null is absent, names in snake_case are as good as Google's own, and fields of an unknown
 * name or an unexpected type survive as extras. Throws a `GatewayError` that names the content that cannot be understood.
 */
export function decodeRequest(request: wire.GenerateContentRequest): Generation {
  const { take, rest } = fieldsOf(request)
  const system = decodeSystem(take('systemInstruction', isGiven))
  const config = fieldsOf(take('generationConfig', isRecord))
  const toolConfig = fieldsOf(take('toolConfig', isRecord))
  const { choice, rest: calling } = decodeToolChoice(toolConfig.take('functionCallingConfig', isRecord))
  if (isFilled(calling)) toolConfig.rest.functionCallingConfig = calling
  const tools = take('tools', isGiven)
  const reasoning = decodeThinking(config.take('thinkingConfig', isRecord))
  const tier = take('serviceTier', isString)
  const sampling = takeSampling(config)
  const format = takeFormat(config)
  leave(rest, 'generationConfig', config.rest)
  leave(rest, 'toolConfig', toolConfig.rest)
  const contents = take('contents', isGiven)
  return {
    model: take('model', isString) ?? '',
    items: [...(system.message ? [system.message] : []), ...decodeContents(contents, system.message ? 1 : 0)],
    ...known({
      instructions: system.instructions,
      tools: tools === undefined ? undefined : decodeTools(tools),
      toolChoice: choice,
      format,
      reasoning,
      serviceTier: tier === 'standard' ? 'default' : tier,
    }),
    sampling,
    stream: take('stream', isBoolean) ?? false,
    state: known({ store: take('store', isBoolean) }),
    ...extrasOf('generate-content', rest),
  }
}

/** One bare text is the instructions; anything more is a message in front of the conversation. */
function decodeSystem(wire: unknown): { instructions?: string; message?: MessageItem } {
  if (isString(wire)) return { instructions: wire }
  const parts = listOf(fieldsOf(wire).take('parts', isGiven)).map(decodePart)
  const [first] = parts
  if (!first) return {}
  if (parts.length === 1 && first.type === 'text' && !first.extras) return { instructions: first.text }
  return { message: { type: 'message', role: 'system', turn: 0, content: parts } }
}
