import type { Event } from './event.js'
import type { Item } from './item.js'
import type { Part } from './part.js'
import type { Annotation, LogProb } from '@weir/contracts'

/** An item under construction: takes its deltas, gives it whole. Stream decoders and `fold` build items with this only. */
export interface Assembly {
  add(event: Event): void
  /** The item as it stands; `status` overrides that of its start. */
  item(status?: 'completed' | 'incomplete'): Item
}

interface OpenPart {
  kind: 'text' | 'refusal'
  text: string
  annotations: Annotation[]
  logprobs: LogProb[]
}

/** An empty item of this start, open for deltas. Events of other items must not be given to it. */
export function assemble(start: Item): Assembly {
  const parts: OpenPart[] = []
  const summary: string[] = []
  const content: string[] = []
  let argumentsText = ''
  let replay = start.replay

  const part = (index: number, kind: OpenPart['kind']): OpenPart =>
    (parts[index] ??= { kind, text: '', annotations: [], logprobs: [] })

  return {
    add(event) {
      switch (event.type) {
        case 'text-delta': {
          const open = part(event.part, event.kind)
          open.text += event.text
          if (event.logprobs) open.logprobs.push(...event.logprobs)
          break
        }
        case 'annotation':
          part(event.part, 'text').annotations.push(event.annotation)
          break
        case 'reasoning-delta': {
          const texts = event.kind === 'summary' ? summary : content
          texts[event.part] = (texts[event.part] ?? '') + event.text
          break
        }
        case 'arguments-delta':
          argumentsText += event.text
          break
        case 'replay-token':
          replay = event.token
          break
        default:
          break
      }
    },
    item(status) {
      const ending = { ...(replay && { replay }), ...(status && { status }) }
      switch (start.type) {
        case 'message':
          return { ...start, ...ending, content: [...start.content, ...parts.filter(Boolean).map(closed)] }
        case 'reasoning':
          return {
            ...start,
            ...ending,
            summary: [...start.summary, ...dense(summary)],
            ...((start.content || content.length > 0) && { content: [...(start.content ?? []), ...dense(content)] }),
          }
        case 'tool-call':
          return { ...start, ...ending, arguments: start.arguments + argumentsText }
        default:
          return { ...start, ...ending }
      }
    },
  }
}

/** A provider may skip a part's number; a hole would become `null` on the wire. */
const dense = (texts: readonly string[]): string[] => Array.from(texts, (text) => text ?? '')

function closed(open: OpenPart): Part {
  if (open.kind === 'refusal') return { type: 'refusal', refusal: open.text }
  return {
    type: 'text',
    text: open.text,
    ...(open.annotations.length > 0 && { annotations: open.annotations }),
    ...(open.logprobs.length > 0 && { logprobs: open.logprobs }),
  }
}
