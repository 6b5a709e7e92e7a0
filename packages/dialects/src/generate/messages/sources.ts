// Where an image or a document comes from: the `source` of its block.
import type { messages } from '@weir/contracts'
import { base64ToText, dataUrl, readDataUrl, textToBase64 } from '../data-url.js'
import { isString, type Loose } from '../narrow.js'

/** A source as the canonical parts have it, each by one field. */
export interface Source {
  readonly url?: string
  readonly data?: string
  readonly fileId?: string
}

/** A source; `undefined` for one that is newer than the code, or holds more than a part can say. */
export function decodeSource(source: Loose): Source | undefined {
  const { type, url, file_id: fileId, media_type: mediaType, data, ...rest } = source
  if (Object.keys(rest).length > 0) return undefined
  if (type === 'url' && isString(url)) return { url }
  if (type === 'file' && isString(fileId)) return { fileId }
  if (!isString(data)) return undefined
  if (type === 'base64' && isString(mediaType)) return { data: dataUrl(mediaType, data) }
  if (type === 'text') return { data: dataUrl('text/plain', textToBase64(data)) }
  return undefined
}

/** A block's source, or the reason why there is none. */
export type Sourced =
  | { readonly type: 'image'; readonly source: messages.ImageSource }
  | { readonly type: 'document'; readonly source: messages.DocumentSource; readonly approximated?: string }
  | { readonly reason: string }

export function imageSource({ url, fileId }: Source): Sourced {
  if (fileId !== undefined) return { type: 'image', source: { type: 'file', file_id: fileId } }
  if (url === undefined) return { reason: 'The image has neither a URL nor a file id.' }
  const held = readDataUrl(url)
  if (held) return { type: 'image', source: { type: 'base64', media_type: held.mediaType, data: held.base64 } }
  if (!/^https?:/i.test(url)) return { reason: 'Anthropic takes an image as base64, by a web address or by a file id.' }
  return { type: 'image', source: { type: 'url', url } }
}

const pdf = 'application/pdf'

/** What `%PDF` is in base64, for a file that says nothing of its type. */
const beginOfPdf = 'JVBERi'

const texts = /^(text\/.*|application\/(json|xml|yaml|x-yaml|toml|javascript|x-ndjson|sql)|.*\+(json|xml))$/

/** The types of files that are known by their name alone. */
const typeOfName = (filename: string): string | undefined => {
  if (/\.pdf$/i.test(filename)) return pdf
  return /\.(txt|md|csv|tsv|json|xml|ya?ml|html?|log|ts|js|py|toml|ini|sql)$/i.test(filename) ? 'text/plain' : undefined
}

export function fileSource({ url, data, fileId }: Source, filename: string | undefined): Sourced {
  if (fileId !== undefined) return { type: 'document', source: { type: 'file', file_id: fileId } }
  if (data === undefined)
    return url === undefined ? { reason: 'The file has no content.' } : { type: 'document', source: { type: 'url', url } }
  const held = readDataUrl(data) ?? {
    mediaType: data.startsWith(beginOfPdf) ? pdf : (typeOfName(filename ?? '') ?? 'application/octet-stream'),
    base64: data,
  }
  const { base64, mediaType } = held
  if (mediaType === pdf) return { type: 'document', source: { type: 'base64', media_type: pdf, data: base64 } }
  if (mediaType.startsWith('image/')) return { type: 'image', source: { type: 'base64', media_type: mediaType, data: base64 } }
  const text = texts.test(mediaType) ? base64ToText(base64) : undefined
  if (text === undefined) return { reason: `Anthropic reads PDF, text and images, not ${mediaType}.` }
  return {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: text },
    ...((mediaType !== 'text/plain' || data === base64) && { approximated: 'The file goes as plain text.' }),
  }
}
