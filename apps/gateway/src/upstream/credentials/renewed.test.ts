import { expect, test } from 'vitest'
import type { CredentialPorts } from './credential.js'
import { renewed, type Lease } from './renewed.js'

const minute = 60_000

/** Something good for an hour, by a clock that the test turns; `give` decides what comes next. */
function stage(lifetime = 60 * minute) {
  let [now, asked] = [0, 0]
  let failing: Error | undefined
  const held: (() => void)[] = []
  let holding = false
  // No credential of this test asks over the network.
  const ports = { clock: { now: () => now } } as CredentialPorts
  const get = renewed(async (): Promise<Lease<string>> => {
    const number = ++asked
    if (holding) await new Promise<void>((resolve) => held.push(resolve))
    if (failing) throw failing
    return { value: `token-${number}`, expiresAt: now + lifetime }
  })
  return {
    get: (own = new AbortController().signal) => get(ports, own),
    asked: () => asked,
    at: (time: number) => void (now = time),
    fail: (error: Error | undefined) => void (failing = error),
    hold: () => void (holding = true),
    release() {
      holding = false
      for (const go of held.splice(0)) go()
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

test('many who come at once wait for one question', async () => {
  const { get, asked, hold, release } = stage()
  hold()
  const all = Array.from({ length: 200 }, () => get())
  release()
  expect(new Set(await Promise.all(all))).toEqual(new Set(['token-1']))
  expect(asked()).toBe(1)
})

test('it is renewed before it ends, and nobody waits for that', async () => {
  const { get, asked, at, hold, release, settled } = stage()
  expect(await get()).toBe('token-1')
  at(54 * minute)
  expect(await get()).toBe('token-1')
  expect(asked()).toBe(1)
  at(56 * minute)
  hold()
  expect(await Promise.all([get(), get(), get()])).toEqual(['token-1', 'token-1', 'token-1'])
  expect(asked()).toBe(2)
  release()
  await settled()
  expect(await get()).toBe('token-2')
})

test('a renewal that fails is tried again after a while, and what there is goes on to its end', async () => {
  const { get, asked, at, fail, settled } = stage()
  await get()
  fail(new Error('down'))
  at(56 * minute)
  expect(await get()).toBe('token-1')
  await settled()
  expect(await get()).toBe('token-1')
  expect(asked()).toBe(2)
  at(56 * minute + 10_000)
  expect(await get()).toBe('token-1')
  await settled()
  expect(asked()).toBe(3)
  at(60 * minute - 30_000)
  await expect(get()).rejects.toThrow('down')
  fail(undefined)
  expect(await get()).toBe('token-5')
})

test('a failure is told to all who wait, and the next one asks anew', async () => {
  const { get, asked, fail } = stage()
  fail(new Error('down'))
  const told = await Promise.allSettled([get(), get(), get()])
  expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(asked()).toBe(1)
  fail(undefined)
  expect(await get()).toBe('token-2')
})

test('who leaves does not wait any more, and takes it from nobody else', async () => {
  const { get, asked, hold, release } = stage()
  hold()
  const leaving = new AbortController()
  const [left, stayed] = [get(leaving.signal), get()]
  leaving.abort()
  await expect(left).rejects.toMatchObject({ fault: 'aborted' })
  release()
  expect(await stayed).toBe('token-1')
  expect(asked()).toBe(1)
})

test('one with a short rest of life is used for most of it', async () => {
  const { get, asked, at } = stage(10_000)
  await get()
  at(4_999)
  await get()
  expect(asked()).toBe(1)
  at(9_500)
  expect(await get()).toBe('token-2')
})
