import { GatewayError, type Annotation, type LogProb, type responses } from '@weir/contracts'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Part } from '../canonical/part.js'
import { isList, isRecord, objects, isString, known, reading, type Loose } from '../narrow.js'
import { marked, sharedOf } from './cache-breakpoint.js'
import { dropped, foreignPart } from '../losses.js'

/** The content of a message or of a tool's result: a string, a list of parts, or nothing. `path` names it in errors. */
export function decodeContent(content: unknown, path: string): Part[] {
  if (content === undefined || content === null) return []
  if (isString(content)) return [{ type: 'text', text: content }]
  if (!isList(content))
    throw new GatewayError('invalid_value', { param: path, message: `${path} must be a string or a list of content parts.` })
  return content.map((part, index) => decodePart(part, `${path}[${index}]`))
}

function decodePart(wire: unknown, path: string): Part {
  if (!isRecord(wire)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object with a type.` })
  const fields = reading(wire)
  const { take, rest } = fields
  switch (take('type', isString)) {
    // `text` is chat's word, which many send here too.
    case 'input_text':
    case 'output_text':
    case 'text': {
      const text = take('text', isString)
      if (text === undefined) break
      const annotations = objects<Annotation>(take('annotations', isList))
      const logprobs = objects<LogProb>(take('logprobs', isList))
      return { type: 'text', text, ...known({ annotations, logprobs }), ...sharedOf(fields) }
    }
    case 'refusal': {
      const refusal = take('refusal', isString)
      if (refusal === undefined) break
      return { type: 'refusal', refusal, ...extrasOf('responses', rest()) }
    }
    case 'input_image': {
      const url = take('image_url', isString)
      const fileId = take('file_id', isString)
      if (url === undefined && fileId === undefined) break
      const detail = take('detail', isString)
      return {
        type: 'image',
        ...known({ url, fileId, detail: detail === 'auto' ? undefined : detail }),
        ...sharedOf(fields),
      }
    }
    case 'input_file': {
      const [data, url, fileId] = [take('file_data', isString), take('file_url', isString), take('file_id', isString)]
      // A data URL leads nowhere: it is the content, in whichever field it comes.
      const content = data === undefined && /^data:/i.test(url ?? '') ? { data: url } : { data, url }
      return {
        type: 'file',
        ...known({ ...content, fileId, filename: take('filename', isString) }),
        ...sharedOf(fields),
      }
    }
    case 'input_audio': {
      const audio = take('input_audio', isRecord)
      const { data, format, ...more } = audio ?? {}
      // What the part cannot hold apart is kept whole.
      if (!isString(data) || !isString(format) || Object.keys(more).length > 0) break
      return { type: 'audio', data, format, ...extrasOf('responses', rest()) }
    }
    default:
      break
  }
  return { type: 'foreign', dialect: 'responses', wire }
}

/** The text of a content that is one bare text: it may go as a string, which every server takes for every role. */
export function plainText(content: readonly Part[], marks: boolean): string | undefined {
  const [part] = content
  if (content.length !== 1 || part?.type !== 'text' || part.annotations || part.logprobs || part.extras) return undefined
  if (marks && part.cache) return undefined
  return part.text
}

/**
 * Parts of a request. Text is `output_text` where the model said it and `input_text` everywhere else. `marks`: whether the model takes
 * marks of the cache, which stand on text, images and files that are given to it.
 */
export function encodeParts(
  content: readonly Part[],
  side: 'input' | 'output',
  marks: boolean,
  path: string,
  losses: Loss[],
): responses.ContentPart[] {
  return content.flatMap((part, index) => encodePart(part, side, marks, `${path}[${index}]`, losses) ?? [])
}

function encodePart(
  part: Part,
  side: 'input' | 'output',
  marks: boolean,
  path: string,
  losses: Loss[],
): responses.ContentPart | undefined {
  if (part.type === 'foreign') {
    // The part's own wire form, as it came.
    if (part.dialect === 'responses') return part.wire as responses.ContentPart
    losses.push(dropped(path, foreignPart(part)))
    return undefined
  }
  const takes = marks && side === 'input' && isMarkable(part)
  const extras = marked(part.cache, ownExtras('responses', part.extras, path, losses), takes)
  switch (part.type) {
    case 'text':
      if (side === 'output') return outputText(part, extras, false)
      if (part.annotations) losses.push(dropped(`${path}.annotations`, 'Only text of a model is annotated.'))
      if (part.logprobs) losses.push(dropped(`${path}.logprobs`, 'Only text of a model has log probabilities.'))
      return { type: 'input_text', ...extras, text: part.text }
    case 'refusal':
      return { type: 'refusal', ...extras, refusal: part.refusal }
    case 'image':
      return {
        type: 'input_image',
        ...extras,
        // Strict servers want it said: one of OpenAI's words, or whatever word came.
        detail: (part.detail ?? 'auto') as 'auto',
        ...known({ image_url: part.url, file_id: part.fileId }),
      }
    case 'file':
      return {
        type: 'input_file',
        ...extras,
        ...known({ file_data: part.data, file_url: part.url, file_id: part.fileId, filename: part.filename }),
      }
    case 'audio':
      return { type: 'input_audio', ...extras, input_audio: { data: part.data, format: part.format } }
    default:
      return part satisfies never
  }
}

const isMarkable = ({ type }: Part): boolean => type === 'text' || type === 'image' || type === 'file'

/** A text as a model said it. An answer always shows `logprobs`, as OpenAI's does; a request has them only where there are any. */
export function outputText(
  part: Extract<Part, { type: 'text' }>,
  extras: Loose | undefined,
  answer: boolean,
): responses.OutputText {
  return {
    type: 'output_text',
    ...extras,
    text: part.text,
    annotations: [...(part.annotations ?? [])],
    ...((answer || part.logprobs) && { logprobs: [...(part.logprobs ?? [])] }),
  }
}

/** Parts of an answer's message. Nothing but text and refusal has a form there; the rest is left out. */
export function encodeAnswerParts(content: readonly Part[]): responses.OutputMessage['content'] {
  return content.flatMap((part) => encodeAnswerPart(part) ?? [])
}

function encodeAnswerPart(part: Part): responses.OutputText | responses.Refusal | undefined {
  switch (part.type) {
    case 'text':
      return outputText(part, part.extras?.responses, true)
    case 'refusal':
      return { type: 'refusal', ...part.extras?.responses, refusal: part.refusal }
    case 'foreign':
      // A part newer than the code goes as it came.
      return part.dialect === 'responses' ? (part.wire as unknown as responses.OutputText) : undefined
    default:
      return undefined
  }
}
