import type { generateContent as wire } from '@weir/contracts'
import type { Quirks } from '../../dialect.js'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { FilePart, ImagePart, Part } from '../canonical/part.js'
import { isRecord, isString, known, overlay, type Loose, type Taking } from '../narrow.js'
import { approximated, dropped, foreignPart } from '../losses.js'
import { dataUrl } from '../data-url.js'
import { fieldsOf, isFilled } from './fields.js'
import { audioFormatOf, audioTypeOf, inlineOf, mediaTypeOf } from './media-types.js'

/** A part of a message. One of a kind that is newer than the code is foreign and kept whole. */
export function decodePart(wire: unknown): Part {
  const fields = fieldsOf(wire)
  const text = fields.take('text', isString)
  if (text !== undefined) return { type: 'text', text, ...extrasOf('generate-content', fields.rest) }
  const media = decodeMedia(fields)
  // Without a type, or not an object at all: passed on as it came.
  return media ?? { type: 'foreign', dialect: 'generate-content', wire: (isRecord(wire) ? wire : { wire }) as object }
}

/** Data or a file, by whatever the media type says it is; nothing where there is neither. */
export function decodeMedia({ take, rest }: Taking): Part | undefined {
  const inline = fieldsOf(rest.inlineData)
  const [mimeType, data] = [inline.take('mimeType', isString), inline.take('data', isString)]
  if (mimeType !== undefined && data !== undefined) {
    take('inlineData', isRecord)
    return decodeInline(mimeType, data, inline, rest)
  }
  const file = fieldsOf(rest.fileData)
  const url = file.take('fileUri', isString)
  if (url === undefined) return undefined
  take('fileData', isRecord)
  const said = file.take('mimeType', isString)
  const implied = mediaTypeOf(url)
  if (said !== undefined && said !== implied) file.rest.mimeType = said
  if ((said ?? implied)?.startsWith('image/')) return { type: 'image', url, ...nested('fileData', file.rest, rest) }
  const filename = file.take('displayName', isString)
  return { type: 'file', url, ...known({ filename }), ...nested('fileData', file.rest, rest) }
}

function decodeInline(mimeType: string, data: string, inline: Taking, rest: Loose): Part {
  if (mimeType.startsWith('image/'))
    return { type: 'image', url: dataUrl(mimeType, data), ...nested('inlineData', inline.rest, rest) }
  if (mimeType.startsWith('audio/')) {
    const format = audioFormatOf(mimeType)
    if (audioTypeOf(format) !== mimeType) inline.rest.mimeType = mimeType
    return { type: 'audio', data, format, ...nested('inlineData', inline.rest, rest) }
  }
  const filename = inline.take('displayName', isString)
  return { type: 'file', data: dataUrl(mimeType, data), ...known({ filename }), ...nested('inlineData', inline.rest, rest) }
}

/** Extras of a part and of the object in it, at the places where they stood. */
const nested = (field: string, inner: Loose, rest: Loose): ReturnType<typeof extrasOf> =>
  extrasOf('generate-content', isFilled(inner) ? { ...rest, [field]: inner } : rest)

/** A part on the wire, or nothing where there is no form for it, which is then a declared loss. */
export function encodePart(part: Part, path: string, quirks: Quirks, losses: Loss[]): wire.Part | undefined {
  const extras = ownExtras('generate-content', part.extras, path, losses)
  const bare = encodeBare(part, path, quirks, losses)
  if (!isString(bare)) return extras ? overlay({ ...bare }, extras) : bare
  losses.push(dropped(path, bare))
  return undefined
}

/** The part without its extras, or the reason why there is none. */
function encodeBare(part: Part, path: string, quirks: Quirks, losses: Loss[]): wire.Part | string {
  switch (part.type) {
    case 'text':
      if (part.annotations) losses.push(dropped(`${path}.annotations`, 'A history has no place for citations.'))
      if (part.logprobs) losses.push(dropped(`${path}.logprobs`, 'A history has no place for probabilities.'))
      return { text: part.text }
    case 'refusal':
      losses.push(approximated(path, 'A refusal goes as any other text.'))
      return { text: part.refusal }
    case 'image':
      return encodeImage(part, path, quirks, losses)
    case 'audio':
      return { inlineData: { mimeType: audioTypeOf(part.format), data: part.data } }
    case 'file':
      return encodeFile(part, path, quirks, losses)
    case 'foreign':
      if (part.dialect !== 'generate-content') return foreignPart(part)
      // What this dialect decoded goes back as it came.
      return { ...part.wire } as wire.Part
    default:
      return part satisfies never
  }
}

const nothingById = 'Gemini knows no ids of files, only data and URLs.'
const notFetched = 'This server fetches nothing: an image or a file goes to it as data.'

function encodeImage({ url, detail }: ImagePart, path: string, quirks: Quirks, losses: Loss[]): wire.Part | string {
  const encoded = url === undefined ? nothingById : encodeUrl(url, quirks)
  if (!isString(encoded) && detail !== undefined) losses.push(dropped(`${path}.detail`, 'An image is looked at in one way only.'))
  return encoded
}

function encodeUrl(url: string, quirks: Quirks): wire.Part | string {
  if (/^data:/i.test(url)) {
    const inline = inlineOf(url)
    return inline ? { inlineData: { ...inline } } : 'Data goes as base64 and with its media type, or not at all.'
  }
  if (quirks.noUrls) return notFetched
  return { fileData: known({ mimeType: mediaTypeOf(url), fileUri: url }) }
}

function encodeFile(part: FilePart, path: string, quirks: Quirks, losses: Loss[]): wire.Part | string {
  const { data, url, filename } = part
  const encoded = data === undefined ? (url === undefined ? nothingById : encodeUrl(url, quirks)) : encodeData(data, filename)
  if (isString(encoded) || filename === undefined) return encoded
  if (quirks.fileNames !== true) {
    losses.push(dropped(`${path}.filename`, 'A file goes without its name.'))
    return encoded
  }
  const field = encoded.inlineData ? 'inlineData' : 'fileData'
  return { [field]: { ...encoded[field], displayName: filename } }
}

/** What a PDF begins with, as base64. */
const pdf = 'JVBERi'

function encodeData(data: string, filename: string | undefined): wire.Part | string {
  if (/^data:/i.test(data)) return encodeUrl(data, {})
  const mimeType = data.startsWith(pdf) ? 'application/pdf' : filename === undefined ? undefined : mediaTypeOf(filename)
  return mimeType === undefined ? 'Nothing tells the media type of this file.' : { inlineData: { mimeType, data } }
}
