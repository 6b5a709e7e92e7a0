import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { Extras } from '../canonical/extras.js'
import type { Item } from '../canonical/item.js'
import type { Outcome, UpstreamFailure } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { failureError } from '../failure-error.js'
import { flattenTools } from '../tools/flatten.js'
import { errorBody } from './error.js'
import { emptyMessage, endingOf, isShown } from './response-encode.js'
import { blockWriter, itemWriter, type ItemWriter } from './stream-item-writer.js'

type Emit = (frame: SseFrame) => void

/** An item that has begun: written at once, or held back while another one is written. */
interface Waiting {
  readonly start: Item
  readonly held: Event[]
  writer?: ItemWriter
  end?: Item
}

/**
 * Events to the frames of a Messages stream. Its blocks do not interleave: while one item is written the others wait, in the order in
 * which they began. After an `error` comes nothing, so nobody takes it for a success.
 */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const { nameOf } = flattenTools(answering.asked, { customTools: false })
  const blocks = blockWriter()
  const items = new Map<number, Waiting>()
  const queue: Waiting[] = []
  let began = false
  let over = false
  let usage: Usage | undefined
  let extras: Extras | undefined
  let calls = false
  let refusal = false

  function begin(emit: Emit): void {
    if (began) return
    began = true
    emit(frame('message_start', { message: emptyMessage(answering) }))
  }

  /** Writes what can be written: the first item as far as it came, and once it ended the next. */
  function write(emit: Emit): void {
    for (let first = queue[0]; first; first = queue[0]) {
      first.writer ??= itemWriter(first.start, blocks, nameOf, emit)
      for (const event of first.held.splice(0)) first.writer.add(event, emit)
      if (!first.end) return
      first.writer.end(first.end, emit)
      queue.shift()
    }
  }

  /** Ends what is left, though its end never came. */
  function drain(emit: Emit): void {
    for (const waiting of queue.splice(0)) {
      const writer = waiting.writer ?? itemWriter(waiting.start, blocks, nameOf, emit)
      for (const event of waiting.held) writer.add(event, emit)
      writer.end(waiting.end, emit)
    }
  }

  function finish(outcome: Outcome, serviceTier: string | undefined, own: Extras | undefined, emit: Emit): void {
    over = true
    begin(emit)
    drain(emit)
    const all = { messages: { ...extras?.messages, ...own?.messages } }
    const { usage: spent, ...delta } = endingOf({ outcome, usage, serviceTier, extras: all }, { calls, refusal })
    emit(frame('message_delta', { delta, usage: spent }))
    emit(frame('message_stop', {}))
  }

  function fail(failure: UpstreamFailure, emit: Emit): void {
    over = true
    emit({ event: 'error', data: JSON.stringify(errorBody(failureError(failure))) })
  }

  return {
    push(event, emit) {
      if (over) return
      switch (event.type) {
        case 'turn-start':
          extras = event.extras
          begin(emit)
          break
        case 'item-start': {
          begin(emit)
          if (!isShown(event.start)) break
          calls ||= event.start.type === 'tool-call'
          const waiting: Waiting = { start: event.start, held: [] }
          items.set(event.item, waiting)
          queue.push(waiting)
          write(emit)
          break
        }
        case 'item-end': {
          const waiting = items.get(event.item)
          if (!waiting) break
          waiting.end = event.end
          items.delete(event.item)
          write(emit)
          break
        }
        case 'usage':
          usage = event.usage
          break
        case 'turn-end':
          if (event.outcome.status === 'failed') fail(event.outcome.failure, emit)
          else finish(event.outcome, event.serviceTier, event.extras, emit)
          break
        case 'error':
          fail(event.failure, emit)
          break
        case 'foreign':
          if (event.dialect === 'messages' && !isOfBlock(event.wire)) emit(frame(String(event.wire['type' as never]), event.wire))
          break
        default: {
          if (event.type === 'text-delta' && event.kind === 'refusal') refusal = true
          const waiting = items.get(event.item)
          if (!waiting) break
          if (waiting === queue[0] && waiting.writer) waiting.writer.add(event, emit)
          else waiting.held.push(event)
        }
      }
    },
    end(emit) {
      if (!over) fail({ kind: 'cut', message: 'The answer ended before it was complete.' }, emit)
    },
  }
}

/** Blocks are numbered anew here: an event that names one would speak of another. */
const isOfBlock = (wire: object): boolean => 'index' in wire

const frame = (type: string, fields: object): SseFrame => ({ event: type, data: JSON.stringify({ type, ...fields }) })
