import type { responses } from '@weir/contracts'
import type { SseFrame } from '../../dialect.js'
import { assemble } from '../canonical/assembly.js'
import type { AnnotationAdded, ArgumentsDelta, ReasoningDelta, ReplayTokenAdded, TextDelta } from '../canonical/event.js'
import type { Item } from '../canonical/item.js'
import { encodeOutputItem, idOf } from './output-items.js'
import { outputText } from './parts.js'
import { callWriter } from './stream-call-writer.js'
import type { FrameWriter } from './stream-frames.js'
import { partWriter, type PartKind, type PartWriter } from './stream-part-writer.js'

type Emit = (frame: SseFrame) => void
type ItemEvent = TextDelta | ReasoningDelta | ArgumentsDelta | AnnotationAdded | ReplayTokenAdded

/** Writes the frames of one item. */
export interface ItemWriter {
  start(emit: Emit): void
  /** Begins an item that waits to be better known: another one is about to begin, and they go out in their order. */
  begin(emit: Emit): void
  add(event: ItemEvent, emit: Emit): void
  end(end: Item, emit: Emit): void
  /** The item as the terminal response repeats it: as it ended, or incomplete as it stands. */
  output(): responses.OutputItem
}

export function itemWriter(start: Item, outputIndex: number, frames: FrameWriter): ItemWriter {
  const id = idOf(start)
  const assembly = assemble(start)
  const parts = new Map<string, PartWriter>()
  /** How many parts there are of the message, the summary and the content: each counts from 0. */
  const counts = { message: 0, summary: 0, content: 0 }
  const place = `"item_id":${JSON.stringify(id)},"output_index":${outputIndex}`
  const call = start.type === 'tool-call' ? callWriter(start, { item_id: id, output_index: outputIndex }, frames) : undefined
  let current: PartWriter | undefined
  let currentKind: PartKind | undefined
  let currentNumber = 0
  let begun = false
  let ended: responses.OutputItem | undefined

  /** The part that a delta belongs to; the one before it ends when another begins. */
  function part(kind: PartKind, number: number, emit: Emit): PartWriter {
    if (current && kind === currentKind && number === currentNumber) return current
    const key = `${kind}${number}`
    const known = parts.get(key)
    if (known) return known
    current?.end(undefined, emit)
    const list = kind === 'summary' || kind === 'content' ? kind : 'message'
    current = partWriter({ kind, index: counts[list]++, place, item: { item_id: id, output_index: outputIndex }, frames })
    currentKind = kind
    currentNumber = number
    parts.set(key, current)
    current.start(emit)
    return current
  }

  function endMessage(end: Item, emit: Emit): void {
    if (end.type !== 'message') return
    for (const [index, said] of end.content.entries()) {
      if (said.type === 'refusal') part('refusal', index, emit).end({ text: said.refusal }, emit)
      if (said.type !== 'text') continue
      const open = part('text', index, emit)
      for (const annotation of (said.annotations ?? []).slice(open.annotations())) open.annotate(annotation, emit)
      open.end({ text: said.text, wire: outputText(said, said.extras?.responses, true) }, emit)
    }
  }

  function endReasoning(end: Item, emit: Emit): void {
    if (end.type !== 'reasoning') return
    for (const [index, text] of end.summary.entries()) part('summary', index, emit).end({ text }, emit)
    for (const [index, text] of (end.content ?? []).entries()) part('content', index, emit).end({ text }, emit)
  }

  function begin(as: Item, emit: Emit): void {
    if (begun) return
    begun = true
    const item = encodeOutputItem(as, id, 'in_progress')
    emit(frames.event('response.output_item.added', { output_index: outputIndex, item }))
  }

  return {
    start(emit) {
      if (call?.waits !== true) begin(start, emit)
    },
    begin: (emit) => begin(start, emit),
    add(event, emit) {
      assembly.add(event)
      switch (event.type) {
        case 'text-delta':
          part(event.kind, event.part, emit).delta(event.text, event.logprobs, emit)
          break
        case 'reasoning-delta':
          part(event.kind, event.part, emit).delta(event.text, undefined, emit)
          break
        case 'annotation':
          part('text', event.part, emit).annotate(event.annotation, emit)
          break
        case 'arguments-delta':
          call?.delta(event.text, emit)
          break
        default:
          break
      }
    },
    end(end, emit) {
      begin(end.type === 'tool-call' && call ? call.begin(end) : start, emit)
      endMessage(end, emit)
      endReasoning(end, emit)
      for (const writer of parts.values()) writer.end(undefined, emit)
      if (end.type === 'tool-call') call?.end(end, emit)
      // Nothing that ended is in progress, whatever its start said.
      ended = encodeOutputItem(end.status === 'in_progress' ? { ...end, status: 'completed' } : end, id, 'completed')
      emit(frames.event('response.output_item.done', { output_index: outputIndex, item: ended }))
    },
    output: () => ended ?? encodeOutputItem(assembly.item('incomplete'), id, 'incomplete'),
  }
}
