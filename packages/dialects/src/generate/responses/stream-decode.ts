import type { Annotation, LogProb } from '@weir/contracts'
import { MalformedAnswer, type SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { UpstreamFailure } from '../canonical/response.js'
import { isPlaceBelow, isRecord, isString, objects, type Loose } from '../narrow.js'
import { failureOf } from '../openai-error.js'
import { decodeHead, decodeOutcome, decodeTail } from './response-decode.js'
import { openItems, type OpenItems } from './stream-items.js'
import { decodeUsage } from './usage.js'

type Emit = (event: Event) => void

const notJson: UpstreamFailure = { kind: 'malformed', message: 'The provider sent an event that is not JSON.' }

/** Frames that only repeat what deltas and `output_item.done` have said, or will say. */
const bookkeeping = new Set([
  'response.content_part.added',
  'response.content_part.done',
  'response.reasoning_summary_part.added',
  'response.reasoning_summary_part.done',
  'response.reasoning_part.added',
  'response.reasoning_part.done',
  'response.output_text.annotation.done',
  'response.shell_call_command.added',
  'response.shell_call_command.delta',
  'response.shell_call_command.done',
  'response.apply_patch_call_operation_diff.delta',
  'response.apply_patch_call_operation_diff.done',
])

/**
 * Frames of a Responses stream to events. Takes OpenAI's own order and the looser ones of other servers: no `event` line, no
 * `content_part` frames, texts that come with `.done` only, items that begin with `output_item.done` or stand in the terminal
 * response alone. Whatever a server left out is made up for, so that the events are always whole.
 */
export function decodeStream(): Reader<SseFrame, Event> {
  let started = false
  let over = false
  let broken = false
  const items = openItems()

  function fail(failure: UpstreamFailure, emit: Emit): void {
    over = true
    emit({ type: 'error', failure })
  }

  function start(response: Loose, emit: Emit): void {
    if (started) return
    started = true
    emit({ type: 'turn-start', ...decodeHead(response) })
  }

  function terminal(type: string, wire: Loose, emit: Emit): void {
    const response = isRecord(wire.response) ? wire.response : {}
    start(response, emit)
    const outcome = decodeOutcome(response, type.slice('response.'.length))
    if (outcome.status !== 'failed') items.close(response.output, outcome.status, emit)
    const usage = decodeUsage(response.usage)
    if (usage) emit({ type: 'usage', usage })
    if (outcome.status === 'failed') return fail(outcome.failure, emit)
    over = true
    emit({ type: 'turn-end', outcome, ...decodeTail(response) })
  }

  function frameOf(type: string, wire: Loose, emit: Emit): void {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return start(isRecord(wire.response) ? wire.response : {}, emit)
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
      case 'response.done':
        return terminal(type, wire, emit)
      default:
        start({}, emit)
        if (!decodeFrame(type, wire, items, emit) && !bookkeeping.has(type))
          emit({ type: 'foreign', dialect: 'responses', wire: { ...wire, type } })
    }
  }

  return {
    push(frame, emit) {
      if (over || frame.data === '' || frame.data === '[DONE]') return
      let wire: unknown
      try {
        wire = JSON.parse(frame.data)
      } catch {
        // Half an object may be what a broken connection left of the last frame: it is judged by what follows.
        if (!broken && frame.data.startsWith('{') && !frame.data.endsWith('}')) broken = true
        else fail(notJson, emit)
        return
      }
      if (broken) return fail(notJson, emit)
      if (!isRecord(wire)) return fail({ kind: 'malformed', message: 'The provider sent an event that is not an object.' }, emit)
      const type = isString(wire.type) ? wire.type : frame.event
      if (type === 'error' || (type === undefined && isRecord(wire.error)))
        return fail(failureOf(isRecord(wire.error) ? wire.error : wire), emit)
      if (type === undefined) return fail({ kind: 'malformed', message: 'The provider sent an event without a type.' }, emit)
      frameOf(type, wire, emit)
    },
    end(emit) {
      if (!over) fail({ kind: 'cut', message: 'The stream ended without its terminal event.' }, emit)
    },
  }
}

const text = (value: unknown): string => (isString(value) ? value : '')
const none = {}

function logprobsOf(wire: Loose): { logprobs?: readonly LogProb[] } {
  const logprobs = objects<LogProb>(wire.logprobs)
  return logprobs ? { logprobs } : none
}

/** Parts of an item. */
const mostParts = 10_000

function place(value: unknown): number {
  if (typeof value !== 'number') return 0
  if (!isPlaceBelow(mostParts, value)) throw new MalformedAnswer('The provider sent an event of a part that can be nowhere.')
  return value
}

/** The frames that speak of items; false for any other. */
function decodeFrame(type: string, wire: Loose, items: OpenItems, emit: Emit): boolean {
  switch (type) {
    case 'response.output_text.delta':
    case 'response.refusal.delta':
    case 'response.output_text.done':
    case 'response.refusal.done': {
      const kind = type.startsWith('response.refusal') ? 'refusal' : 'text'
      const logprobs = logprobsOf(wire)
      const item = items.at(wire, 'message', emit)
      if (!item) return true
      const part = place(wire.content_index)
      if (type.endsWith('.delta'))
        item.delta({ type: 'text-delta', item: item.number, part, kind, text: text(wire.delta), ...logprobs }, emit)
      else
        item.rest({ type: 'text-delta', item: item.number, part, kind, text: text(wire.text ?? wire.refusal), ...logprobs }, emit)
      return true
    }
    case 'response.output_text.annotation.added': {
      const item = items.at(wire, 'message', emit)
      if (item && isRecord(wire.annotation))
        // The wire's word is taken for what an annotation is.
        item.delta(
          { type: 'annotation', item: item.number, part: place(wire.content_index), annotation: wire.annotation as Annotation },
          emit,
        )
      return true
    }
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done': {
      const item = items.call(wire)
      // A call without its name cannot begin: it waits for `output_item.done`.
      if (!item) return true
      if (type.endsWith('.delta')) item.delta({ type: 'arguments-delta', item: item.number, text: text(wire.delta) }, emit)
      else item.rest({ type: 'arguments-delta', item: item.number, text: text(wire.arguments ?? wire.input) }, emit)
      return true
    }
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_summary_text.done':
    case 'response.reasoning_text.delta':
    case 'response.reasoning_text.done':
    // Open Responses' name for the text of the reasoning itself.
    case 'response.reasoning.delta':
    case 'response.reasoning.done': {
      const kind = type.startsWith('response.reasoning_summary') ? 'summary' : 'content'
      const item = items.at(wire, 'reasoning', emit)
      if (!item) return true
      const part = place(kind === 'summary' ? wire.summary_index : wire.content_index)
      if (type.endsWith('.delta'))
        item.delta({ type: 'reasoning-delta', item: item.number, part, kind, text: text(wire.delta) }, emit)
      else item.rest({ type: 'reasoning-delta', item: item.number, part, kind, text: text(wire.text) }, emit)
      return true
    }
    case 'response.output_item.added':
      items.add(wire, wire.item, emit)
      return true
    case 'response.output_item.done':
      items.end(wire, wire.item, 'completed', emit)
      return true
    default:
      return false
  }
}
