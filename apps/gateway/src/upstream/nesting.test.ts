import { MalformedAnswer } from '@weir/dialects'
import { expect, test } from 'vitest'
import { assertWritable } from './nesting.js'

const nested = (levels: number): string => `${'[{"a":'.repeat(levels / 2)}1${'}]'.repeat(levels / 2)}`

test('a thousand levels can be written, and more cannot', () => {
  expect(() => assertWritable(nested(1000))).not.toThrow()
  expect(() => assertWritable(nested(1002))).toThrow(MalformedAnswer)
  expect(() => assertWritable('['.repeat(1001))).toThrow(MalformedAnswer)
})

test('brackets in a text are no levels', () => {
  const text = JSON.stringify({ text: '[{"'.repeat(2000), more: ['\\', '['.repeat(2000)] })
  expect(() => assertWritable(text)).not.toThrow()
})

test('levels that have ended do not count', () => {
  expect(() => assertWritable(JSON.stringify(Array.from({ length: 3000 }, () => [{}])))).not.toThrow()
})
