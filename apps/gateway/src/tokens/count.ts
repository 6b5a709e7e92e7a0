// How many tokens a model would be given to read, by a tokenizer: exact for plain text where the encoding is the model's own.
import type { Generation, Item, Part } from '@weir/dialects'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { partsOf, textsOf } from './texts.js'
import type { Tokenizer } from './tokenizer.js'

// What is not text costs what its provider likes; these stand for it whatever its size.
const imageTokens = 765
const smallImageTokens = 85
const otherTokens = 1500

/** Characters that are counted at a stretch: a long conversation must not hold up its neighbours. */
const stretch = 64 * 1024

/** The tokens of a whole request: instructions, tools, the schema of its answer and every item. */
export async function countRequest(asked: Generation, items: readonly Item[], tokenizer: Tokenizer): Promise<number> {
  const texts = [
    asked.instructions ?? '',
    ...(asked.tools ?? []).map((tool) => JSON.stringify(tool)),
    asked.format?.type === 'json-schema' ? JSON.stringify(asked.format.schema) : '',
  ]
  const around = await countTexts(texts, tokenizer)
  let total = around
  for (const tokens of await countItems(items, tokenizer)) total += tokens
  return total
}

/** The tokens of each item. */
export async function countItems(items: readonly Item[], tokenizer: Tokenizer): Promise<number[]> {
  const counts: number[] = []
  let characters = 0
  for (const item of items) {
    const texts = textsOf(item)
    counts.push((await countTexts(texts, tokenizer)) + attachedTokens(partsOf(item)))
    for (const text of texts) characters += text.length
    if (characters < stretch) continue
    characters = 0
    await nextTurn()
  }
  return counts
}

/** The tokens of texts, a stretch at a time. */
export async function countTexts(texts: readonly string[], tokenizer: Tokenizer): Promise<number> {
  let tokens = 0
  for (const text of texts) {
    for (let from = 0; from < text.length; from += stretch) {
      if (from > 0) await nextTurn()
      tokens += tokenizer.count(text.slice(from, from + stretch))
    }
  }
  return tokens
}

function attachedTokens(parts: readonly Part[]): number {
  let tokens = 0
  for (const part of parts) {
    if (part.type === 'image') tokens += part.detail === 'low' ? smallImageTokens : imageTokens
    else if (part.type === 'file' || part.type === 'audio') tokens += otherTokens
  }
  return tokens
}
