import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { json, startUpstream } from '../support/upstream.js'

const model = 'simulator/moderator'
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }

const refused: readonly [what: string, body: object, param: string, code?: string][] = [
  ['no model', { input: 'Hi' }, 'model', 'missing_required_parameter'],
  ['no input', { model }, 'input', 'missing_required_parameter'],
  ['an empty text', { model, input: '' }, 'input'],
  ['an empty list', { model, input: [] }, 'input'],
  ['an empty text in a list', { model, input: ['Hi', ''] }, 'input[1]'],
  ['a number', { model, input: 7 }, 'input'],
  ['a part of no kind', { model, input: [{ text: 'Hi' }] }, 'input[0].type', 'missing_required_parameter'],
  ['a part of a kind that nobody knows', { model, input: [{ type: 'video', url: 'x' }] }, 'input[0].type'],
  [
    'an image without a URL',
    { model, input: [{ type: 'image_url', image_url: {} }] },
    'input[0].image_url.url',
    'missing_required_parameter',
  ],
  ['texts beside parts', { model, input: ['Hi', { type: 'text', text: 'Ho' }] }, 'input[1]'],
  ['more texts than it takes', { model, input: Array(2049).fill('Hi') }, 'input', 'untranslatable'],
  ['a model that does something else', { model: 'simulator/talker', input: 'Hi' }, 'model', 'unsupported_parameter'],
]

test.each(refused)('%s is a 400 that names the field', async (_, body, param, code = 'invalid_value') => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/moderations', { body })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code, param })
  expect(await gateway.ended(1)).toMatchObject([{ operation: 'moderate', status: 400, outcome: 'refused', attempts: [] }])
})

test('a body beyond the limit is a 413', async () => {
  await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
  const answer = await gateway.call('/v1/moderations', { body: { model, input: 'x'.repeat(1000) } })
  expect(answer.status).toBe(413)
})

test('an image is refused by name where texts alone are judged, before anyone is asked', async () => {
  await using upstream = await startUpstream((_, response) => json(response, {}))
  await using gateway = await startGateway({ accounts: { up: { provider: 'mistral-ai', baseURL: upstream.url } } })
  const input = [{ type: 'text', text: 'Look' }, image]
  const answer = await gateway.call('/v1/moderations', { body: { model: 'up/mistral-moderation-latest', input } })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'untranslatable', param: 'input[1]' })
  expect(upstream.seen).toEqual([])
})

test('a verdict is given where the provider gives its categories alone', async () => {
  const categories = { pii: false, health: true }
  await using upstream = await startUpstream((_, response) =>
    json(response, {
      id: 'm-1',
      model: 'mistral-moderation-2411',
      results: [{ categories, category_scores: { pii: 0.1, health: 0.9 } }],
    }),
  )
  await using gateway = await startGateway({ accounts: { up: { provider: 'mistral-ai', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/moderations', { body: { model: 'up/mistral-moderation-latest', input: 'I am ill.' } })
  expect(await answer.json()).toEqual({
    id: 'm-1',
    model: 'mistral-moderation-2411',
    results: [{ flagged: true, categories, category_scores: { pii: 0.1, health: 0.9 } }],
    provider: 'up',
  })
  expect(await gateway.ended(1)).toMatchObject([{ dialect: 'moderations', usage: { estimated: true }, outcome: 'completed' }])
})
