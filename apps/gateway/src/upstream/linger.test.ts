import { expect, test, vi } from 'vitest'
import type { ByteStream } from '../ports/transport.js'
import { linger } from './linger.js'

test('connections that stay open after their answer are closed, with one timer for all of them', () => {
  vi.useFakeTimers()
  try {
    const closed: number[] = []
    const bodies = Array.from({ length: 10 }, (_, number): ByteStream => {
      const destroy = (): void => void closed.push(number)
      return { start() {}, pause() {}, resume() {}, destroy }
    })
    for (const body of bodies) linger.begin(body)
    for (const body of bodies.slice(1)) linger.end(body)
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(2000)
    expect(closed).toEqual([0])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
