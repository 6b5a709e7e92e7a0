import { GatewayError, type messages } from '@weir/contracts'
import { extrasOf, ownExtras } from '../canonical/extras.js'
import type { Loss } from '../canonical/loss.js'
import type { Part, TextPart } from '../canonical/part.js'
import { approximated, dropped, foreignPart } from '../losses.js'
import { isList, isRecord, isString, known, overlay, taking, type Loose } from '../narrow.js'
import { marked, takeMark } from './cache-control.js'
import { decodeCitations, encodeCitation } from './citations.js'
import { decodeSource, fileSource, imageSource, type Sourced } from './sources.js'

/** Content of the caller: a string, blocks, or nothing. `path` names it in errors. */
export function decodeContent(content: unknown, path: string): Part[] {
  if (content === undefined || content === null || content === '') return []
  if (isString(content)) return [{ type: 'text', text: content }]
  if (!isList(content))
    throw new GatewayError('invalid_value', { param: path, message: `${path} must be a string or a list of blocks.` })
  return content.map((block, index) => decodePart(block, `${path}[${index}]`))
}

/** A block that is a piece of a message or of a result. One that is newer than the code is kept whole. */
export function decodePart(wire: unknown, path: string): Part {
  if (isString(wire)) return { type: 'text', text: wire }
  if (!isRecord(wire)) throw new GatewayError('invalid_value', { param: path, message: `${path} must be an object with a type.` })
  const fields = taking(wire)
  const { take, rest } = fields
  switch (take('type', isString)) {
    case 'text': {
      const text = take('text', isString)
      if (text === undefined) break
      const annotations = decodeCitations(take('citations', isList), text)
      return {
        type: 'text',
        text,
        ...(annotations.length > 0 && { annotations }),
        ...takeMark(fields),
        ...extrasOf('messages', rest),
      }
    }
    case 'image': {
      const source = decodeSource(take('source', isRecord) ?? {})
      if (!source) break
      const { data, ...by } = source
      return { type: 'image', ...by, ...known({ url: source.url ?? data }), ...takeMark(fields), ...extrasOf('messages', rest) }
    }
    case 'document': {
      const source = decodeSource(take('source', isRecord) ?? {})
      if (!source) break
      return {
        type: 'file',
        ...source,
        ...known({ filename: take('title', isString) }),
        ...takeMark(fields),
        ...extrasOf('messages', rest),
      }
    }
    default:
      break
  }
  return { type: 'foreign', dialect: 'messages', wire }
}

/** Parts as blocks; what has no form here is a declared loss. */
export function encodeParts(parts: readonly Part[], path: string, losses: Loss[]): messages.Block[] {
  return parts.flatMap((part, index) => encodePart(part, `${path}[${index}]`, losses) ?? [])
}

function encodePart(part: Part, path: string, losses: Loss[]): messages.Block | undefined {
  if (part.type === 'foreign') {
    // A block newer than the code goes back as it came.
    if (part.dialect === 'messages') return part.wire as messages.Block
    losses.push(dropped(path, foreignPart(part)))
    return undefined
  }
  const extras = marked(part.cache, ownExtras('messages', part.extras, path, losses))
  switch (part.type) {
    case 'text':
      return encodeText(part, extras, path, losses)
    case 'refusal':
      losses.push(approximated(path, 'A refusal goes as text.'))
      return said(part.refusal) ? block({ type: 'text', text: part.refusal }, extras) : undefined
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        losses.push(dropped(`${path}.detail`, 'Anthropic looks at each image in one way.'))
      return sourced(imageSource(part), {}, extras, path, losses)
    case 'file': {
      const source = fileSource(part, part.filename)
      if ('type' in source && source.type === 'image' && part.filename !== undefined)
        losses.push(dropped(`${path}.filename`, 'An image has no name.'))
      return sourced(source, known({ title: part.filename }), extras, path, losses)
    }
    case 'audio':
      losses.push(dropped(path, 'Anthropic takes no sound.'))
      return undefined
    default:
      return part satisfies never
  }
}

/** An error upstream, and nothing said: a text of white space alone. */
const said = (text: string): boolean => text.trim() !== ''

function encodeText(part: TextPart, extras: Loose | undefined, path: string, losses: Loss[]): messages.Block | undefined {
  const { text, annotations = [], logprobs } = part
  if (logprobs?.length) losses.push(dropped(`${path}.logprobs`, 'Anthropic has no probabilities.'))
  if (!said(text)) {
    if (text !== '' || extras) losses.push(dropped(path, 'Anthropic takes no text of white space alone.'))
    return undefined
  }
  const citations = annotations.flatMap((annotation, index) => {
    const citation = encodeCitation(annotation, 'refused')
    if (!citation) losses.push(dropped(`${path}.annotations[${index}]`, 'Anthropic takes back its own citations only.'))
    return citation ?? []
  })
  return block({ type: 'text', text, ...(citations.length > 0 && { citations }) }, extras)
}

function sourced(
  source: Sourced,
  facts: Loose,
  extras: Loose | undefined,
  path: string,
  losses: Loss[],
): messages.Block | undefined {
  if ('reason' in source) {
    losses.push(dropped(path, source.reason))
    return undefined
  }
  if (source.type === 'image') return block({ type: 'image', source: source.source }, extras)
  if (source.approximated !== undefined) losses.push(approximated(`${path}.data`, source.approximated))
  return block({ type: 'document', source: source.source, ...facts }, extras)
}

/** A block with the fields back that only this dialect has. */
export function block<B extends messages.Block>(wire: B, extras: Loose | undefined): B {
  // Extras are fields beside those that `B` knows.
  return extras ? (overlay(wire as Loose, extras) as B) : wire
}

/** A string where it says as much, which every server takes. */
export function plainest(blocks: messages.Block[]): string | messages.Block[] {
  const [first] = blocks
  if (blocks.length === 1 && first?.type === 'text' && isString(first.text) && Object.keys(first).length === 2) return first.text
  return blocks
}
