import type { completions, LogProb } from '@weir/contracts'
import type { Generation } from '../canonical/request.js'
import { isList, isNumber, isRecord, isString } from '../narrow.js'
import { promptOf } from './echo.js'

/** Writes the log probabilities of one choice, piece after piece. */
export type LogProbWriter = (logprobs: readonly LogProb[]) => completions.CompletionLogProbs

/** Offsets go on from piece to piece. They count characters, which UTF-16 writes in one unit or in two. */
export function logProbWriter(asked: Generation): LogProbWriter {
  const alternatives = (asked.sampling.topLogprobs ?? 0) > 0
  let offset = charactersIn(promptOf(asked))
  return (logprobs) => {
    const told: completions.CompletionLogProbs = {
      tokens: [],
      token_logprobs: [],
      top_logprobs: alternatives ? [] : null,
      text_offset: [],
    }
    for (const { token, logprob, top } of logprobs.map(read)) {
      told.tokens.push(token)
      told.token_logprobs.push(logprob)
      // The token itself is among them, whether or not it was likely.
      told.top_logprobs?.push(Object.fromEntries([...top, ...(logprob === null ? [] : [[token, logprob] as const])]))
      told.text_offset.push(offset)
      offset += charactersIn(token)
    }
    return told
  }
}

function charactersIn(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Nobody has checked what an upstream says of its tokens. */
function read(entry: unknown): { token: string; logprob: number | null; top: (readonly [string, number])[] } {
  const { token, logprob, top_logprobs: top } = isRecord(entry) ? entry : {}
  return {
    token: isString(token) ? token : '',
    logprob: isNumber(logprob) ? logprob : null,
    top: (isList(top) ? top : []).map(read).flatMap((other) => (other.logprob === null ? [] : [[other.token, other.logprob]])),
  }
}
