import type { Answering, SseFrame } from '../../dialect.js'
import type { Reader } from '../../reader.js'
import type { Event } from '../canonical/event.js'
import type { Extras } from '../canonical/extras.js'
import type { UpstreamFailure } from '../canonical/response.js'
import type { Usage } from '../canonical/usage.js'
import { typeOfFailure } from '../openai-error.js'
import { isShown } from './output-items.js'
import { codeOfFailure, inProgressResponse, messageOfFailure, terminalResponse, type Ending } from './response-encode.js'
import { itemWriter, type ItemWriter } from './stream-item-writer.js'
import { frameWriter } from './stream-frames.js'

/**
 * Events to the frames of a Responses stream, in OpenAI's order: numbers without gaps, `output_index` by the order in which items
 * began, one terminal event that repeats exactly the items streamed, then `[DONE]`. Items may interleave, as they do upstream.
 */
export function encodeStream(answering: Answering): Reader<Event, SseFrame> {
  const frames = frameWriter()
  /** By the number of the item among the events; without those that have no form here. */
  const writers: (ItemWriter | undefined)[] = []
  const shown: ItemWriter[] = []
  let began = false
  let over = false
  let usage: Usage | undefined
  let extras: Extras | undefined

  function begin(emit: (frame: SseFrame) => void): void {
    if (began) return
    began = true
    // The echo of many tools is long, and the same twice.
    const response = `"response":${JSON.stringify(inProgressResponse(answering))}`
    emit(frames.raw('response.created', response))
    emit(frames.raw('response.in_progress', response))
  }

  function finish(type: string, ending: Ending, emit: (frame: SseFrame) => void): void {
    over = true
    shown.at(-1)?.begin(emit)
    const output = shown.map((writer) => writer.output())
    emit(frames.event(type, { response: terminalResponse(answering, output, { ...(usage && { usage }), ...ending }) }))
    emit({ data: '[DONE]' })
  }

  function fail(failure: UpstreamFailure, emit: (frame: SseFrame) => void): void {
    begin(emit)
    shown.at(-1)?.begin(emit)
    const detail = { code: codeOfFailure(failure), message: messageOfFailure(failure), param: failure.param ?? null }
    // Flat as OpenAI's types say, and nested as its wire does.
    emit(frames.event('error', { ...detail, error: { type: typeOfFailure(failure.kind), ...detail } }))
    finish('response.failed', { outcome: { status: 'failed', failure } }, emit)
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
          shown.at(-1)?.begin(emit)
          const writer = itemWriter(event.start, shown.length, frames)
          writers[event.item] = writer
          shown.push(writer)
          writer.start(emit)
          break
        }
        case 'usage':
          usage = event.usage
          break
        case 'turn-end': {
          begin(emit)
          const { outcome, serviceTier } = event
          if (outcome.status === 'failed') return fail(outcome.failure, emit)
          const all = { responses: { ...extras?.responses, ...event.extras?.responses } }
          finish(`response.${outcome.status}`, { outcome, extras: all, ...(serviceTier !== undefined && { serviceTier }) }, emit)
          break
        }
        case 'error':
          fail(event.failure, emit)
          break
        case 'foreign':
          if (event.dialect === 'responses') emit(frames.foreign(event.wire))
          break
        case 'item-end':
          writers[event.item]?.end(event.end, emit)
          break
        default:
          writers[event.item]?.add(event, emit)
      }
    },
    end(emit) {
      if (!over) fail({ kind: 'cut', message: 'The answer ended before it was complete.' }, emit)
    },
  }
}
