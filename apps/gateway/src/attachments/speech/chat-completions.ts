import { facts, isRecord, textOf, type Speech } from './speech.js'

export const inChat: Speech = {
  read(part, path) {
    const image = part['image_url']
    if (part['type'] === 'image_url')
      return facts('image', `${path}.image_url.url`, { url: textOf(isRecord(image) ? image['url'] : image) })
    const file = part['file']
    if (part['type'] !== 'file' || !isRecord(file)) return undefined
    const [fileId, data] = [textOf(file['file_id']), textOf(file['file_data'])]
    const field = fileId === undefined ? 'file_data' : 'file_id'
    return facts('file', `${path}.file.${field}`, { fileId, data, filename: textOf(file['filename']) })
  },
  write(part, replacement) {
    if ('text' in replacement) return { type: 'text', text: replacement.text }
    const { image_url: image, file } = part
    if (part['type'] === 'image_url') return { ...part, image_url: { ...(isRecord(image) && image), url: replacement.dataUrl } }
    const { file_id: _, ...rest } = isRecord(file) ? file : {}
    const { dataUrl, filename } = replacement
    return { ...part, file: { ...rest, file_data: dataUrl, ...(filename !== undefined && { filename }) } }
  },
}
