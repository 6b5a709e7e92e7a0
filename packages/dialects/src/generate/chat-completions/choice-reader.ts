import type { LogProb } from '@weir/contracts'
import type { Event } from '../canonical/event.js'
import type { ChoiceOutcome } from '../canonical/response.js'
import { decodeAnnotations } from './annotations.js'
import { readContent } from './answer-content.js'
import { callReader, type CallReader } from './call-reader.js'
import { isList, isRecord, objects, type Loose } from '../narrow.js'
import type { OpenItem, OpenItems } from '../open-items.js'

type Emit = (event: Event) => void

/** One alternative of an answer, read from the deltas of its chunks. */
export interface ChoiceReader {
  readonly index: number
  /** How it ended, once it is known. */
  outcome: ChoiceOutcome | undefined
  read(choice: Loose, emit: Emit): void
  /** To be called once all deltas came; the items that are open are then closed by whoever owns them. */
  end(emit: Emit): void
}

/**
 * Reasoning ends where something else begins, and text where reasoning or a call begins; calls stay open to the end, for
 * their deltas may interleave. Empty deltas begin nothing.
 */
export function choiceReader(index: number, items: OpenItems): ChoiceReader {
  const place = index === 0 ? {} : { choice: index }
  let reasoning: OpenItem | undefined
  let message: OpenItem | undefined
  let calls: CallReader | undefined
  let last: OpenItem | undefined
  let parts = 0
  let textPart = -1
  let refusalPart = -1

  function endReasoning(emit: Emit): void {
    if (reasoning) items.close(reasoning, emit)
    reasoning = undefined
  }

  function endMessage(emit: Emit): void {
    if (message) items.close(message, emit)
    message = undefined
  }

  function inMessage(emit: Emit): OpenItem {
    if (message) return message
    endReasoning(emit)
    parts = 0
    textPart = -1
    refusalPart = -1
    message = items.open({ type: 'message', role: 'assistant', status: 'in_progress', ...place, content: [] }, emit)
    last = message
    return message
  }

  function think(text: string, emit: Emit): void {
    if (!reasoning) {
      endMessage(emit)
      reasoning = items.open({ type: 'reasoning', ...place, summary: [] }, emit)
      last = reasoning
    }
    const event: Event = { type: 'reasoning-delta', item: reasoning.number, part: 0, kind: 'content', text }
    reasoning.assembly.add(event)
    emit(event)
  }

  function say(text: string, logprobs: readonly LogProb[] | undefined, emit: Emit): void {
    const item = inMessage(emit)
    if (textPart < 0) textPart = parts++
    const event: Event = logprobs
      ? { type: 'text-delta', item: item.number, part: textPart, kind: 'text', text, logprobs }
      : { type: 'text-delta', item: item.number, part: textPart, kind: 'text', text }
    item.assembly.add(event)
    emit(event)
  }

  function refuse(text: string, emit: Emit): void {
    const item = inMessage(emit)
    if (refusalPart < 0) refusalPart = parts++
    const event: Event = { type: 'text-delta', item: item.number, part: refusalPart, kind: 'refusal', text }
    item.assembly.add(event)
    emit(event)
  }

  function annotate(wire: unknown, emit: Emit): void {
    for (const annotation of decodeAnnotations(wire)) {
      const item = inMessage(emit)
      if (textPart < 0) textPart = parts++
      const event: Event = { type: 'annotation', item: item.number, part: textPart, annotation }
      item.assembly.add(event)
      emit(event)
    }
  }

  function call(wires: readonly unknown[], emit: Emit): void {
    if (wires.length === 0) return
    calls ??= callReader(place, items)
    endReasoning(emit)
    endMessage(emit)
    for (const wire of wires) if (isRecord(wire)) last = calls.read(wire, emit) ?? last
  }

  return {
    index,
    outcome: undefined,
    read(choice, emit) {
      const { delta } = choice
      if (!isRecord(delta)) return
      const thought = delta.reasoning_content || delta.reasoning
      if (typeof thought === 'string' && thought !== '') think(thought, emit)

      const { content } = delta
      const logprobs = isRecord(choice.logprobs) ? objects<LogProb>(choice.logprobs.content) : undefined
      if (typeof content === 'string') {
        if (content !== '' || logprobs) say(content, logprobs, emit)
      } else if (isList(content)) {
        const { text, thinking } = readContent(content)
        if (thinking) think(thinking, emit)
        if (text) say(text, logprobs, emit)
      }
      if (typeof delta.refusal === 'string' && delta.refusal !== '') refuse(delta.refusal, emit)
      if (delta.annotations) annotate(delta.annotations, emit)
      if (isList(delta.tool_calls)) call(delta.tool_calls, emit)
      else if (isRecord(delta.function_call)) call([{ index: 0, function: delta.function_call }], emit)
    },
    end(emit) {
      last = calls?.end(emit) ?? last
      if (last && this.outcome?.status === 'incomplete') last.status = 'incomplete'
    },
  }
}
