import { facts, isRecord, textOf, type Part, type Speech } from './speech.js'

/** Images and documents by their `source`, also within the result of a tool. */
export const inMessages: Speech = {
  nested: ({ type }) => (type === 'tool_result' ? 'content' : undefined),
  read(part, path) {
    const kind = part['type'] === 'image' ? 'image' : part['type'] === 'document' ? 'file' : undefined
    const { source } = part
    if (!kind || !isRecord(source)) return undefined
    const filename = textOf(part['title'])
    switch (source['type']) {
      case 'file':
        return facts(kind, `${path}.source.file_id`, { fileId: textOf(source['file_id']), filename })
      case 'url':
        return facts(kind, `${path}.source.url`, { url: textOf(source['url']), filename })
      case 'base64': {
        const dataUrl = `data:${String(source['media_type'])};base64,${String(source['data'])}`
        return facts(kind, `${path}.source.data`, { [kind === 'image' ? 'url' : 'data']: dataUrl, filename })
      }
      default:
        return undefined
    }
  },
  write(part, replacement) {
    if ('text' in replacement) return { type: 'text', text: replacement.text, ...marked(part) }
    const { dataUrl, filename } = replacement
    const [, mediaType = '', data = ''] = /^data:([^;,]*)[^,]*,(.*)$/s.exec(dataUrl) ?? []
    const named = part['type'] === 'document' && filename !== undefined && part['title'] == null ? { title: filename } : {}
    // Text is a source of its own kind there: a document in base64 is a PDF.
    if (part['type'] === 'document' && mediaType.startsWith('text/'))
      return {
        ...part,
        ...named,
        source: { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() },
      }
    return { ...part, ...named, source: { type: 'base64', media_type: mediaType, data } }
  },
}

const marked = (part: Part): Part => ('cache_control' in part ? { cache_control: part['cache_control'] } : {})
