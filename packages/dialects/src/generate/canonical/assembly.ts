import type { Event } from './event.js'
import { gatherText, type GatheredText } from './gather-text.js'
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
  text: GatheredText
  annotations: Annotation[]
  logprobs: LogProb[]
}

/** An empty item of this start, open for deltas. Events of other items must not be given to it. */
export function assemble(start: Item): Assembly {
  const parts: OpenPart[] = []
  const summary: GatheredText[] = []
  const content: GatheredText[] = []
  const argumentsText = gatherText()
  let replay = start.replay

  const part = (index: number, kind: OpenPart['kind']): OpenPart =>
    (parts[index] ??= { kind, text: gatherText(), annotations: [], logprobs: [] })

  return {
    add(event) {
      switch (event.type) {
        case 'text-delta': {
          const open = part(event.part, event.kind)
          open.text.add(event.text)
          if (event.logprobs) open.logprobs.push(...event.logprobs)
          break
        }
        case 'annotation':
          part(event.part, 'text').annotations.push(event.annotation)
          break
        case 'reasoning-delta': {
          const texts = event.kind === 'summary' ? summary : content
          const text = (texts[event.part] ??= gatherText())
          text.add(event.text)
          break
        }
        case 'arguments-delta':
          argumentsText.add(event.text)
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
          return { ...start, ...ending, arguments: start.arguments + argumentsText.text() }
        default:
          return { ...start, ...ending }
      }
    },
  }
}

/** A provider may skip a part's number; a hole would become `null` on the wire. */
const dense = (texts: readonly (GatheredText | undefined)[]): string[] => Array.from(texts, (text) => text?.text() ?? '')

function closed(open: OpenPart): Part {
  const text = open.text.text()
  if (open.kind === 'refusal') return { type: 'refusal', refusal: text }
  return {
    type: 'text',
    text,
    ...(open.annotations.length > 0 && { annotations: open.annotations }),
    ...(open.logprobs.length > 0 && { logprobs: open.logprobs }),
  }
}
