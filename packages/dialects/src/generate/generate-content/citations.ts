import type { Annotation } from '@weir/contracts'
import { isNumber, isRecord, isString, known, type Loose } from '../narrow.js'
import { fieldsOf, listOf } from './fields.js'

/**
 * What a text cites, as OpenAI's annotations: from the sources that a search has grounded it on, and from what it quotes. Google counts
 * bytes of UTF-8 where the canonical form, as OpenAI, counts characters.
 */
export function decodeCitations({ groundingMetadata, citationMetadata }: Loose, text: string): Annotation[] {
  const annotations: Annotation[] = []
  const place = placing(text)
  const grounding = fieldsOf(groundingMetadata)
  const chunks = listOf(grounding.rest.groundingChunks).map(sourceOf)
  for (const support of listOf(grounding.rest.groundingSupports)) {
    const { segment, groundingChunkIndices } = fieldsOf(support).rest
    for (const index of listOf(groundingChunkIndices)) {
      const source = isNumber(index) ? chunks[index] : undefined
      if (source) annotations.push(citation(source, place(fieldsOf(segment).rest)))
    }
  }
  for (const cited of listOf(fieldsOf(citationMetadata).rest.citations)) {
    const fields = fieldsOf(cited).rest
    if (isString(fields.uri)) annotations.push(citation({ url: fields.uri, title: fields.title }, place(fields)))
  }
  return annotations
}

interface Source {
  readonly url: string
  readonly title: unknown
}

interface Place {
  readonly start_index: number
  readonly end_index: number
}

const citation = ({ url, title }: Source, place: Place): Annotation => ({
  type: 'url_citation',
  ...place,
  url,
  title: isString(title) ? title : '',
})

/** A source is of the web, of a store of documents or of a map. */
function sourceOf(chunk: unknown): Source | undefined {
  const fields = fieldsOf(chunk).rest
  for (const kind of ['web', 'retrievedContext', 'maps']) {
    const { uri, title } = fieldsOf(fields[kind]).rest
    if (isString(uri)) return { url: uri, title }
  }
  return undefined
}

/** A beginning of 0 is left out on the wire. */
function placing(text: string): (segment: Loose) => Place {
  const bytes = new TextEncoder().encode(text)
  const characters = (count: unknown): number =>
    isNumber(count) && count > 0 ? new TextDecoder().decode(bytes.subarray(0, count)).length : 0
  return ({ startIndex, endIndex }) => ({ start_index: characters(startIndex), end_index: characters(endIndex) })
}

/** What a text cites, as sources that it is grounded on; nothing where it cites no URL. */
export function encodeCitations(annotations: readonly Annotation[], text: string): Loose | undefined {
  const chunks: Loose[] = []
  const supports: Loose[] = []
  const places = new Map<string, number>()
  const bytes = (end: number): number => new TextEncoder().encode(text.slice(0, end)).length
  // Other servers' annotations are passed on as they came, and may be anything.
  for (const { type, url, title, start_index: start, end_index: end } of annotations.filter(isRecord)) {
    if (type !== 'url_citation' || !isString(url)) continue
    const index = places.get(url) ?? chunks.length
    if (index === chunks.length) chunks.push({ web: known({ uri: url, title: isString(title) ? title : undefined }) })
    places.set(url, index)
    if (!isNumber(start) || !isNumber(end)) continue
    const segment = { ...(start > 0 && { startIndex: bytes(start) }), endIndex: bytes(end), text: text.slice(start, end) }
    supports.push({ segment, groundingChunkIndices: [index] })
  }
  return chunks.length > 0 ? { groundingChunks: chunks, groundingSupports: supports } : undefined
}
