import { expect, test } from 'vitest'
import type { PlainQuirks } from '../plain-dialect.js'
import type { Reranking } from './canonical.js'
import { rerank } from './rerank/rerank.js'

const asked: Reranking = { model: 'm', query: 'q', documents: ['a', { text: 'b' }, { text: 'c', from: 'Ann' }] }
const encode = (asking: Partial<Reranking>, quirks: PlainQuirks = {}) =>
  rerank.request.encode({ ...asked, ...asking }, { model: 'up-1', quirks })
const result = (index: unknown, score: unknown = 0.5) => ({ index, relevance_score: score })
const answering = { id: 'req_1', model: 'up-1', provider: 'up' }

test('documents with fields go as they came, and as text to a server that takes texts alone', () => {
  expect(encode({}).body.documents).toEqual(asked.documents)
  const { body, losses } = encode({}, { textsOnly: true })
  expect(body.documents).toEqual(['a', 'b', '{"text":"c","from":"Ann"}'])
  expect(losses).toMatchObject([{ path: 'documents[2]', disposition: 'approximated' }])
})

test('more documents than a server takes are refused', () => {
  expect(encode({}, { mostInputs: 2 }).losses).toMatchObject([{ path: 'documents', disposition: 'refused' }])
})

test('the best come first and no more than asked for, whatever the order and number of the answer', () => {
  const { results } = rerank.response.decode({ results: [result(0, 0.1), result(2, 0.9), result(1, 0.4)] }, { ...asked, top: 2 })
  expect(results).toEqual([
    { index: 2, score: 0.9 },
    { index: 1, score: 0.4 },
  ])
})

test('documents come back from the request, where they are asked for', () => {
  const given = rerank.response.decode({ data: [result(0, 0.2), result(2, 0.1)] }, asked)
  const shown = rerank.response.encode(given, { ...asked, returnDocuments: true }, answering).results
  expect(shown.map(({ document }) => document)).toEqual([{ text: 'a' }, { text: 'c', from: 'Ann' }])
  expect(rerank.response.encode(given, asked, answering).results[0]).not.toHaveProperty('document')
})

test('tokens are read wherever they are told', () => {
  const read = (told: object) => rerank.response.decode({ results: [], ...told }, asked).usage?.input
  expect(read({ usage: { total_tokens: 9 } })).toBe(9)
  expect(read({ usage: { prompt_tokens: 7, total_tokens: 9 } })).toBe(7)
  expect(read({ meta: { tokens: { input_tokens: 5 } } })).toBe(5)
  expect(read({ meta: { billed_units: { search_units: 1 } } })).toBeUndefined()
})

test.each([
  ['a document that was not sent', [result(3)]],
  ['a document before the first', [result(-1)]],
  ['half a document', [result(0.5)]],
  ['one document twice', [result(1), result(1)]],
  ['a score in words', [result(0, 'high')]],
  ['nothing', [null]],
])('an answer about %s is none', (_, results) => {
  expect(() => rerank.response.decode({ results }, asked)).toThrow(expect.objectContaining({ name: 'MalformedAnswer' }))
})
