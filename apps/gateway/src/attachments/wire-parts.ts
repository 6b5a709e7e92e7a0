// Images and files in the wire of a caller's dialect: where they stand, and how they are said in another way.
import type { DialectName } from '@weir/dialects'

/** An image or a file as a request names it. */
export interface Attachment {
  readonly kind: 'image' | 'file'
  /** Where it stands, such as `input[0].content[1].file_id`: the field that names it. */
  readonly path: string
  readonly fileId?: string
  readonly url?: string
  /** The content itself, as a data URL or bare base64. */
  readonly data?: string
  readonly filename?: string
}

/** What goes in the place of an attachment: its content as a data URL, or a text. */
export type Replacement = { readonly dataUrl: string; readonly filename: string | undefined } | { readonly text: string }

/** Gives what goes in its place, or nothing where it stays as it is. */
export type Replace = (attachment: Attachment) => Replacement | undefined

type Part = Readonly<Record<string, unknown>>

/** How one dialect says them. */
interface Speech {
  read(part: Part, path: string): Attachment | undefined
  write(part: Part, replacement: Replacement): Part
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const isRecord = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields that have a value. */
function facts(kind: Attachment['kind'], path: string, fields: Readonly<Record<string, string | undefined>>): Attachment {
  return { kind, path, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) }
}

const inResponses: Speech = {
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

const inChat: Speech = {
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

/** The list of a body that holds its messages or items, and the fields of one that hold parts. */
const places: Readonly<Partial<Record<DialectName, { list: string; fields: readonly string[]; speech: Speech }>>> = {
  responses: { list: 'input', fields: ['content', 'output'], speech: inResponses },
  'chat-completions': { list: 'messages', fields: ['content'], speech: inChat },
}

/** The body with its attachments replaced; the very same one where none is. */
export function replaceInBody(dialect: DialectName, body: object, replace: Replace): object {
  const place = places[dialect]
  if (!place) return body
  // A body of a known dialect has been checked; what is not a list holds no parts.
  const list = (body as Part)[place.list]
  if (!Array.isArray(list)) return body
  const replaced = replaceInList(list, place, place.list, replace)
  return replaced === list ? body : { ...body, [place.list]: replaced }
}

/** Items of Responses with their attachments replaced. `name`: how errors and losses call the list. */
export function replaceInItems<Item>(items: readonly Item[], name: string, replace: Replace): readonly Item[] {
  return replaceInList(items, { fields: ['content', 'output'], speech: inResponses }, name, replace)
}

function replaceInList<Item>(
  list: readonly Item[],
  { fields, speech }: { readonly fields: readonly string[]; readonly speech: Speech },
  name: string,
  replace: Replace,
): readonly Item[] {
  let changed: Item[] | undefined
  for (const [place, item] of list.entries()) {
    if (!isRecord(item)) continue
    for (const field of fields) {
      const held = item[field]
      if (typeof held !== 'object' || held === null) continue
      const now = replaceInParts(held, `${name}[${place}].${field}`, speech, replace)
      if (now === held) continue
      changed ??= [...list]
      // The item keeps its type: a part took the place of a part.
      changed[place] = { ...(changed[place] ?? item), [field]: now } as Item
    }
  }
  return changed ?? list
}

/** Parts in a list; or one alone, as the screenshot of a computer is. */
function replaceInParts(held: object, path: string, speech: Speech, replace: Replace): object {
  if (!Array.isArray(held)) return replaced(held as Part, path, speech, replace)
  let changed: unknown[] | undefined
  for (const [place, part] of held.entries()) {
    if (!isRecord(part)) continue
    const now = replaced(part, `${path}[${place}]`, speech, replace)
    if (now === part) continue
    changed ??= [...held]
    changed[place] = now
  }
  return changed ?? held
}

function replaced(part: Part, path: string, speech: Speech, replace: Replace): Part {
  const attachment = speech.read(part, path)
  const replacement = attachment && replace(attachment)
  return replacement ? speech.write(part, replacement) : part
}
