import { expect, test } from 'vitest'
import type { PlainQuirks } from '../plain-dialect.js'
import type { Embedding } from './canonical.js'
import { embedContent } from './embed-content/embed-content.js'
import { embeddings } from './embeddings/embeddings.js'
import { base64Of, numbersOf } from './vector.js'

const asked: Embedding = { model: 'm', input: [{ text: 'One' }, { text: 'Two' }] }
const encode = (asking: Partial<Embedding>, quirks: PlainQuirks = {}) =>
  embeddings.request.encode({ ...asked, ...asking }, { model: 'up-1', quirks })
const answering = { id: 'req_1', model: 'up-1', provider: 'up' }

test('the caller reads the form that it asked for, whichever the server gave', () => {
  const vectors = [{ numbers: [0.5, -0.25] }, { base64: 'AAAAAAAAgD8=' }]
  const shown = (encoding?: 'float' | 'base64') =>
    embeddings.response
      .encode({ vectors }, { ...asked, ...(encoding && { encoding }) }, answering)
      .data.map(({ embedding }) => embedding)
  expect(shown('base64')).toEqual(['AAAAPwAAgL4=', 'AAAAAAAAgD8='])
  expect(shown('float')).toEqual([
    [0.5, -0.25],
    [0, 1],
  ])
  expect(shown()).toEqual(shown('float'))
})

test('numbers survive base64 to 32 bits, however many there are', () => {
  const numbers = Array.from({ length: 30_000 }, (_, place) => Math.fround(Math.sin(place)))
  expect(numbersOf({ base64: base64Of({ numbers }) })).toEqual(numbers)
})

test.each(['', '****', 'AAAA'])('base64 that holds no numbers is no answer: %j', (base64) => {
  expect(() => numbersOf({ base64 })).toThrow(expect.objectContaining({ name: 'MalformedAnswer' }))
})

test('a server that gives numbers alone is not asked for base64, which is no loss', () => {
  expect(encode({ encoding: 'base64' }, { numbersOnly: true })).toEqual({
    body: { model: 'up-1', input: ['One', 'Two'] },
    losses: [],
  })
})

test('the length of a vector goes by the name that the server has for it', () => {
  expect(encode({ dimensions: 64 }, { dimensionsField: 'output_dimension' }).body).toMatchObject({ output_dimension: 64 })
})

test('a field that the server rejects is left out and declared', () => {
  const { body, losses } = encode({ user: 'u-1' }, { rejects: ['user'] })
  expect(body).not.toHaveProperty('user')
  expect(losses).toEqual([{ path: 'user', disposition: 'dropped', reason: 'This server rejects user.' }])
})

test('more inputs than a server takes are refused, and tokens where it takes texts', () => {
  expect(encode({}, { mostInputs: 1 }).losses).toMatchObject([{ path: 'input', disposition: 'refused' }])
  expect(encode({}, { mostInputs: 2 }).losses).toEqual([])
  expect(encode({ input: [{ text: 'One' }, { tokens: [1] }] }, { textsOnly: true }).losses).toMatchObject([
    { path: 'input[1]', disposition: 'refused' },
  ])
})

test.each([
  ['fewer', { data: [{ index: 0, embedding: [1] }] }],
  ['more', { data: [0, 1, 2].map((index) => ({ index, embedding: [1] })) }],
  ['two of one index', { data: [0, 0].map((index) => ({ index, embedding: [1] })) }],
  ['empty ones', { data: [0, 1].map((index) => ({ index, embedding: [] })) }],
  ['ones of words', { data: [0, 1].map((index) => ({ index, embedding: ['x'] })) }],
  ['none', { data: [null, null] }],
])('%s vectors than inputs are no answer', (_, wire) => {
  expect(() => embeddings.response.decode(wire, asked)).toThrow(expect.objectContaining({ name: 'MalformedAnswer' }))
})

test('vectors come in the order of the inputs, whatever the order of the answer', () => {
  const data = [1, 0].map((index) => ({ index, embedding: [index, 7] }))
  expect(embeddings.response.decode({ data }, asked).vectors).toEqual([{ numbers: [0, 7] }, { numbers: [1, 7] }])
})

test('each text is a request of its own to Google, with the model in the URL and in each', () => {
  const { body, losses } = embedContent.request.encode(
    { ...asked, dimensions: 8, encoding: 'base64' },
    { model: 'gemini-embedding-001' },
  )
  expect(losses).toEqual([])
  const of = (text: string) => ({
    model: 'models/gemini-embedding-001',
    content: { parts: [{ text }] },
    outputDimensionality: 8,
  })
  expect(embedContent.address(body)).toEqual({
    path: '/models/gemini-embedding-001:batchEmbedContents',
    body: { requests: [of('One'), of('Two')] },
  })
})
