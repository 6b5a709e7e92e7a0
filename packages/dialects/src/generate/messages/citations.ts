import type { Annotation, messages } from '@weir/contracts'
import { isList, isRecord, isString } from '../narrow.js'

const own = new Set(['char_location', 'page_location', 'content_block_location', 'search_result_location'])

/**
 * The citations of a text as annotations. One of the web becomes an `url_citation`, which clients of other dialects know, over the
 * whole text: Anthropic cuts its text where a citation begins or ends. Any other stays as it is, for nobody else has its like.
 */
export function decodeCitations(wire: unknown, text: string): Annotation[] {
  return isList(wire) ? wire.flatMap((citation) => decodeCitation(citation, text) ?? []) : []
}

export function decodeCitation(wire: unknown, text: string): Annotation | undefined {
  if (!isRecord(wire)) return undefined
  const { type, title, ...rest } = wire
  if (type === 'web_search_result_location' && isString(wire.url))
    return { type: 'url_citation', start_index: 0, end_index: text.length, title: isString(title) ? title : '', ...rest }
  return { ...wire, type: isString(type) ? type : 'unknown' }
}

/**
 * An annotation as a citation. A page of the web that Anthropic has not found itself has no index; `foreign` says what to do with it:
 * a caller may be shown it, but the API takes none back.
 */
export function encodeCitation(annotation: Annotation, foreign: 'shown' | 'refused'): messages.Citation | undefined {
  if (own.has(annotation.type)) return annotation
  const { type, start_index: _, end_index: __, title, url, cited_text, encrypted_index, ...rest } = annotation
  if (type !== 'url_citation' || !isString(url)) return undefined
  if (!isString(encrypted_index) && foreign === 'refused') return undefined
  return {
    type: 'web_search_result_location',
    cited_text: cited_text ?? '',
    url,
    title: title === '' ? null : (title ?? null),
    encrypted_index: encrypted_index ?? '',
    ...(isString(encrypted_index) && rest),
  }
}
