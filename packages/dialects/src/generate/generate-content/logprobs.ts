import type { generateContent as wire, LogProb } from '@weir/contracts'
import { isList, isNumber, isRecord, isString, known } from '../narrow.js'
import { fieldsOf, listOf } from './fields.js'

interface Chosen {
  readonly token: string
  readonly logprob: number
}

function tokenOf(candidate: unknown): Chosen {
  const { token, logProbability } = fieldsOf(candidate).rest
  // A probability of 1 has the logarithm 0, which is left out on the wire.
  return { token: isString(token) ? token : '', logprob: isNumber(logProbability) ? logProbability : 0 }
}

/** The probabilities of each token that was chosen, with its rivals. */
export function decodeLogprobs(result: unknown): LogProb[] | undefined {
  const { chosenCandidates, topCandidates } = fieldsOf(result).rest
  const chosen = listOf(chosenCandidates)
  if (chosen.length === 0) return undefined
  const rivals = listOf(topCandidates).map((top) => listOf(fieldsOf(top).rest.candidates).map(tokenOf))
  return chosen.map((candidate, index) => ({ ...tokenOf(candidate), top_logprobs: rivals[index] ?? [] }))
}

export function encodeLogprobs(logprobs: readonly LogProb[]): wire.LogprobsResult {
  return {
    chosenCandidates: logprobs.map(candidateOf),
    topCandidates: logprobs.map((chosen: unknown) => ({ candidates: rivalsOf(chosen).map(candidateOf) })),
  }
}

const rivalsOf = (chosen: unknown): readonly unknown[] =>
  isRecord(chosen) && isList(chosen.top_logprobs) ? chosen.top_logprobs : []

/** Other servers' probabilities are passed on as they came, and may be anything. */
function candidateOf(chosen: unknown): wire.LogprobsCandidate {
  const { token, logprob } = isRecord(chosen) ? chosen : {}
  return known({ token: isString(token) ? token : undefined, logProbability: isNumber(logprob) ? logprob : undefined })
}
