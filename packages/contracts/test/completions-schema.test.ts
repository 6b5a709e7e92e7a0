import { expect, expectTypeOf, test } from 'vitest'
import { completionSchema, completionsRequestSchema, firstIssue, type completions } from '../src/index.js'
import type { completionFields } from '../src/inference/completions/schema.js'
import { requestFields } from '../src/inference/completions/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = completionsRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

const refused: [string, object, string][] = [
  ['a body without a prompt', { model: 'm' }, 'prompt'],
  ['a prompt that is null', { model: 'm', prompt: null }, 'prompt'],
  ['a prompt that is an object', { model: 'm', prompt: {} }, 'prompt'],
  ['a token that is no whole number', { model: 'm', prompt: [1.5] }, 'prompt[0]'],
  ['a text among the tokens of a prompt', { model: 'm', prompt: [[1, 'x']] }, 'prompt[0][1]'],
  ['no tokens', { model: 'm', prompt: 'x', max_tokens: 0 }, 'max_tokens'],
  ['probabilities by yes and no', { model: 'm', prompt: 'x', logprobs: true }, 'logprobs'],
  ['more than five alternatives', { model: 'm', prompt: 'x', logprobs: 6 }, 'logprobs'],
  ['a best of fewer than n', { model: 'm', prompt: 'x', n: 3, best_of: 2 }, 'best_of'],
  ['a stop that is a number', { model: 'm', prompt: 'x', stop: 4 }, 'stop'],
]

test.each(refused)('refuses %s, and says where', (_, body, path) => {
  expect(issueOf(body)?.path).toBe(path)
})

test.each([['a text'], [['texts', 'in a list']], [[464, 2159]], [[[464], [2159, 318]]], [[]]])(
  'takes a prompt in every form that the API has: %j',
  (prompt) => {
    expect(issueOf({ model: 'm', prompt })).toBeUndefined()
  },
)

test('lets what it does not know live on', () => {
  const body = { model: 'm', prompt: 'x', top_k: 40, best_of: 2, n: 2 }
  expect(completionsRequestSchema.parse(body)).toBe(body)
})

test('takes null wherever the API does', () => {
  const nullable = Object.fromEntries(Object.keys(requestFields).map((field) => [field, null]))
  expect(issueOf({ ...nullable, model: 'm', prompt: 'x' })).toBeUndefined()
})

test('a chunk is a completion', () => {
  const chunk: completions.Completion = {
    id: 'cmpl-1',
    object: 'text_completion',
    created: 1,
    model: 'm',
    choices: [{ text: 'x', index: 0, logprobs: null, finish_reason: null }],
    usage: null,
  }
  expect(completionSchema.safeParse(chunk).success).toBe(true)
  expect(completionSchema.safeParse({ ...chunk, object: 'chat.completion' }).success).toBe(false)
})

test('the rules and the wire types name the same fields', () => {
  expectTypeOf<keyof typeof requestFields>().toEqualTypeOf<keyof completions.CompletionsRequest>()
  expectTypeOf<keyof typeof completionFields>().toEqualTypeOf<keyof completions.Completion>()
})

test('the rules take whatever the wire types allow', () => {
  expectTypeOf<completions.CompletionsRequest>().toExtend<Known<typeof requestFields>>()
  expectTypeOf<completions.Completion>().toExtend<Known<typeof completionFields>>()
})
