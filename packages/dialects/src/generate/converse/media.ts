// Images, sound, videos and documents: Converse names their format and takes their bytes, base64, and no URL but that of S3.
import type { AudioPart, FilePart, ImagePart } from '../canonical/part.js'
import { extrasOf } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import { isOneOf, isRecord, isString, taking, type Loose } from '../narrow.js'
import { approximated, dropped } from '../losses.js'
import { dataUrl, readDataUrl } from '../data-url.js'
import type { ContentBlock } from './wire.js'

/** The formats of a document and their media types. */
const documentTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    pdf: 'application/pdf',
    csv: 'text/csv',
    doc: 'application/msword',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xls: 'application/vnd.ms-excel',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    html: 'text/html',
    txt: 'text/plain',
    md: 'text/markdown',
  }),
)
const documentFormats: ReadonlyMap<string, string> = new Map(Array.from(documentTypes, ([format, type]) => [type, format]))
/** The formats of a video and their media types. */
const videoTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mp4: 'video/mp4',
    mov: 'video/quicktime',
    mkv: 'video/x-matroska',
    webm: 'video/webm',
    flv: 'video/x-flv',
    mpeg: 'video/mpeg',
    mpg: 'video/mpg',
    wmv: 'video/x-ms-wmv',
    three_gp: 'video/3gpp',
  }),
)
const videoFormats: ReadonlyMap<string, string> = new Map(Array.from(videoTypes, ([format, type]) => [type, format]))
const imageFormats: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'webp'])

const isMedia = isOneOf('image', 'document', 'audio', 'video')

/** An image, a document, a sound or a video that is given as bytes; nothing for any other block, or one whose bytes stand elsewhere. */
export function decodeMedia(member: string, value: unknown, rest: Loose): ImagePart | FilePart | AudioPart | undefined {
  if (!isRecord(value) || !isMedia(member)) return undefined
  const inner = taking(value)
  const format = inner.take('format', isString)
  const source = inner.take('source', isRecord)
  const bytes = source?.bytes
  if (format === undefined || !isString(bytes) || Object.keys(source ?? {}).length > 1) return undefined
  const name = member === 'document' ? inner.take('name', isString) : undefined
  const extras = extrasOf('converse', Object.keys(inner.rest).length > 0 ? { ...rest, [member]: inner.rest } : rest)
  if (member === 'image') return { type: 'image', url: dataUrl(`image/${format}`, bytes), ...extras }
  if (member === 'audio') return { type: 'audio', data: bytes, format, ...extras }
  const type = (member === 'video' ? videoTypes : documentTypes).get(format)
  if (type !== undefined && member === 'video') return { type: 'file', data: dataUrl(type, bytes), ...extras }
  if (type === undefined || name === undefined) return undefined
  return { type: 'file', data: dataUrl(type, bytes), filename: `${name}.${format}`, ...extras }
}

export function encodeImage(part: ImagePart, path: string, losses: Loss[]): ContentBlock | undefined {
  if (part.detail !== undefined) losses.push(dropped(`${path}.detail`, 'Converse has no word for the detail of an image.'))
  if (part.url === undefined) return lost(path, 'Converse takes an image by its bytes only, not by a file id.', losses)
  const data = readDataUrl(part.url)
  if (!data) return lost(path, 'Converse fetches no image from a URL.', losses)
  const [kind, format = ''] = data.mediaType.replace('/jpg', '/jpeg').split('/')
  if (kind !== 'image' || !imageFormats.has(format))
    return lost(path, `Converse takes no image of the type ${data.mediaType}.`, losses)
  return { image: { format, source: { bytes: data.base64 } } }
}

/** Gives each document of a request a name of its own. */
export type DocumentNames = (wanted: string) => string

export function documentNames(): DocumentNames {
  const taken = new Set<string>()
  return (wanted) => {
    const name = safeName(wanted)
    let free = name
    for (let count = 2; taken.has(free); count++) free = `${name.slice(0, longestName - 8)} (${count})`
    taken.add(free)
    return free
  }
}

const longestName = 200

/** Letters, digits, single spaces, hyphens, parentheses and brackets are what a name may have. */
function safeName(wanted: string): string {
  const name = wanted
    .replace(/[^a-zA-Z0-9\s()[\]-]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
  return name.slice(0, longestName).trim() || 'document'
}

export function encodeFile(part: FilePart, name: DocumentNames, path: string, losses: Loss[]): ContentBlock | undefined {
  if (part.data === undefined) return lost(path, 'Converse takes a file by its bytes only, not by a URL or a file id.', losses)
  const data = readDataUrl(part.data) ?? { mediaType: '', base64: part.data }
  const video = videoFormats.get(data.mediaType)
  if (video !== undefined) {
    if (part.filename !== undefined) losses.push(dropped(`${path}.filename`, 'A video goes without its name.'))
    return { video: { format: video, source: { bytes: data.base64 } } }
  }
  const [, stem = part.filename, extension] = /^(.*)\.([a-z0-9]+)$/is.exec(part.filename ?? '') ?? []
  const format = formatOf(data.mediaType, extension?.toLowerCase())
  if (format === undefined)
    return lost(path, `Converse takes no file of this type${data.mediaType && `, ${data.mediaType}`}.`, losses)
  if (!format.exact) losses.push(approximated(path, 'The file goes as plain text.'))
  const given = name((format.exact ? stem : part.filename) ?? 'document')
  if (part.filename !== undefined && given !== stem)
    losses.push(approximated(`${path}.filename`, `The file goes by the name ${given}, of characters that Converse takes.`))
  return { document: { format: format.name, name: given, source: { bytes: data.base64 } } }
}

/** The media type says it, or else the name. Code and the like are plain text. */
function formatOf(type: string, extension: string | undefined): { name: string; exact: boolean } | undefined {
  const byType = documentFormats.get(type)
  const byName = extension === 'htm' ? 'html' : extension
  if (byName !== undefined && documentTypes.has(byName) && (byType === undefined || byType === 'txt'))
    return { name: byName, exact: true }
  if (byType !== undefined) return { name: byType, exact: byType !== 'txt' || extension === undefined }
  return /^text\/|[/+](json|xml|yaml|x-yaml|javascript)$/.test(type) ? { name: 'txt', exact: false } : undefined
}

export function encodeAudio(part: AudioPart): ContentBlock {
  return { audio: { format: part.format, source: { bytes: part.data } } }
}

function lost(path: string, reason: string, losses: Loss[]): undefined {
  losses.push(dropped(path, reason))
  return undefined
}
