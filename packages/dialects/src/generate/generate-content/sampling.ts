import type { generateContent as wire } from '@weir/contracts'
import type { Loss } from '../canonical/loss.js'
import type { Generation, Sampling } from '../canonical/request.js'
import { isBoolean, isNumber, isStrings, known, type Taking } from '../narrow.js'
import { dropped } from '../losses.js'

/** As many words that end an answer as the server takes. */
const mostStops = 5

export function takeSampling({ take }: Taking): Sampling {
  return known({
    temperature: take('temperature', isNumber),
    topP: take('topP', isNumber),
    topK: take('topK', isNumber),
    maxOutputTokens: take('maxOutputTokens', isNumber),
    stop: take('stopSequences', isStrings),
    seed: take('seed', isNumber),
    presencePenalty: take('presencePenalty', isNumber),
    frequencyPenalty: take('frequencyPenalty', isNumber),
    logprobs: take('responseLogprobs', isBoolean),
    topLogprobs: take('logprobs', isNumber),
    choices: take('candidateCount', isNumber),
  })
}

export function encodeSampling({ sampling, include }: Generation, losses: Loss[]): wire.GenerationConfig {
  const { stop, topLogprobs = 0 } = sampling
  const logprobs = sampling.logprobs ?? (include?.includes('message.output_text.logprobs') || topLogprobs > 0 || undefined)
  if (sampling.logitBias) losses.push(dropped('sampling.logitBias', 'Gemini cannot favour single tokens.'))
  for (let index = mostStops; index < (stop?.length ?? 0); index++)
    losses.push(dropped(`sampling.stop[${index}]`, `Gemini takes ${mostStops} words that end an answer.`))
  return known({
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    maxOutputTokens: sampling.maxOutputTokens,
    stopSequences: stop?.slice(0, mostStops),
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    responseLogprobs: logprobs,
    logprobs: logprobs === true ? sampling.topLogprobs : undefined,
    candidateCount: sampling.choices,
  })
}
