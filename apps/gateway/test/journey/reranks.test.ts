import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { json, startUpstream } from '../support/upstream.js'

interface Answer {
  readonly id: string
  readonly results: readonly { readonly index: number; readonly relevance_score: number; readonly document?: object }[]
}

const model = 'simulator/reranker'
const query = 'When did the river freeze?'
const documents = ['Taxes are due in April.', { text: 'The river did freeze in January.', source: 'diary' }, 'A river is long.']

test.each(['/v1/rerank', '/rerank', '/v2/rerank', '/api/llm/rerank', '/api/llm/v1/rerank'])(
  '%s: documents come in the order in which they answer the query',
  async (route) => {
    await using gateway = await startGateway()
    const answer = await gateway.call(route, { body: { model, query, documents } })
    expect(answer.status).toBe(200)
    const { id, results } = await read<Answer>(answer)
    expect(id).toMatch(/^req_/)
    expect(results.map(({ index }) => index)).toEqual([1, 2, 0])
    const scores = results.map(({ relevance_score: score }) => score)
    expect(scores).toEqual(scores.toSorted((one, other) => other - one))
    for (const score of scores) expect(score >= 0 && score < 1).toBe(true)
    expect(await gateway.ended(1)).toMatchObject([
      { operation: 'rerank', dialect: 'rerank', lane: 'native', model, outcome: 'completed', usage: { estimated: false } },
    ])
  },
)

test('as many as are asked for, with their documents where these are asked for', async () => {
  await using gateway = await startGateway()
  const ask = async (more: object) =>
    (await read<Answer>(await gateway.call('/v2/rerank', { body: { model, query, documents, ...more } }))).results
  expect((await ask({ top_n: 1 })).map(({ index }) => index)).toEqual([1])
  expect(await ask({ top_n: 99 })).toHaveLength(3)
  expect((await ask({ return_documents: true })).map(({ document }) => document)).toEqual([
    documents[1],
    { text: documents[2] },
    { text: documents[0] },
  ])
})

const refused: readonly [what: string, body: object, param: string, code?: string][] = [
  ['no model', { query, documents }, 'model', 'missing_required_parameter'],
  ['no query', { model, documents }, 'query', 'missing_required_parameter'],
  ['an empty query', { model, query: '', documents }, 'query'],
  ['a query that is a list', { model, query: [query], documents }, 'query'],
  ['no documents', { model, query }, 'documents', 'missing_required_parameter'],
  ['an empty list', { model, query, documents: [] }, 'documents'],
  ['one text in the place of a list', { model, query, documents: 'a' }, 'documents'],
  ['a number among documents', { model, query, documents: ['a', 7] }, 'documents[1]'],
  ['the best none', { model, query, documents, top_n: 0 }, 'top_n'],
  ['a word for a number', { model, query, documents, max_tokens_per_doc: 'all' }, 'max_tokens_per_doc'],
  ['a number for yes', { model, query, documents, return_documents: 1 }, 'return_documents'],
  ['more documents than it takes', { model, query, documents: Array(1001).fill('a') }, 'documents', 'untranslatable'],
  ['a model that does something else', { model: 'simulator/embedder', query, documents }, 'model', 'unsupported_parameter'],
]

test.each(refused)('%s is a 400 that names the field', async (_, body, param, code = 'invalid_value') => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/rerank', { body })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code, param })
  expect(await gateway.ended(1)).toMatchObject([{ operation: 'rerank', status: 400, outcome: 'refused', attempts: [] }])
})

test('a body beyond the limit is a 413', async () => {
  await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
  const answer = await gateway.call('/v1/rerank', { body: { model, query, documents: ['x'.repeat(1000)] } })
  expect(answer.status).toBe(413)
})

test('what Cohere bills comes through, and tokens that nobody told are counted here once the answer has left', async () => {
  const meta = { api_version: { version: '2' }, billed_units: { search_units: 1 } }
  await using upstream = await startUpstream((_, response) =>
    json(response, { id: 'rr-1', results: [{ index: 0, relevance_score: 0.5 }], meta }),
  )
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const answer = await gateway.call('/v2/rerank', { body: { model: 'up/rerank-v3.5', query, documents: ['Yes'], priority: 1 } })
  expect(await answer.json()).toEqual({
    id: 'rr-1',
    results: [{ index: 0, relevance_score: 0.5 }],
    meta,
    model: 'rerank-v3.5',
    provider: 'up',
  })
  expect(upstream.seen[0]).toMatchObject({
    path: '/v1/rerank',
    body: { model: 'rerank-v3.5', query, documents: ['Yes'], priority: 1 },
  })
  const [row] = await gateway.ended(1)
  expect(row).toMatchObject({ usage: { estimated: true, output: 0 }, attempts: [{ upstreamId: 'rr-1' }] })
  expect(row?.usage?.input).toBeGreaterThan(5)
})
