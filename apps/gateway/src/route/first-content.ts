import type { Event, SseFrame, UpstreamFailure } from '@weir/dialects'
import type { AnswerSink, AnswerStream } from '../upstream/answer-stream.js'

/** Whether a caller would see something of the model in this event. Before the first of them failing over is free. */
function isContent(event: Event): boolean {
  switch (event.type) {
    case 'turn-start':
    case 'usage':
    case 'foreign':
    case 'error':
      return false
    case 'item-start':
      return event.start.type !== 'message' && event.start.type !== 'reasoning'
    case 'text-delta':
    case 'reasoning-delta':
    case 'arguments-delta':
      return event.text !== ''
    default:
      return true
  }
}

type Step = { readonly event: Event } | { readonly frame: SseFrame } | { readonly unread: string }

/**
 * Reads a stream up to its first content, and gives a stream that begins with what was read. Rejects with the failure of one
 * that fails before: nothing of it has reached the caller yet. `identified` is told the id that the upstream gave.
 */
export function firstContent(
  stream: AnswerStream,
  failed: (failure: UpstreamFailure) => Error,
  identified: (id: string) => void,
): Promise<AnswerStream> {
  return new Promise((resolve, reject) => {
    const held: Step[] = []
    let settled = false
    let ended = false
    let sink: AnswerSink | undefined
    // Whether the reader has had enough of the steps that were held: too slow for more, or gone.
    let waits = false
    let closed = false

    const begun: AnswerStream = {
      start(to) {
        for (const step of held) {
          if ('event' in step) to.event(step.event)
          else if ('frame' in step) to.frame(step.frame)
          else to.unread(step.unread)
        }
        held.length = 0
        sink = to
        if (closed) return
        if (ended) to.done()
        else if (!waits) stream.resume()
      },
      pause() {
        waits = true
        stream.pause()
      },
      resume() {
        waits = false
        if (sink) stream.resume()
      },
      destroy() {
        closed = true
        stream.destroy()
      },
    }

    function settle(): void {
      if (settled) return
      settled = true
      stream.pause()
      resolve(begun)
    }

    stream.start({
      event(event) {
        if (sink) return sink.event(event)
        if (event.type === 'turn-start' && event.id !== undefined) identified(event.id)
        if (event.type === 'error' && !settled) {
          settled = true
          stream.destroy()
          return reject(failed(event.failure))
        }
        held.push({ event })
        if (isContent(event)) settle()
      },
      frame(frame) {
        if (sink) sink.frame(frame)
        else held.push({ frame })
      },
      unread(reason) {
        if (sink) return sink.unread(reason)
        held.push({ unread: reason })
        // No event will tell of content any more.
        settle()
      },
      done() {
        ended = true
        if (sink) sink.done()
        else settle()
      },
    })
  })
}
