/** The types of files that models read, by the ending of their names. */
const byEnding: ReadonlyMap<string, string> = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    gif: 'image/gif',
    heic: 'image/heic',
    heif: 'image/heif',
    pdf: 'application/pdf',
    txt: 'text/plain',
    md: 'text/markdown',
    csv: 'text/csv',
    html: 'text/html',
    xml: 'text/xml',
    json: 'application/json',
    mp3: 'audio/mp3',
    wav: 'audio/wav',
    mp4: 'video/mp4',
    mov: 'video/mov',
    webm: 'video/webm',
  }),
)

/** The type that the name of a file, or the path of a URL, gives away. */
export function mediaTypeOf(name: string): string | undefined {
  const path = name.replace(/[?#].*$/s, '')
  return byEnding.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
}

export interface Inline {
  readonly mimeType: string
  readonly data: string
}

/** A `data:` URL taken apart. One that is not base64 has no form here. */
export function inlineOf(url: string): Inline | undefined {
  const found = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i.exec(url)
  return found?.[1] === undefined ? undefined : { mimeType: found[1], data: url.slice(found[0].length) }
}

/** OpenAI names a format where Google has a media type. */
export const audioFormatOf = (mimeType: string): string => {
  const format = mimeType.slice('audio/'.length)
  return format === 'mpeg' ? 'mp3' : format
}

export const audioTypeOf = (format: string): string => `audio/${format}`
