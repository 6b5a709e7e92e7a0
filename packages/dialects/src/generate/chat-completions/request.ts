import type { chat } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Encoded, Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { withKnownEffort } from './effort.js'
import { encodeFormat, decodeFormat } from './format.js'
import { decodeMessages } from './messages-decode.js'
import { encodeMessages } from './messages-encode.js'
import { isBoolean, isList, isNumber, isRecord, isString, known, taking } from '../narrow.js'
import { withExtras } from './with-extras.js'
import { placeOf } from './place-of.js'
import { decodeToolChoice, encodeToolChoice } from './tool-choice.js'
import { flattenTools } from '../tools/flatten.js'
import { withoutFields } from '../without-fields.js'
import { approximated } from '../losses.js'
import { decodeTool, encodeTools } from './tools-wire.js'

// Wire objects whose values are checked where they are used, not here.
const isNumbers = (value: unknown): value is Record<string, number> => isRecord(value)
const isStrings = (value: unknown): value is Record<string, string> => isRecord(value)
const isStop = (value: unknown): value is string | string[] => isString(value) || (isList(value) && value.every(isString))

/** A chat request as what is asked. Throws a `GatewayError` that names the field where messages cannot be understood. */
export function decodeRequest(wire: chat.ChatCompletionsRequest): Generation {
  const { take, rest } = taking(wire)
  const items = decodeMessages(take('messages', isList))
  const stop = take('stop', isStop)
  const maxOutputTokens = take('max_completion_tokens', isNumber) ?? take('max_tokens', isNumber)
  if (rest.max_tokens === maxOutputTokens) delete rest.max_tokens
  const sampling = known({
    temperature: take('temperature', isNumber),
    topP: take('top_p', isNumber),
    maxOutputTokens,
    stop: isString(stop) ? [stop] : stop,
    seed: take('seed', isNumber),
    presencePenalty: take('presence_penalty', isNumber),
    frequencyPenalty: take('frequency_penalty', isNumber),
    logitBias: take('logit_bias', isNumbers),
    logprobs: take('logprobs', isBoolean),
    topLogprobs: take('top_logprobs', isNumber),
    choices: take('n', isNumber),
  })

  const { format, rest: formatRest } = decodeFormat(take('response_format', isRecord))
  if (formatRest) rest.response_format = formatRest
  const streamed = taking(take('stream_options', isRecord) ?? {})
  const streamOptions = known({
    includeUsage: streamed.take('include_usage', isBoolean),
    includeObfuscation: streamed.take('include_obfuscation', isBoolean),
  })
  if (Object.keys(streamed.rest).length > 0) rest.stream_options = streamed.rest
  const effort = take('reasoning_effort', isString)
  const choice = decodeToolChoice(rest.tool_choice)
  if (choice) delete rest.tool_choice

  return {
    model: take('model', isString) ?? '',
    items,
    sampling,
    stream: take('stream', isBoolean) ?? false,
    state: known({ store: take('store', isBoolean), metadata: take('metadata', isStrings) }),
    ...known({
      tools: take('tools', isList)?.map(decodeTool),
      toolChoice: choice,
      parallelToolCalls: take('parallel_tool_calls', isBoolean),
      format,
      verbosity: take('verbosity', isString),
      reasoning: effort === undefined ? undefined : { effort },
      streamOptions: Object.keys(streamOptions).length > 0 ? streamOptions : undefined,
      serviceTier: take('service_tier', isString),
      promptCacheKey: take('prompt_cache_key', isString),
      safetyIdentifier: take('safety_identifier', isString),
      user: take('user', isString),
    }),
    ...extrasOf('chat-completions', rest),
  }
}

/** What is asked as a chat request for this target, with every loss. The gateway's own `state` is never one. */
export function encodeRequest(canonical: Generation, target: Target): Encoded<chat.ChatCompletionsRequest> {
  const losses: Loss[] = []
  const { sampling, reasoning, state } = canonical
  const quirks = target.quirks ?? {}
  const flat = flattenTools(canonical, { customTools: quirks.customTools === true }, losses)
  const messages = encodeMessages(canonical, target, flat, losses)
  const { tools, choice } = encodeToolChoice(canonical.toolChoice, encodeTools(flat.tools, quirks, losses), flat, quirks, losses)

  const wanted = canonical.include ?? []
  const logprobs =
    sampling.logprobs ?? (wanted.includes('message.output_text.logprobs') || (sampling.topLogprobs ?? 0) > 0 || undefined)
  const body: chat.ChatCompletionsRequest = {
    model: target.model,
    messages,
    ...known({
      temperature: sampling.temperature,
      top_p: sampling.topP,
      [quirks.legacyMaxTokens ? 'max_tokens' : 'max_completion_tokens']: sampling.maxOutputTokens,
      stop: sampling.stop && [...sampling.stop],
      seed: sampling.seed,
      presence_penalty: sampling.presencePenalty,
      frequency_penalty: sampling.frequencyPenalty,
      logit_bias: sampling.logitBias && { ...sampling.logitBias },
      logprobs,
      top_logprobs: logprobs ? sampling.topLogprobs : undefined,
      n: sampling.choices,
      response_format: canonical.format && encodeFormat(canonical.format),
      reasoning_effort: reasoning?.effort,
      // A server may know more degrees than OpenAI's three.
      verbosity: canonical.verbosity as chat.ChatCompletionsRequest['verbosity'],
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: choice,
      // An error on OpenAI's server where there are no tools, and without meaning.
      parallel_tool_calls: tools.length > 0 ? canonical.parallelToolCalls : undefined,
      service_tier: canonical.serviceTier,
      prompt_cache_key: canonical.promptCacheKey,
      safety_identifier: canonical.safetyIdentifier,
      user: canonical.user,
      store: state.store,
      metadata: state.metadata && { ...state.metadata },
    }),
    stream: canonical.stream,
  }
  // Without it a stream says nothing of its cost.
  if (canonical.stream && !quirks.noStreamUsage)
    body.stream_options = { include_usage: true, ...known({ include_obfuscation: canonical.streamOptions?.includeObfuscation }) }

  unsaid(canonical, tools, losses)
  const extras = ownExtras('chat-completions', canonical.extras, '', losses)
  return {
    body: withoutRejected(
      withExtras(
        withKnownEffort(body, target, losses),
        withExtras({ ...extras }, ownExtras('chat-completions', reasoning?.extras, 'reasoning', losses)),
      ),
      target,
      losses,
    ),
    losses,
    ...(flat.names.size > 0 && { names: flat.names }),
  }
}

/** What chat has no word for. */
function unsaid(canonical: Generation, tools: readonly chat.ChatTool[], losses: Loss[]): void {
  const drop = (path: string, reason: string): void => void losses.push({ path, disposition: 'dropped', reason })
  if (canonical.sampling.topK !== undefined) drop('sampling.topK', 'Chat has no top_k.')
  if (canonical.truncation === 'auto') drop('truncation', 'Chat does not shorten a conversation.')
  if (canonical.maxToolCalls !== undefined) {
    if (tools.some(({ type }) => type !== 'function' && type !== 'custom'))
      drop('maxToolCalls', 'Chat does not count the calls of hosted tools.')
    // The limit is on what the provider runs.
    else losses.push(approximated('maxToolCalls', 'The server is given no tool that would count.'))
  }
  if (canonical.reasoning?.summary !== undefined) drop('reasoning.summary', 'Chat gives no summaries of reasoning.')
  for (const [index, part] of (canonical.include ?? []).entries())
    if (part !== 'message.output_text.logprobs') drop(`include[${index}]`, `Chat cannot include ${part}.`)
}

/** The body without the parameters that this server rejects, each of them a declared loss. */
export function withoutRejected(body: chat.ChatCompletionsRequest, target: Target, losses: Loss[]): chat.ChatCompletionsRequest {
  const { rejects = [], noStreamUsage } = target.quirks ?? {}
  const all = noStreamUsage ? [...rejects, 'stream_options'] : rejects
  return withoutFields(body, all, (field) => [placeOf(field)], losses)
}
