import { ownExtras } from '../canonical/extras.js'
import type { responses } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Format, Generation } from '../canonical/request.js'
import { known, overlay, type Loose } from '../narrow.js'
import { encodeOpenAiFormat } from '../openai-format.js'
import { encodeItems } from './items-encode.js'
import { dropped } from '../losses.js'
import { dropMessages, parameters, reject } from './parameters.js'
import { encodeToolChoice } from './tool-choice.js'
import { encodeTools } from './tools.js'

const logprobsOfText = 'message.output_text.logprobs'

/** A canonical request as the body of POST /responses, and what this target could not be told. State is written as given. */
export function encodeRequest(asked: Generation, target: Target): Encoded<responses.ResponsesRequest> {
  const losses: Loss[] = []
  const body: Loose = { model: target.model }
  if (asked.items.length > 0) body.input = encodeItems(asked.items, target, losses)
  if (asked.tools) body.tools = encodeTools(asked.tools, losses)
  const choice = asked.toolChoice && encodeToolChoice(asked.toolChoice, losses)
  if (choice !== undefined) body.tool_choice = choice
  for (const { wire, path, read, chat } of parameters) {
    const value = read(asked)
    if (value === undefined) continue
    if (chat === true && !target.quirks?.accepts?.includes(wire)) losses.push(dropped(path, `Responses has no ${wire}.`))
    else body[wire] = value
  }
  addText(body, asked)
  addReasoning(body, asked, losses)
  addInclude(body, asked)
  body.stream = asked.stream
  if (asked.streamOptions?.includeObfuscation !== undefined)
    body.stream_options = { include_obfuscation: asked.streamOptions.includeObfuscation }
  const extras = ownExtras('responses', asked.extras, '', losses)
  const whole = extras ? overlay(extras, body) : body
  dropMessages(whole, losses)
  reject(whole, target, losses)
  // Written field by field above, in the form of this wire.
  return { body: whole as unknown as responses.ResponsesRequest, losses }
}

function addText(body: Loose, { format, verbosity }: Generation): void {
  if (format !== undefined || verbosity !== undefined) body.text = encodeText(format, verbosity)
}

/** Format and verbosity under `text`, for a request and for the echo of it in an answer. */
export function encodeText(format: Format | undefined, verbosity: string | undefined): responses.TextOptions {
  return {
    ...(format && { format: encodeOpenAiFormat(format, (facts) => facts) }),
    // OpenAI's words, and whatever words come after them.
    ...(verbosity !== undefined && { verbosity: verbosity as 'low' | 'medium' | 'high' }),
  }
}

function addReasoning(body: Loose, { reasoning }: Generation, losses: Loss[]): void {
  if (!reasoning) return
  const extras = ownExtras('responses', reasoning.extras, 'reasoning', losses)
  body.reasoning = { ...extras, ...known({ effort: reasoning.effort, summary: reasoning.summary }) }
}

function addInclude(body: Loose, { include, sampling }: Generation): void {
  if (sampling.logprobs === true && !include?.includes(logprobsOfText)) body.include = [...(include ?? []), logprobsOfText]
  else if (include) body.include = include
}
