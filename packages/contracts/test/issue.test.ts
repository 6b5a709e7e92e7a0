import { expect, test } from 'vitest'
import * as z from 'zod'
import { firstIssue, renderPath } from '../src/index.js'

const issueOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

test('a path reads as one would write it', () => {
  expect(renderPath(['input', 0, 'content', 1, 'text'])).toBe('input[0].content[1].text')
  expect(renderPath([2, 'name'])).toBe('[2].name')
  expect(renderPath([])).toBe('')
})

test('an absent field is missing, one of the wrong type is not', () => {
  const schema = z.object({ name: z.string() })
  expect(issueOf(schema, {})).toEqual({ path: 'name', message: 'This field is required: string.', missing: true })
  expect(issueOf(schema, { name: 1 })).toMatchObject({ path: 'name', missing: false })
})

test('an unknown field is named itself', () => {
  expect(issueOf(z.object({ inner: z.strictObject({}) }), { inner: { colour: 1 } })).toMatchObject({
    path: 'inner.colour',
    missing: false,
  })
})
