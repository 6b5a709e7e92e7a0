import type { LogProb } from '@weir/contracts'
import type { Piece, Tokenizer } from './tokenizer.js'

/** Log probabilities in the right form for the tokens of a piece. They are made up: nothing was sampled. */
export function logprobsOf(piece: Piece, alternatives: number, tokenizer: Tokenizer): readonly LogProb[] {
  return piece.tokens.map((number) => {
    const chosen = { ...entry(tokenizer.decode([number])), logprob: -((number % 64) + 1) / 1024 }
    const others = Array.from({ length: Math.max(0, alternatives - 1) }, (_, place) => ({
      ...entry(`~${place + 1}`),
      logprob: chosen.logprob - 4 - place,
    }))
    return { ...chosen, top_logprobs: alternatives > 0 ? [chosen, ...others] : [] }
  })
}

const entry = (token: string): { token: string; bytes: number[] } => ({ token, bytes: [...Buffer.from(token)] })
