import { setImmediate as nextTurn } from 'node:timers/promises'
import { documentText, type Reranked, type Reranking } from '@weir/dialects'
import { countTexts } from '../tokens/count.js'
import type { Tokenizer } from '../tokens/tokenizer.js'
import { wordsOf } from './words.js'

// The usual constants of BM25: how soon more of the same word stops to count, and how much a long document is held against it.
const saturation = 1.2
const lengthWeight = 0.75

/** Documents that are read at a stretch: many of them must not hold up their neighbours. */
const stretch = 64

/** BM25: how often the words of the query stand in a document, and how rare they are among all of them. It knows no meaning. */
export async function reranker({ query, documents, top = Infinity }: Reranking, tokenizer: Tokenizer): Promise<Reranked> {
  const counted: { readonly length: number; readonly counts: ReadonlyMap<string, number> }[] = []
  const texts = documents.map(documentText)
  const asked = new Set(wordsOf(query))
  for (const [place, text] of texts.entries()) {
    if (place % stretch === stretch - 1) await nextTurn()
    const words = wordsOf(text)
    const counts = new Map<string, number>()
    for (const word of words) if (asked.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
    counted.push({ length: words.length, counts })
  }
  const average = counted.reduce((sum, { length }) => sum + length, 0) / counted.length || 1
  const rarity = new Map([...asked].map((word) => [word, rarityOf(counted.filter(({ counts }) => counts.has(word)).length)]))
  const results = counted.map(({ length, counts }, index) => {
    let score = 0
    for (const [word, count] of counts)
      score +=
        ((rarity.get(word) ?? 0) * count * (saturation + 1)) /
        (count + saturation * (1 - lengthWeight + (lengthWeight * length) / average))
    // Between 0 and 1, as callers expect of a relevance.
    return { index, score: score / (score + 1) }
  })
  const usage = { input: await countTexts([query, ...texts], tokenizer), cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  return { results: results.toSorted((one, other) => other.score - one.score).slice(0, top), usage }

  function rarityOf(holding: number): number {
    return Math.log(1 + (counted.length - holding + 0.5) / (holding + 0.5))
  }
}
