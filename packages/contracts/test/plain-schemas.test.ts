import { expect, expectTypeOf, test } from 'vitest'
import { embeddingsRequestSchema, firstIssue, type embeddings, type moderations, type rerank, type speech } from '../src/index.js'
import type * as embeddingsRules from '../src/inference/embeddings/schema.js'
import type * as moderationsRules from '../src/inference/moderations/schema.js'
import type * as rerankRules from '../src/inference/rerank/schema.js'
import type * as speechRules from '../src/inference/speech/schema.js'
import type { Known } from '../src/inference/rule.js'

const issueOf = (body: unknown) => {
  const parsed = embeddingsRequestSchema.safeParse(body)
  return parsed.success ? undefined : firstIssue(parsed.error)
}

test.each([['a text'], [['texts', 'in a list']], [[464, 2159]], [[[464], [2159, 318]]]])('takes %j to be embedded', (input) => {
  expect(issueOf({ model: 'm', input, dimensions: null, encoding_format: null, user: null })).toBeUndefined()
})

test.each([
  ['texts beside lists of tokens', ['x', [1]], 'input[1]'],
  ['tokens beside lists of tokens', [1, [1]], 'input[1]'],
  ['half a token', [1.5], 'input[0]'],
  ['a text among the tokens of an input', [[1, 'x']], 'input[0][1]'],
])('refuses %s, and says where', (_, input, path) => {
  expect(issueOf({ model: 'm', input })?.path).toBe(path)
})

test('lets what it does not know live on', () => {
  const body = { model: 'm', input: 'x', input_type: 'query' }
  expect(embeddingsRequestSchema.parse(body)).toBe(body)
})

test('the rules and the wire types name the same fields, and the rules take whatever the types allow', () => {
  type Rules = typeof embeddingsRules
  expectTypeOf<keyof Rules['requestFields']>().toEqualTypeOf<keyof embeddings.EmbeddingsRequest>()
  expectTypeOf<keyof Rules['responseFields']>().toEqualTypeOf<keyof embeddings.EmbeddingsResponse>()
  expectTypeOf<embeddings.EmbeddingsRequest>().toExtend<Known<Rules['requestFields']>>()
  expectTypeOf<embeddings.EmbeddingsResponse>().toExtend<Known<Rules['responseFields']>>()

  type Rerank = typeof rerankRules
  expectTypeOf<keyof Rerank['requestFields']>().toEqualTypeOf<keyof rerank.RerankRequest>()
  expectTypeOf<keyof Rerank['responseFields']>().toEqualTypeOf<keyof rerank.RerankResponse>()
  expectTypeOf<rerank.RerankRequest>().toExtend<Known<Rerank['requestFields']>>()
  expectTypeOf<rerank.RerankResponse>().toExtend<Known<Rerank['responseFields']>>()

  type Speech = typeof speechRules
  expectTypeOf<keyof Speech['requestFields']>().toEqualTypeOf<keyof speech.SpeechRequest>()
  expectTypeOf<speech.SpeechRequest>().toExtend<Known<Speech['requestFields']>>()

  type Moderations = typeof moderationsRules
  expectTypeOf<keyof Moderations['requestFields']>().toEqualTypeOf<keyof moderations.ModerationsRequest>()
  expectTypeOf<keyof Moderations['responseFields']>().toEqualTypeOf<keyof moderations.ModerationsResponse>()
  expectTypeOf<moderations.ModerationsRequest>().toExtend<Known<Moderations['requestFields']>>()
  expectTypeOf<moderations.ModerationsResponse>().toExtend<Known<Moderations['responseFields']>>()
})
