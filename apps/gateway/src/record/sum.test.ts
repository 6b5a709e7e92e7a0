import { totalTokens, type Usage } from '@weir/dialects'
import { expect, test } from 'vitest'
import { sum } from './sum.js'

const one: Usage = { input: 1, cacheRead: 2, cacheWrite: 3, cacheWriteHour: 4, audioInput: 5, output: 6, reasoning: 7 }
const other: Usage = { input: 10, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 1, output: 20, imageOutput: 30, reasoning: 0 }

test('two usages make one that holds every bucket of both', () => {
  const both = sum(one, other)
  expect(both).toEqual({
    input: 11,
    cacheRead: 2,
    cacheWrite: 3,
    cacheWriteHour: 5,
    audioInput: 5,
    output: 26,
    imageOutput: 30,
    reasoning: 7,
  })
  expect(both && totalTokens(both)).toBe(totalTokens(one) + totalTokens(other))
})

test('a total that a provider told is told of both', () => {
  expect(sum({ ...one, providerTotal: 99 }, other)?.providerTotal).toBe(99 + totalTokens(other))
  expect(sum(one, other)).not.toHaveProperty('providerTotal')
})

test('what was estimated in part is an estimate', () => {
  expect(sum(one, { ...other, estimated: true })?.estimated).toBe(true)
  expect(sum(one, undefined)).toBe(one)
})
