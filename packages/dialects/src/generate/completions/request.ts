import { GatewayError, type completions } from '@weir/contracts'
import { extrasOf } from '../canonical/extras.js'
import type { Generation } from '../canonical/request.js'
import { isBoolean, isList, isNumber, isRecord, isString, isStrings, known, taking } from '../narrow.js'

// A wire object whose values are checked where they are used, not here.
const isNumbers = (value: unknown): value is Record<string, number> => isRecord(value)
const isMetadata = (value: unknown): value is Record<string, string> => isRecord(value)
const isStop = (value: unknown): value is string | string[] => isString(value) || isStrings(value)

/**
 * The request with its prompt as the one text that it is. Throws 400 `unsupported_parameter` naming the field for what a model that
 * answers what is said to it cannot do: several prompts, tokens by number, a suffix, and log probabilities of an echo.
 */
export function answerable(wire: completions.CompletionsRequest): completions.CompletionsRequest & { prompt: string } {
  if (wire.suffix != null && wire.suffix !== '')
    throw unsupported('suffix', 'No model here writes what stands between two texts. Send the prompt alone.')
  if (wire.echo === true && wire.logprobs != null)
    throw unsupported('echo', 'A model tells the log probabilities of its own words alone. Send echo or logprobs, not both.')
  return { ...wire, prompt: onePrompt(wire.prompt) }
}

function onePrompt(prompt: unknown): string {
  if (isString(prompt)) return prompt
  const list = isList(prompt) ? prompt : []
  if (list.some((each) => !isString(each)))
    throw unsupported('prompt', 'Expected a text: numbers of tokens mean something to one model and to no other.')
  const [first] = list
  if (isString(first) && list.length === 1) return first
  throw unsupported('prompt', `Expected one text, but got ${list.length}. Send a request for each.`)
}

const unsupported = (param: string, why: string): GatewayError =>
  new GatewayError('unsupported_parameter', { message: `${param}: ${why}`, param })

/** The body of POST /completions as what is asked: the prompt is what a user says. Throws what `answerable` throws. */
export function decodeRequest(wire: completions.CompletionsRequest): Generation {
  const { take, rest } = taking(answerable(wire))
  const text = take('prompt', isString) ?? ''
  take('suffix', isString)
  const stop = take('stop', isStop)
  const alternatives = take('logprobs', isNumber)
  const choices = take('n', isNumber)
  // The best of as many as are shown are all of them.
  if (isNumber(rest.best_of) && rest.best_of <= (choices ?? 1)) delete rest.best_of
  const streamed = taking(take('stream_options', isRecord) ?? {})
  const streamOptions = known({
    includeUsage: streamed.take('include_usage', isBoolean),
    includeObfuscation: streamed.take('include_obfuscation', isBoolean),
  })
  if (Object.keys(streamed.rest).length > 0) rest.stream_options = streamed.rest

  return {
    model: take('model', isString) ?? '',
    items: [{ type: 'message', role: 'user', turn: 0, content: [{ type: 'text', text }] }],
    sampling: known({
      temperature: take('temperature', isNumber),
      topP: take('top_p', isNumber),
      maxOutputTokens: take('max_tokens', isNumber),
      stop: isString(stop) ? [stop] : stop,
      seed: take('seed', isNumber),
      presencePenalty: take('presence_penalty', isNumber),
      frequencyPenalty: take('frequency_penalty', isNumber),
      logitBias: take('logit_bias', isNumbers),
      logprobs: alternatives === undefined ? undefined : true,
      // None is what is told without asking.
      topLogprobs: alternatives === 0 ? undefined : alternatives,
      choices,
    }),
    stream: take('stream', isBoolean) ?? false,
    state: known({
      store: take('store', isBoolean),
      metadata: take('metadata', isMetadata),
      echo: take('echo', isBoolean) || undefined,
    }),
    ...known({
      streamOptions: Object.keys(streamOptions).length > 0 ? streamOptions : undefined,
      user: take('user', isString),
    }),
    ...extrasOf('completions', rest),
  }
}
