import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { httpOutlet } from './http.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Reader {
  readonly response: ServerResponse
  /** What was written, and the milliseconds since the beginning. */
  readonly writes: { readonly at: number; readonly text: string }[]
  leave(): void
}

/** What was written in one go leaves at the end of it. */
const flushed = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

/** A reader that takes everything at once. */
function reader(): Reader {
  const writes: { at: number; text: string }[] = []
  const began = Date.now()
  let leave = (): void => {}
  const response = {
    destroyed: false,
    writableLength: 0,
    writableEnded: false,
    writableNeedDrain: false,
    writableHighWaterMark: 65_536,
    once: (_: string, listener: () => void) => void (leave = listener),
    on() {},
    writeHead() {},
    write: (text: string) => writes.push({ at: Date.now() - began, text }) > 0,
    end() {},
  }
  // An outlet looks at these only.
  return { response: response as unknown as ServerResponse, writes, leave: () => leave() }
}

test('no 15 seconds pass in silence: not before the first frame, not between two, not after the last so far', async () => {
  const { response, writes, leave } = reader()
  const outlet = httpOutlet({} as IncomingMessage, response, {}, () => true, 600_000)
  vi.advanceTimersByTime(40_300)
  outlet.begin({})
  outlet.write({ event: 'response.created', data: '{}' })
  await flushed()
  vi.advanceTimersByTime(50_400)
  outlet.write({ data: '{"delta":"x"}' })
  await flushed()
  vi.advanceTimersByTime(100_000)
  const times = [0, ...writes.map(({ at }) => at), 190_700]
  const silences = times.slice(1).map((at, place) => at - (times[place] ?? 0))
  expect(Math.max(...silences)).toBeLessThanOrEqual(15_000)
  expect(new Set(writes.map(({ text }) => text))).toEqual(
    new Set([': keep-alive\n\n', 'event: response.created\ndata: {}\n\n', 'data: {"delta":"x"}\n\n']),
  )
  leave()
})

test('a frame goes whole into one write, and ends with LF; frames that come together go together', async () => {
  const { response, writes, leave } = reader()
  const outlet = httpOutlet({} as IncomingMessage, response, {}, () => true, 600_000)
  outlet.begin({})
  const large = JSON.stringify('x'.repeat(1_000_000))
  outlet.write({ event: 'a', data: '1' })
  outlet.write({ event: 'b', data: large })
  await flushed()
  outlet.write({ event: 'c', data: '3' })
  outlet.end()
  expect(writes.map(({ text }) => text.replace(large, 'large'))).toEqual([
    'event: a\ndata: 1\n\nevent: b\ndata: large\n\n',
    'event: c\ndata: 3\n\n',
  ])
  leave()
})
