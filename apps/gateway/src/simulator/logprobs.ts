import type { LogProb } from '@weir/contracts'
import type { Piece } from '../tokens/tokenizer.js'

const mostAlternatives = 20

/** Log probabilities in the right form for the tokens of a piece. They are made up: nothing was sampled. */
export function logprobsOf({ text, tokens }: Piece, alternatives: number): readonly LogProb[] {
  const characters = [...text]
  const edge = (place: number): number => Math.floor((place * characters.length) / tokens)
  return Array.from({ length: tokens }, (_, place) => {
    const token = characters.slice(edge(place), edge(place + 1)).join('')
    const chosen = { ...entry(token), logprob: -((token.length % 8) + 1) / 1024 }
    const others = Array.from({ length: Math.min(Math.max(0, alternatives - 1), mostAlternatives) }, (__, rank) => ({
      ...entry(`~${rank + 1}`),
      logprob: chosen.logprob - 4 - rank,
    }))
    return { ...chosen, top_logprobs: alternatives > 0 ? [chosen, ...others] : [] }
  })
}

const entry = (token: string): { token: string; bytes: number[] } => ({ token, bytes: [...Buffer.from(token)] })
