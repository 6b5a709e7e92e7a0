// What a content is. Names and labels come from callers and from servers that know no better; the first bytes do not lie.

const signatures: readonly (readonly [mediaType: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\u0089PNG\r\n\u001a\n'],
  ['image/jpeg', 0, '\u00ff\u00d8\u00ff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['application/pdf', 0, '%PDF-'],
]

const byExtension: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  xml: 'text/xml',
  json: 'application/json',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  js: 'text/javascript',
  ts: 'text/x-typescript',
  py: 'text/x-python',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  svg: 'image/svg+xml',
}

const unknown = 'application/octet-stream'

/** The media type of a content: by its first bytes, else by its name, else as it was said. */
export function mediaTypeOf(bytes: Buffer, filename: string | undefined, said: string | undefined): string {
  const start = bytes.subarray(0, 16).toString('latin1')
  const signed = signatures.find(([, offset, mark]) => start.startsWith(mark, offset))
  if (signed) return signed[0]
  const extension = /\.([a-z0-9]+)$/i.exec(filename ?? '')?.[1]?.toLowerCase() ?? ''
  return (Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined) ?? said ?? unknown
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** The content as text, where its type says that it is some and its bytes agree. */
export function readableText(bytes: Buffer, mediaType: string): string | undefined {
  if (!/^text\/|^application\/(json|yaml|xml|x-ndjson|javascript|toml)$|\+(json|xml)$/.test(mediaType)) return undefined
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined
  }
}
