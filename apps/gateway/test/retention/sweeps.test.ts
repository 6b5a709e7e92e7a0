import { expect, test } from 'vitest'
import { startRetention, type RetentionOptions } from '../../src/retention/retention.js'
import { moment } from '../support/moment.js'

const now = 1_700_000_000_000
const clock = { now: () => now }

/** A port that has so many rows, and says what it was asked. */
function port(rows: number): { asked: [number, number][]; sweep(before: number, most: number): Promise<number> } {
  const asked: [number, number][] = []
  let left = rows
  return {
    asked,
    async sweep(before, most) {
      asked.push([before, most])
      const gone = Math.min(left, most)
      left -= gone
      return gone
    },
  }
}

/** Waits that are told, and that end when the test says so or the signal is aborted. */
function waits(): { told: number[]; rounds: (() => void)[]; wait: NonNullable<RetentionOptions['wait']>; idle(): Promise<void> } {
  const told: number[] = []
  const rounds: (() => void)[] = []
  let resting = moment()
  return {
    told,
    rounds,
    async wait(milliseconds, signal) {
      told.push(milliseconds)
      if (milliseconds < 60_000) return
      await new Promise<void>((resolve) => {
        rounds.push(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
        resting.now()
      })
    },
    async idle() {
      await resting.come
      resting = moment()
    },
  }
}

const nothing = (): void => {}

test('every port that sweeps is swept to its end, in small batches with a pause between them, and again an hour later', async () => {
  const [one, two, quiet] = [port(500), port(0), { count: () => 7 }]
  const { told, rounds, wait, idle } = waits()
  const retention = startRetention({
    clock,
    ports: { one, two, quiet },
    keepFor: 1_000,
    report: nothing,
    wait,
    random: () => 0.5,
  })
  await idle()
  const batch = [now - 1_000, 200]
  expect(one.asked).toEqual([batch, batch, batch, batch])
  expect(two.asked).toEqual([batch])
  expect(told).toEqual([expect.any(Number), expect.any(Number), expect.any(Number), 3_600_000])
  expect(Math.min(...told)).toBeGreaterThanOrEqual(5)
  rounds[0]?.()
  await idle()
  expect(one.asked).toHaveLength(5)
  await retention.stop()
  expect(rounds).toHaveLength(2)
})

test('a port that fails is told of and holds up neither the others nor the next round', async () => {
  const failing = { sweep: () => Promise.reject(new Error('the disk is gone')) }
  const after = port(1)
  const told: [string, unknown][] = []
  const { rounds, wait, idle } = waits()
  const report = (name: string, error: unknown): void => void told.push([name, error])
  const retention = startRetention({ clock, ports: { failing, after }, keepFor: 1_000, report, wait })
  await idle()
  rounds[0]?.()
  await idle()
  await retention.stop()
  expect(told).toEqual([
    ['failing', new Error('the disk is gone')],
    ['failing', new Error('the disk is gone')],
  ])
  expect(after.asked).toHaveLength(3)
})

test('to stop is to wait for the batch under way and to begin no other', async () => {
  const begun = moment()
  const goOn = moment()
  let batches = 0
  const slow = {
    async sweep() {
      batches++
      begun.now()
      await goOn.come
      return 100
    },
  }
  const next = port(1)
  const retention = startRetention({ clock, ports: { slow, next }, keepFor: 1_000, report: nothing })
  await begun.come
  let stopped = false
  const stopping = retention.stop().then(() => (stopped = true))
  await new Promise(setImmediate)
  expect(stopped).toBe(false)
  goOn.now()
  await stopping
  expect(batches).toBe(1)
  expect(next.asked).toEqual([])
})

test('what is kept for ever is asked for nothing that was ever used', async () => {
  const kept = port(5)
  const { wait, idle } = waits()
  const retention = startRetention({ clock, ports: { kept }, keepFor: Infinity, report: nothing, wait })
  await idle()
  await retention.stop()
  expect(kept.asked[0]?.[0]).toBe(0)
})

test('rounds are an hour apart, give or take a tenth', async () => {
  for (const [random, milliseconds] of [
    [0, 3_240_000],
    [1, 3_960_000],
  ] as const) {
    const { told, wait, idle } = waits()
    const retention = startRetention({ clock, ports: {}, keepFor: 1_000, report: nothing, wait, random: () => random })
    await idle()
    await retention.stop()
    expect(told).toEqual([milliseconds])
  }
})

test('a port that keeps things for a time of its own is swept by that', async () => {
  const day = { ...port(5), keepsFor: 86_400_000 }
  const { wait, idle } = waits()
  const retention = startRetention({ clock, ports: { day }, keepFor: Infinity, report: nothing, wait })
  await idle()
  await retention.stop()
  expect(day.asked[0]?.[0]).toBe(now - 86_400_000)
})
