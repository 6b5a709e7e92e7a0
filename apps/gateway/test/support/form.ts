/** A multipart form as bytes, written by hand so that it may be wrong. */
export interface Part {
  readonly name: string
  readonly filename?: string
  readonly type?: string
  readonly content: string
}

const boundary = 'the-boundary'
export const formType = `multipart/form-data; boundary=${boundary}`

export const formOf = (...parts: readonly Part[]): string => `${parts.map(partOf).join('')}--${boundary}--\r\n`

export function partOf({ name, filename, type, content }: Part): string {
  const named = filename === undefined ? '' : `; filename="${filename}"`
  const typed = type === undefined ? '' : `content-type: ${type}\r\n`
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${named}\r\n${typed}\r\n${content}\r\n`
}

export const purpose: Part = { name: 'purpose', content: 'user_data' }
export const note: Part = { name: 'file', filename: 'note.txt', type: 'text/plain', content: 'Remember the milk.' }
