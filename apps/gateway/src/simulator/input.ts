import type { Generation } from '@weir/dialects'
import { partsOf, textOf, textsOf } from '../tokens/texts.js'
import type { Tokenizer } from '../tokens/tokenizer.js'

/** What the user said last, or nothing where no user spoke. */
export function lastUserText(asked: Generation): string {
  for (const item of asked.items.toReversed()) if (item.type === 'message' && item.role === 'user') return textOf(item.content)
  return ''
}

/** The outputs of tools with which the conversation ends. */
export function lastToolOutputs(asked: Generation): readonly string[] {
  const outputs: string[] = []
  for (const item of asked.items.toReversed()) {
    if (item.type === 'tool-result') outputs.unshift(textOf(item.output))
    else if (item.type !== 'message' || item.role === 'user' || item.role === 'assistant') break
  }
  return outputs
}

/** `1 image`, `2 files`: what is in the input beside text, in words. */
export function attachments(asked: Generation): readonly string[] {
  const counts = { image: 0, file: 0, recording: 0 }
  for (const part of asked.items.flatMap(partsOf)) {
    if (part.type === 'image' || part.type === 'file') counts[part.type]++
    else if (part.type === 'audio') counts.recording++
  }
  return Object.entries(counts).flatMap(([noun, count]) => (count > 0 ? [`${count} ${noun}${count > 1 ? 's' : ''}`] : []))
}

/** Tokens for anything that is not text, whatever its size: there is nothing that looks at it. */
const attachmentTokens = 85

/** So many characters are counted; the rest goes by proportion, so that a huge input does not hold up its neighbours. */
const countedCharacters = 100_000

/** How many tokens a request is: everything that a model would read, each text counted by itself. */
export function countInput(asked: Generation, tokenizer: Tokenizer): number {
  let counted = 0
  let characters = 0
  let rest = 0
  let attached = 0
  const add = (text: string): void => {
    const part = text.slice(0, countedCharacters - characters)
    counted += tokenizer.count(part)
    characters += part.length
    rest += text.length - part.length
  }
  if (asked.instructions !== undefined) add(asked.instructions)
  for (const tool of asked.tools ?? []) add(JSON.stringify(tool))
  if (asked.format?.type === 'json-schema') add(JSON.stringify(asked.format.schema))
  for (const item of asked.items) {
    for (const text of textsOf(item)) add(text)
    for (const part of partsOf(item)) if (part.type === 'image' || part.type === 'file' || part.type === 'audio') attached++
  }
  return counted + (rest > 0 ? Math.round((rest * counted) / characters) : 0) + attached * attachmentTokens
}
