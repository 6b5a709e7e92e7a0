import type { Annotation } from '@weir/contracts'
import { isList, isRecord, isString, type Loose } from '../narrow.js'
import type { Citation } from './wire.js'

/**
 * A citation of the text up to `length`, which it is about as a whole. One of a web page has OpenAI's form; each keeps the location that
 * Bedrock gave, by which it is known again.
 */
export function decodeCitation(wire: Loose, length: number): Annotation {
  const { title, location, ...rest } = wire
  const web = isRecord(location) && isRecord(location.web) && isString(location.web.url) ? location.web.url : undefined
  return {
    type: web === undefined ? 'document_citation' : 'url_citation',
    ...(web !== undefined && { url: web }),
    ...(isString(title) && { title }),
    start_index: 0,
    end_index: length,
    ...(isRecord(location) && { location }),
    ...rest,
  }
}

/** Citations that stand beside a text. */
export const decodeCitations = (wire: unknown, length: number): Annotation[] =>
  isList(wire) ? wire.filter(isRecord).map((citation) => decodeCitation(citation, length)) : []

/** The citation again, or nothing for an annotation of another dialect. */
export function encodeCitation(annotation: Annotation): Citation | undefined {
  const { type, url: _, start_index: __, end_index: ___, ...citation } = annotation
  return type === 'document_citation' || (type === 'url_citation' && isRecord(annotation.location)) ? citation : undefined
}
