import type { Event, SseFrame } from '@weir/dialects'
import { expect, test } from 'vitest'
import { firstContent } from '../route/first-content.js'
import type { Routed } from '../route/route.js'
import type { AnswerSink, AnswerStream } from '../upstream/answer-stream.js'
import type { Outlet } from './outlets/outlet.js'
import { pacing, pumped } from './pump.js'

const text: Event = { type: 'text-delta', item: 0, part: 0, kind: 'text', text: 'Hi' }

/** A stream that notes what is asked of it and says what it is told to. */
function stubStream(): { readonly stream: AnswerStream; readonly asked: string[]; say(event: Event): void } {
  const asked: string[] = []
  let sink: AnswerSink | undefined
  const note = (what: string) => () => void asked.push(what)
  return {
    asked,
    say: (event) => sink?.event(event),
    stream: { start: (to) => void (sink = to), pause: note('pause'), resume: note('resume'), destroy: note('destroy') },
  }
}

const outletOf = (write: (frame: SseFrame) => boolean, drained: (listener: () => void) => void = () => {}): Outlet => ({
  begun: true,
  wrote: true,
  begin() {},
  write,
  drained,
  end() {},
  reply() {},
  abort() {},
})

// The rest of an exchange is not looked at.
const exchangeOf = (signal: AbortSignal): Routed => ({ signal }) as Routed

const failed = (): Error => new Error('Not to be called.')

test('what a lane throws, be it at a step that was held back, closes the stream and is told once', async () => {
  const { stream, asked, say } = stubStream()
  const begins = firstContent(stream, failed, () => {})
  say(text)
  const begun = await begins
  const leaving = new AbortController()
  let seen = 0
  const lane = {
    event() {
      seen++
      throw new Error('The lane broke.')
    },
    frame() {},
    unread() {},
  }
  await expect(
    pumped(
      exchangeOf(leaving.signal),
      begun,
      outletOf(() => true),
      lane,
    ),
  ).rejects.toThrow('The lane broke.')
  expect(asked).toEqual(['pause', 'destroy'])
  say(text)
  leaving.abort()
  expect({ seen, asked }).toEqual({ seen: 1, asked: ['pause', 'destroy'] })
})

test('a reader that falls behind while held steps are written is waited for', async () => {
  const { stream, asked, say } = stubStream()
  const begins = firstContent(stream, failed, () => {})
  say(text)
  const begun = await begins
  let drained = (): void => {}
  const outlet = outletOf(
    () => false,
    (listener) => void (drained = listener),
  )
  const write = pacing(outlet, begun)
  const leaving = new AbortController()
  const over = pumped(exchangeOf(leaving.signal), begun, outlet, { event: () => write({ data: '{}' }), frame() {}, unread() {} })
  expect(asked).toEqual(['pause', 'pause'])
  drained()
  expect(asked).toEqual(['pause', 'pause', 'resume'])
  leaving.abort()
  await over
  expect(asked.at(-1)).toBe('destroy')
})
