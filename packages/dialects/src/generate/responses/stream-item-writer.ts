import type { responses } from '@weir/contracts'
import type { SseFrame } from '../../dialect.js'
import { assemble } from '../canonical/assembly.js'
import type { AnnotationAdded, ArgumentsDelta, ReasoningDelta, ReplayTokenAdded, TextDelta } from '../canonical/event.js'
import type { Item } from '../canonical/item.js'
import { encodeOutputItem, idOf } from './output-items.js'
import { outputText } from './parts.js'
import type { FrameWriter } from './stream-frames.js'
import { partWriter, type PartKind, type PartWriter } from './stream-part-writer.js'

type Emit = (frame: SseFrame) => void
type ItemEvent = TextDelta | ReasoningDelta | ArgumentsDelta | AnnotationAdded | ReplayTokenAdded

/** Writes the frames of one item. */
export interface ItemWriter {
  start(emit: Emit): void
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
  const input = argumentsNames(start)
  let current: PartWriter | undefined
  let currentKind: PartKind | undefined
  let currentNumber = 0
  let sent = 0
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

  function argumentsDelta(text: string, emit: Emit): void {
    if (!input) return
    sent += text.length
    emit(frames.delta(input.delta, place, text, ''))
  }

  function endCall(end: Item, emit: Emit): void {
    if (end.type !== 'tool-call' || !input) return
    // At least one delta, and all of it: some clients read deltas only.
    if (end.arguments.length > sent || sent === 0) argumentsDelta(end.arguments.slice(sent), emit)
    const fields = { item_id: id, output_index: outputIndex, [input.field]: end.arguments }
    emit(frames.event(input.end, end.kind === 'custom' ? fields : { ...fields, name: end.name }))
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

  return {
    start(emit) {
      const item = encodeOutputItem(start, id, 'in_progress')
      emit(frames.event('response.output_item.added', { output_index: outputIndex, item }))
    },
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
          argumentsDelta(event.text, emit)
          break
        default:
          break
      }
    },
    end(end, emit) {
      endMessage(end, emit)
      endReasoning(end, emit)
      for (const writer of parts.values()) writer.end(undefined, emit)
      endCall(end, emit)
      // Nothing that ended is in progress, whatever its start said.
      ended = encodeOutputItem(end.status === 'in_progress' ? { ...end, status: 'completed' } : end, id, 'completed')
      emit(frames.event('response.output_item.done', { output_index: outputIndex, item: ended }))
    },
    output: () => ended ?? encodeOutputItem(assembly.item('incomplete'), id, 'incomplete'),
  }
}

/** The frames that carry a call's text: arguments of a function, free input of a custom tool. */
function argumentsNames(start: Item): { delta: string; end: string; field: string } | undefined {
  if (start.type !== 'tool-call') return undefined
  const [name, field] = start.kind === 'custom' ? ['custom_tool_call_input', 'input'] : ['function_call_arguments', 'arguments']
  return { delta: `response.${name}.delta`, end: `response.${name}.done`, field }
}
