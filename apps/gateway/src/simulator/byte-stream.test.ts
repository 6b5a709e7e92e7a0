import { getEventListeners } from 'node:events'
import { expect, test, vi } from 'vitest'
import type { TransportError } from '../ports/transport.js'
import { streamBody, type Passage } from './byte-stream.js'

const turns = (count: number): Promise<void> =>
  count === 0 ? Promise.resolve() : new Promise<void>((resolve) => setImmediate(resolve)).then(() => turns(count - 1))

const timers = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

function* counted(draws: { count: number }, passages: Iterable<Passage>): Generator<Passage> {
  for (const passage of passages) {
    draws.count++
    yield passage
  }
}

const listener = () => ({ data: vi.fn(), end: vi.fn(), fail: vi.fn<(error: TransportError) => void>() })
const open = (): { signal: AbortSignal; idleTimeout: number } => ({ signal: new AbortController().signal, idleTimeout: 1000 })

test('draws nothing before it starts, while it is paused, or after it is destroyed', async () => {
  const draws = { count: 0 }
  const body = streamBody(
    counted(
      draws,
      Array.from({ length: 100 }, () => 'x'.repeat(1024)),
    ),
    open(),
  )
  const sink = listener()
  await turns(3)
  expect(draws.count).toBe(0)
  body.start(sink)
  await turns(3)
  body.pause()
  const drawn = draws.count
  expect(drawn).toBeGreaterThan(0)
  expect(drawn).toBeLessThan(20)
  await turns(10)
  expect(draws.count).toBe(drawn)
  body.resume()
  await turns(3)
  expect(draws.count).toBeGreaterThan(drawn)
  body.destroy()
  const last = draws.count
  await turns(10)
  expect(draws.count).toBe(last)
  expect(sink.end).not.toHaveBeenCalled()
})

test('a pause within the last bytes holds back the end', async () => {
  const body = streamBody(['all'], open())
  const sink = listener()
  sink.data.mockImplementation(() => body.pause())
  body.start(sink)
  await turns(5)
  expect(sink.data).toHaveBeenCalledTimes(1)
  expect(sink.end).not.toHaveBeenCalled()
  body.resume()
  await turns(5)
  expect(sink.end).toHaveBeenCalledTimes(1)
})

test.each<[string, Passage]>([
  ['a wait', { type: 'wait', milliseconds: 50_000 }],
  ['a stall', { type: 'stall' }],
])('%s leaves no timer and no listener when it is left', async (_, silence) => {
  const before = timers()
  const leaving = new AbortController()
  const ending = listener()
  const aborted = streamBody(['a', silence], { signal: leaving.signal, idleTimeout: 60_000 })
  const destroyed = streamBody(['a', silence], { signal: leaving.signal, idleTimeout: 60_000 })
  aborted.start(ending)
  destroyed.start(listener())
  await turns(5)
  expect(timers()).toBe(before + 2)
  destroyed.destroy()
  leaving.abort()
  expect(ending.fail.mock.calls[0]?.[0].fault).toBe('aborted')
  expect(timers()).toBe(before)
  expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(0)
})

test('silence is timed only for a reader that reads', async () => {
  const sink = listener()
  const body = streamBody(['a', { type: 'stall' }], { ...open(), idleTimeout: 15 })
  body.start(sink)
  await turns(5)
  body.pause()
  await new Promise((resolve) => setTimeout(resolve, 40))
  expect(sink.fail).not.toHaveBeenCalled()
  body.resume()
  await vi.waitFor(() => expect(sink.fail).toHaveBeenCalledTimes(1))
  expect(sink.fail.mock.calls[0]?.[0].fault).toBe('timeout')
})

test('a source that breaks ends the stream instead of the process', async () => {
  const sink = listener()
  const broken = (function* (): Generator<Passage> {
    yield 'a'
    throw new Error('a mistake')
  })()
  streamBody(broken, open()).start(sink)
  await turns(5)
  expect(sink.fail.mock.calls[0]?.[0]).toMatchObject({ fault: 'cut', cause: { message: 'a mistake' } })
})
