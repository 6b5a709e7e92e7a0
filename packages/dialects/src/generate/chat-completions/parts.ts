import { GatewayError, type chat } from '@weir/contracts'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Part } from '../canonical/part.js'
import { isList, isRecord, isString, known, taking, type Loose } from '../narrow.js'
import { withExtras } from './with-extras.js'
import { dropped, foreignPart } from '../losses.js'

/** Content as parts. `listed` where one text stood in a list, which would else be read as the plain string. */
export interface Content {
  readonly parts: readonly Part[]
  readonly listed: boolean
}

/** The content of a message: a string, parts or nothing. An empty string is a message without parts. */
export function decodeContent(content: unknown, path: string): Content {
  if (content === undefined || content === null || content === '') return { parts: [], listed: false }
  if (isString(content)) return { parts: [{ type: 'text', text: content }], listed: false }
  if (!isList(content))
    throw new GatewayError('invalid_value', { param: path, message: `${path} must be a string or a list of parts.` })
  const parts = content.map((part, index) => decodePart(part, `${path}[${index}]`))
  return { parts, listed: isPlain(parts) }
}

/** Whether these parts can be said without a list: at most a text and, after it, a refusal. */
export function isPlain(parts: readonly Part[]): boolean {
  if (parts.some((part) => part.extras?.['chat-completions'])) return false
  const [first, second] = parts
  if (parts.length === 0) return true
  if (parts.length === 1) return first?.type === 'text' || first?.type === 'refusal'
  return parts.length === 2 && first?.type === 'text' && second?.type === 'refusal'
}

function decodePart(wire: unknown, path: string): Part {
  if (isString(wire)) return { type: 'text', text: wire }
  if (!isRecord(wire)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object.` })
  const { type, ...fields } = taking(wire).rest
  switch (type) {
    case 'text': {
      const { text, ...rest } = fields
      if (isString(text)) return { type: 'text', text, ...extrasOf('chat-completions', rest) }
      break
    }
    case 'refusal': {
      const { refusal, ...rest } = fields
      if (isString(refusal)) return { type: 'refusal', refusal, ...extrasOf('chat-completions', rest) }
      break
    }
    case 'image_url': {
      const { image_url: image, ...rest } = fields
      // A bare string is tolerated by many servers, and sent by their users.
      const { take, rest: inner } = taking(isString(image) ? { url: image } : isRecord(image) ? image : {})
      const url = take('url', isString)
      if (url === undefined) break
      return { type: 'image', ...known({ url, detail: take('detail', isString) }), ...nested('image_url', inner, rest) }
    }
    case 'input_audio': {
      const { input_audio: audio, ...rest } = fields
      const { take, rest: inner } = taking(isRecord(audio) ? audio : {})
      const data = take('data', isString)
      if (data === undefined) break
      return { type: 'audio', data, format: take('format', isString) ?? '', ...nested('input_audio', inner, rest) }
    }
    case 'file': {
      const { file, ...rest } = fields
      if (!isRecord(file)) break
      const { take, rest: inner } = taking(file)
      const facts = known({
        fileId: take('file_id', isString),
        data: take('file_data', isString),
        filename: take('filename', isString),
      })
      return { type: 'file', ...facts, ...nested('file', inner, rest) }
    }
    default:
      break
  }
  return { type: 'foreign', dialect: 'chat-completions', wire }
}

/** Extras of a part and of the object in it, at the places where they stood. */
function nested(field: string, inner: Loose, rest: Loose): ReturnType<typeof extrasOf> {
  return extrasOf('chat-completions', Object.keys(inner).length > 0 ? { ...rest, [field]: inner } : rest)
}

/** A part on the wire, or nothing where chat has no form for it, which is then a declared loss. */
export function encodePart(part: Part, path: string, losses: Loss[]): chat.ChatPart | undefined {
  const extras = ownExtras('chat-completions', part.extras, path, losses)
  const wire = bare(part)
  if (typeof wire === 'object') return withExtras(wire, extras)
  losses.push(dropped(path, wire))
  return undefined
}

/** The part without its extras, or the reason why there is none. */
function bare(part: Part): chat.ChatPart | string {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'refusal':
      return { type: 'refusal', refusal: part.refusal }
    case 'image':
      if (part.url === undefined) return 'Chat takes an image by its URL only, not by a file id.'
      return { type: 'image_url', image_url: { url: part.url, ...(part.detail !== undefined && { detail: part.detail }) } }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } }
    case 'file':
      if (part.data === undefined && part.fileId === undefined) return 'Chat takes a file by its data or its id, not by a URL.'
      return { type: 'file', file: known({ file_id: part.fileId, file_data: part.data, filename: part.filename }) }
    case 'foreign':
      if (part.dialect !== 'chat-completions') return foreignPart(part)
      // What chat decoded goes back as it came.
      return part.wire as chat.ChatPart
    default:
      return part satisfies never
  }
}
