import { chatCompletions, type Event } from '@weir/dialects'
import { expect, test } from 'vitest'
import type { ByteSink, ByteStream } from '../ports/transport.js'
import { answerStream } from './answer-stream.js'
import { chatEnding } from './endings.js'

/** A body that is written by hand, and whether its connection was closed. */
function body(): { readonly stream: ByteStream; readonly write: (text: string) => void; readonly closed: () => boolean } {
  let sink: ByteSink | undefined
  let closed = false
  const stream: ByteStream = {
    start: (to) => void (sink = to),
    pause() {},
    resume() {},
    destroy: () => void (closed = true),
  }
  return { stream, write: (text) => sink?.data(Buffer.from(text)), closed: () => closed }
}

const chunk = (content: string): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`
const mebibyte = 'x'.repeat(1024 * 1024)

/** What is told of a stream of so many mebibytes of text and its ending. */
function read(mebibytes: number, passes: boolean): { events: Event[]; unread: string[]; frames: number; closed: boolean } {
  const { stream, write, closed } = body()
  const events: Event[] = []
  const unread: string[] = []
  let frames = 0
  answerStream(stream, chatCompletions, passes ? chatEnding : undefined).start({
    event(event) {
      if (event.type !== 'text-delta') events.push(event)
    },
    frame: () => void frames++,
    unread: (reason) => void unread.push(reason),
    done() {},
  })
  for (let place = 0; place < mebibytes; place++) write(chunk(mebibyte))
  write('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
  return { events, unread, frames, closed: closed() }
}

const reason = 'The answer is longer than 67108864 characters.'

test('an answer that is translated breaks off where it is longer than what can be kept', () => {
  const { events, closed } = read(66, false)
  expect(events.at(-1)).toEqual({ type: 'error', failure: { kind: 'malformed', message: reason } })
  expect(closed).toBe(true)
})

test('an answer that passes goes on past what can be kept, and is said not to be read', () => {
  const { events, unread, frames, closed } = read(66, true)
  expect(events.at(-1)).toEqual({ type: 'turn-end', outcome: { status: 'completed' } })
  expect(unread).toEqual([reason])
  // The last chunk and all before it; `[DONE]` is no object.
  expect(frames).toBe(67)
  expect(closed).toBe(false)
})

test('an answer that is just as long as can be kept is read to its end', () => {
  const { events, unread } = read(64, false)
  expect(events.at(-1)).toMatchObject({ type: 'turn-end', outcome: { status: 'completed' } })
  expect(unread).toEqual([])
})
