import { expect, test } from 'vitest'
import type { Chunk } from '../../ports/journal.js'
import { journalOutlet } from './journal.js'

test('a writer that goes on at once when it may, and has to wait again, is told again', async () => {
  const chunks: Chunk[] = []
  const frames = Array.from({ length: 40 }, (_, number) => ({
    data: JSON.stringify({ type: 'said', number, text: 'x'.repeat(100_000) }),
  }))
  const outlet = journalOutlet({
    opening: { type: 'opening' },
    next: 2,
    async append(chunk) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      chunks.push(chunk)
      return true
    },
    lost: () => expect.unreachable(),
    signal: new AbortController().signal,
  })
  const written = new Promise<void>((resolve) => {
    const left = frames.values()
    const write = (): void => {
      for (const frame of left) if (!outlet.write(frame)) return
      resolve()
    }
    outlet.drained(write)
    write()
  })
  await written
  const rest = await outlet.rest()
  const events = [...chunks, ...(rest ? [rest] : [])].flatMap(({ events }) => events.split('\n'))
  expect(events.map((event) => (JSON.parse(event) as { number?: number }).number)).toEqual([
    undefined,
    ...frames.map((_, number) => number),
  ])
  for (const { events } of chunks) expect(events.length).toBeLessThan(512 * 1024)
})
