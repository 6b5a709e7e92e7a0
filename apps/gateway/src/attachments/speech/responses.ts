import { facts, textOf, type Speech } from './speech.js'

export const inResponses: Speech = {
  read(part, path) {
    const fileId = textOf(part['file_id'])
    if (part['type'] === 'input_file') {
      const [url, data] = [textOf(part['file_url']), textOf(part['file_data'])]
      const field = fileId !== undefined ? 'file_id' : url !== undefined ? 'file_url' : 'file_data'
      // A data URL is the content, in whichever field it comes.
      const content = data === undefined && /^data:/i.test(url ?? '') ? { data: url } : { url, data }
      return facts('file', `${path}.${field}`, { fileId, ...content, filename: textOf(part['filename']) })
    }
    if (part['type'] !== 'input_image' && part['type'] !== 'computer_screenshot') return undefined
    return facts('image', `${path}.${fileId === undefined ? 'image_url' : 'file_id'}`, { fileId, url: textOf(part['image_url']) })
  },
  write(part, replacement) {
    if ('text' in replacement) return { type: 'input_text', text: replacement.text }
    const { file_id: _, file_url: __, ...rest } = part
    if (part['type'] !== 'input_file') return { ...rest, image_url: replacement.dataUrl }
    return {
      ...rest,
      file_data: replacement.dataUrl,
      ...(replacement.filename !== undefined && { filename: replacement.filename }),
    }
  },
}
