import type { TextDelta } from './event.js'
import type { Part } from './part.js'

/** The text of a part as one delta; nothing for a part without text. */
export function deltaOfPart(part: Part, item: number, index: number): TextDelta | undefined {
  if (part.type === 'refusal') return { type: 'text-delta', item, part: index, kind: 'refusal', text: part.refusal }
  if (part.type !== 'text') return undefined
  return {
    type: 'text-delta',
    item,
    part: index,
    kind: 'text',
    text: part.text,
    ...(part.logprobs && { logprobs: part.logprobs }),
  }
}
