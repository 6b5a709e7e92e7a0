// An answer that begins with an item of the gateway's own.
import type { context } from '@weir/contracts'
import type { Event, Item } from '@weir/dialects'
import type { AnswerStream } from '../upstream/answer-stream.js'
import type { Answer } from '../upstream/upstream.js'

/** The answer with this item in front of all others. */
export function ledBy(item: context.CompactionItem, answer: Answer): Answer {
  const first: Item = { type: 'foreign', dialect: 'responses', id: item.id, wire: item }
  if (answer.form === 'stream') return { form: 'stream', stream: streamLedBy(first, answer.stream) }
  return { ...answer, generated: { ...answer.generated, items: [first, ...answer.generated.items] } }
}

function streamLedBy(first: Item, stream: AnswerStream): AnswerStream {
  return {
    ...stream,
    start(sink) {
      let begun = false
      const lead = (): void => {
        begun = true
        sink.event({ type: 'item-start', item: 0, start: first })
        sink.event({ type: 'item-end', item: 0, end: first })
      }
      stream.start({
        ...sink,
        event(event) {
          if (!begun && event.type !== 'turn-start') lead()
          sink.event(later(event))
          if (!begun) lead()
        },
        frame: (frame) => sink.frame(frame),
        unread: (reason) => sink.unread(reason),
        done: () => sink.done(),
      })
    },
  }
}

/** The event with its item one place further on. */
const later = (event: Event): Event => ('item' in event ? { ...event, item: event.item + 1 } : event)
