import { ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Part, TextPart } from '../canonical/part.js'
import { isRecord, overlay, type Loose } from '../narrow.js'
import { approximated, dropped, foreignPart } from '../losses.js'
import { marked } from './cache-points.js'
import { encodeCitation } from './citations.js'
import { encodeAudio, encodeFile, encodeImage, type DocumentNames } from './media.js'
import type { Citation, ContentBlock } from './wire.js'

/** A block with its extras put back, and the cache point behind it. */
export function withExtras(block: ContentBlock, extras: Loose | undefined): ContentBlock[] {
  if (!extras) return [block]
  const { cachePoint, ...fields } = extras
  const whole: ContentBlock = overlay(block, fields)
  // What this dialect decoded goes back as it came.
  return isRecord(cachePoint) ? [whole, { cachePoint: cachePoint as { type: string } }] : [whole]
}

/** Parts as blocks. What Converse has no form for is a declared loss, and so is a text of spaces alone: it takes none. */
export function encodeParts(parts: readonly Part[], path: string, names: DocumentNames, losses: Loss[]): ContentBlock[] {
  return parts.flatMap((part, index) => encodePart(part, `${path}[${index}]`, names, losses))
}

function encodePart(part: Part, path: string, names: DocumentNames, losses: Loss[]): ContentBlock[] {
  const extras = marked(part.cache, ownExtras('converse', part.extras, path, losses))
  const block = part.type === 'text' && part.json ? decodedJson(part.text) : encodeBare(part, path, names, losses)
  return block ? withExtras(block, extras) : []
}

/** A tool's result that came as JSON. */
const decodedJson = (text: string): ContentBlock => ({ json: JSON.parse(text) as unknown })

function encodeBare(part: Part, path: string, names: DocumentNames, losses: Loss[]): ContentBlock | undefined {
  switch (part.type) {
    case 'text':
      return encodeText(part, path, losses)
    case 'refusal':
      losses.push(approximated(path, 'The refusal goes as a text.'))
      return { text: part.refusal }
    case 'image':
      return encodeImage(part, path, losses)
    case 'file':
      return encodeFile(part, names, path, losses)
    case 'audio':
      return encodeAudio(part)
    default:
      // What this dialect decoded goes back as it came.
      if (part.dialect === 'converse') return part.wire as ContentBlock
      losses.push(dropped(path, foreignPart(part)))
      return undefined
  }
}

function encodeText({ text, annotations, logprobs }: TextPart, path: string, losses: Loss[]): ContentBlock | undefined {
  if (logprobs?.length) losses.push(dropped(`${path}.logprobs`, 'Converse has no probabilities.'))
  const citations: Citation[] = []
  for (const [index, annotation] of (annotations ?? []).entries()) {
    const citation = encodeCitation(annotation)
    if (citation) citations.push(citation)
    else losses.push(dropped(`${path}.annotations[${index}]`, 'Converse cites in a way of its own.'))
  }
  if (citations.length > 0) return { citationsContent: { content: [{ text }], citations } }
  if (text.trim() !== '') return { text }
  if (text !== '') losses.push(approximated(path, 'A text of spaces alone is left out: Converse takes none.'))
  return undefined
}
