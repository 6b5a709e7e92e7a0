import { facts, isRecord, textOf, type Part, type Speech } from './speech.js'

// The JSON of protocol buffers: names come in snake_case too.
const field = (part: Part, camel: string, snake: string): unknown => part[camel] ?? part[snake]

/** Data in the request, and files by a URI, which is a URL or the id of an uploaded file. */
export const inGenerateContent: Speech = {
  read(part, path) {
    const inline = field(part, 'inlineData', 'inline_data')
    if (isRecord(inline)) {
      const [mediaType, data] = [textOf(field(inline, 'mimeType', 'mime_type')), textOf(inline['data'])]
      if (mediaType === undefined || data === undefined || /^(audio|video)\//.test(mediaType)) return undefined
      const kind = kindOf(mediaType)
      const dataUrl = `data:${mediaType};base64,${data}`
      const filename = textOf(field(inline, 'displayName', 'display_name'))
      return facts(kind, `${path}.inlineData.data`, { [kind === 'image' ? 'url' : 'data']: dataUrl, filename })
    }
    const file = field(part, 'fileData', 'file_data')
    const uri = isRecord(file) ? textOf(field(file, 'fileUri', 'file_uri')) : undefined
    if (!isRecord(file) || uri === undefined) return undefined
    const named = { filename: textOf(field(file, 'displayName', 'display_name')) }
    const kind = kindOf(textOf(field(file, 'mimeType', 'mime_type')) ?? '')
    return facts(
      kind,
      `${path}.fileData.fileUri`,
      /^[a-z][a-z0-9+.-]*:/i.test(uri) ? { url: uri, ...named } : { fileId: uri, ...named },
    )
  },
  write(part, replacement) {
    const { inlineData: _, inline_data: __, fileData: ___, file_data: ____, ...rest } = part
    if ('text' in replacement) return { ...rest, text: replacement.text }
    const [, mimeType = '', data = ''] = /^data:([^;,]*)[^,]*,(.*)$/s.exec(replacement.dataUrl) ?? []
    return { ...rest, inlineData: { mimeType, data } }
  },
}

const kindOf = (mediaType: string): 'image' | 'file' => (mediaType.startsWith('image/') ? 'image' : 'file')
