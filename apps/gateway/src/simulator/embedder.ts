import { setImmediate as nextTurn } from 'node:timers/promises'
import { GatewayError } from '@weir/contracts'
import type { Embedded, Embedding, EmbedInput } from '@weir/dialects'
import { countTexts } from '../tokens/count.js'
import type { Tokenizer } from '../tokens/tokenizer.js'
import { wordsOf } from './words.js'

const defaultDimensions = 256
const mostDimensions = 4096

/** Characters that are read at a stretch: a long text must not hold up its neighbours. */
const stretch = 64 * 1024

/**
 * Hashed n-grams: each word and each three characters of a text push one number of its vector up or down. Texts that share words lie near
 * each other, and the same text lies always in the same place. It knows no meaning.
 */
export async function embedder({ input, dimensions = defaultDimensions }: Embedding, tokenizer: Tokenizer): Promise<Embedded> {
  if (dimensions > mostDimensions)
    throw new GatewayError('invalid_value', {
      message: `dimensions: the simulator makes at most ${mostDimensions} numbers.`,
      param: 'dimensions',
    })
  const vectors: { numbers: number[] }[] = []
  let tokens = 0
  for (const each of input) {
    vectors.push({ numbers: await vectorOf(each, dimensions) })
    tokens += 'text' in each ? await countTexts([each.text], tokenizer) : each.tokens.length
    await nextTurn()
  }
  return { vectors, usage: { input: tokens, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 } }
}

async function vectorOf(input: EmbedInput, dimensions: number): Promise<number[]> {
  const sums = Array.from({ length: dimensions }, () => 0)
  const add = (gram: string): void => {
    const hash = hashOf(gram)
    const place = (hash >>> 1) % dimensions
    sums[place] = (sums[place] ?? 0) + (hash & 1 ? 1 : -1)
  }
  if ('tokens' in input) for (const token of input.tokens) add(`#${token}`)
  else
    for (let from = 0; from < input.text.length; from += stretch) {
      if (from > 0) await nextTurn()
      for (const word of wordsOf(input.text.slice(from, from + stretch))) {
        add(word)
        for (let place = 0; place + 3 <= word.length; place++) add(word.slice(place, place + 3))
      }
    }
  // What has neither letters nor digits has a place as well.
  if (sums.every((sum) => sum === 0)) add('text' in input ? input.text.slice(0, stretch) : '')
  const length = Math.hypot(...sums)
  return sums.map((sum) => Math.fround(sum / length))
}

/** FNV-1a over UTF-16 code units, with its bits mixed once more: the lowest of them sets the sign. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
