import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { json, startUpstream } from '../support/upstream.js'

interface Answer {
  readonly data: readonly { readonly index: number; readonly embedding: readonly number[] }[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number }
}

const input = ['A river in winter', 'The river froze in the winter', 'Taxes are due in April']
const similarity = (one: readonly number[] = [], other: readonly number[] = []): number =>
  one.reduce((sum, number, place) => sum + number * (other[place] ?? 0), 0)

for (const account of ['simulator', 'simulator-chat-completions', 'simulator-generate-content'])
  test(`${account}: texts that share words lie near each other, and the same text lies in the same place`, async () => {
    await using gateway = await startGateway()
    const model = `${account}/embedder`
    const answer = await gateway.call('/v1/embeddings', { body: { model, input } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-weir-resolved-model')).toBe(model)
    expect(answer.headers.get('server-timing')).toMatch(/^upstream;dur=\d+, total;dur=\d+$/)
    const { data, usage } = await read<Answer>(answer)
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([0, 1, 2].map((index) => [index, 256]))
    const [one, other, third] = data.map(({ embedding }) => embedding)
    expect(similarity(one, one)).toBeCloseTo(1, 5)
    expect(similarity(one, other)).toBeGreaterThan(similarity(one, third) + 0.2)
    expect(usage.prompt_tokens).toBeGreaterThan(10)

    const [again] = (await read<Answer>(await gateway.call('/embeddings', { body: { model, input: input[0] } }))).data
    expect(again?.embedding).toEqual(one)
    const rows = await gateway.ended(2)
    expect(rows[0]).toMatchObject({
      operation: 'embed',
      dialect: 'embeddings',
      lane: account === 'simulator-generate-content' ? 'translated' : 'native',
      model,
      account,
      upstreamModel: 'embedder',
      status: 200,
      outcome: 'completed',
      stored: false,
      responseId: null,
      usage: { input: usage.prompt_tokens, output: 0, estimated: false },
      attempts: [{ number: 1, status: 200, outcome: 'succeeded' }],
    })
  })

test('tokens are one input or several, and dimensions are as many as are asked for', async () => {
  await using gateway = await startGateway()
  const lengths = async (tokens: unknown) => {
    const body = { model: 'simulator/embedder', input: tokens, dimensions: 12 }
    return (await read<Answer>(await gateway.call('/v1/embeddings', { body }))).data.map(({ embedding }) => embedding.length)
  }
  expect(await lengths([1, 2, 3])).toEqual([12])
  expect(await lengths([[1, 2], [3]])).toEqual([12, 12])
})

const refused: readonly [what: string, body: object, param: string, code?: string][] = [
  ['no model', { input: 'Hi' }, 'model', 'missing_required_parameter'],
  ['no input', { model: 'simulator/embedder' }, 'input', 'missing_required_parameter'],
  ['an empty text', { model: 'simulator/embedder', input: '' }, 'input'],
  ['an empty list', { model: 'simulator/embedder', input: [] }, 'input'],
  ['an empty text in a list', { model: 'simulator/embedder', input: ['Hi', ''] }, 'input[1]'],
  ['an empty list of tokens', { model: 'simulator/embedder', input: [[1], []] }, 'input[1]'],
  ['an object as input', { model: 'simulator/embedder', input: { text: 'Hi' } }, 'input'],
  ['a token below zero', { model: 'simulator/embedder', input: [1, -2] }, 'input[1]'],
  ['texts beside tokens', { model: 'simulator/embedder', input: ['Hi', 7] }, 'input[1]'],
  ['half a dimension', { model: 'simulator/embedder', input: 'Hi', dimensions: 1.5 }, 'dimensions'],
  ['dimensions in words', { model: 'simulator/embedder', input: 'Hi', dimensions: 'many' }, 'dimensions'],
  ['an encoding that nobody knows', { model: 'simulator/embedder', input: 'Hi', encoding_format: 'hex' }, 'encoding_format'],
  ['a user that is no text', { model: 'simulator/embedder', input: 'Hi', user: 7 }, 'user'],
  ['a field that differs in case only', { model: 'simulator/embedder', input: 'Hi', Input: 'Ho' }, 'Input', 'ambiguous_field'],
  ['more inputs than it takes', { model: 'simulator/embedder', input: Array(2049).fill('Hi') }, 'input', 'untranslatable'],
  ['tokens where texts are taken', { model: 'simulator-generate-content/embedder', input: [1] }, 'input[0]', 'untranslatable'],
  ['a model that does something else', { model: 'simulator/talker', input: 'Hi' }, 'model', 'unsupported_parameter'],
]

test.each(refused)('%s is a 400 that names the field', async (_, body, param, code = 'invalid_value') => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/embeddings', { body })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code, param, type: 'invalid_request_error' })
  expect(await gateway.ended(1)).toMatchObject([
    { operation: 'embed', status: 400, outcome: 'refused', errorCode: code, attempts: [] },
  ])
})

test('what a model does instead is said, and who here does what was asked', async () => {
  await using gateway = await startGateway({ accounts: { up: { provider: 'cerebras', baseURL: 'http://127.0.0.1:9/v1' } } })
  const { message } = await errorOf(await gateway.call('/v1/embeddings', { body: { model: 'up/llama', input: 'Hi' } }))
  expect(message).toBe(
    'model: up/llama does not embed; what it does is generate. ' +
      'Accounts here with models for that: simulator, simulator-chat-completions, simulator-generate-content.',
  )
  const turn = await gateway.call('/v1/responses', { body: { model: 'simulator/embedder', input: 'Hi' } })
  expect(turn.status).toBe(400)
  expect((await errorOf(turn)).message).toContain('simulator/embedder does not generate; what it does is embed.')
})

test('a body beyond the limit is a 413', async () => {
  await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
  const answer = await gateway.call('/v1/embeddings', { body: { model: 'simulator/embedder', input: 'x'.repeat(1000) } })
  expect(answer.status).toBe(413)
  expect(await errorOf(answer)).toMatchObject({ code: 'payload_too_large' })
})

test('what is no JSON is a 400, and a stranger a 401', async () => {
  await using gateway = await startGateway()
  expect(await errorOf(await gateway.call('/v1/embeddings', { body: '{"model":' }))).toMatchObject({ code: 'malformed_json' })
  expect((await gateway.call('/v1/embeddings', { key: null, body: {} })).status).toBe(401)
  expect((await gateway.call('/v1/embeddings')).status).toBe(405)
})

test('a field that is not known here goes to an upstream of the same language, and is a loss to any other', async () => {
  const vectors = { data: [{ index: 0, embedding: [1, 0] }], model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } }
  await using upstream = await startUpstream((_, response) => json(response, { ...vectors, embeddings: [{ values: [1, 0] }] }))
  await using gateway = await startGateway({
    accounts: {
      same: { provider: 'vllm', baseURL: upstream.url },
      other: { provider: 'google-gemini', baseURL: upstream.url },
    },
  })
  const ask = (account: string, headers = {}) =>
    gateway.call('/v1/embeddings', { body: { model: `${account}/m`, input: 'Hi', truncate_prompt_tokens: 8 }, headers })
  expect((await ask('same')).headers.get('x-weir-losses')).toBeNull()
  expect(upstream.seen[0]?.body).toEqual({ model: 'm', input: 'Hi', truncate_prompt_tokens: 8 })
  const told = await ask('other')
  expect(told.status).toBe(200)
  expect(told.headers.get('x-weir-losses')).toBe('1; extras.embeddings.truncate_prompt_tokens dropped')
  expect(upstream.seen[1]?.path).toBe('/v1/models/m:batchEmbedContents')
  const strict = await ask('other', { 'x-weir-translation': 'strict' })
  expect(await errorOf(strict)).toMatchObject({ code: 'untranslatable', param: 'extras.embeddings.truncate_prompt_tokens' })
  expect(upstream.seen).toHaveLength(2)
})

test('what a provider did not count is counted here, and told to the caller and the ledger alike', async () => {
  await using upstream = await startUpstream((_, response) => json(response, { embeddings: [{ values: [0.5, 0.25] }] }))
  await using gateway = await startGateway({ accounts: { up: { provider: 'google-gemini', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/embeddings', { body: { model: 'up/gemini-embedding-001', input: 'A river in winter' } })
  expect(await answer.json()).toEqual({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
    model: 'gemini-embedding-001',
    usage: { prompt_tokens: 4, total_tokens: 4 },
    provider: 'up',
  })
  expect((await gateway.ended(1))[0]?.usage).toMatchObject({ input: 4, output: 0, estimated: true })
})
