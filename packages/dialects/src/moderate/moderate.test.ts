import { expect, test } from 'vitest'
import type { ModerationInput } from './canonical.js'
import { moderations } from './moderations/moderations.js'

const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } } as const
const text = (said: string) => ({ type: 'text', text: said }) as const
const encode = (input: ModerationInput) =>
  moderations.request.encode({ model: 'm', input }, { model: 'up-1', quirks: { textsOnly: true } })
const texts = { model: 'm', input: { texts: ['a', 'b'] } }

test('a server that judges texts gets parts as one text, and no images', () => {
  expect(encode({ parts: [text('One')] })).toEqual({ body: { model: 'up-1', input: 'One' }, losses: [] })
  const two = encode({ parts: [text('One'), text('Two')] })
  expect(two.body.input).toBe('One\nTwo')
  expect(two.losses).toMatchObject([{ path: 'input', disposition: 'approximated' }])
  expect(encode({ parts: [text('One'), image] }).losses).toContainEqual(
    expect.objectContaining({ path: 'input[1]', disposition: 'refused' }),
  )
})

test('what no verdict is given on is flagged where any category is', () => {
  const of = (violence: boolean) => ({ categories: { violence }, category_scores: { violence: 0.5 } })
  const { results } = moderations.response.decode({ results: [of(true), of(false)] }, texts)
  expect(results.map(({ flagged }) => flagged)).toEqual([true, false])
})

test('a category that is null has not been judged', () => {
  const result = { flagged: false, categories: { illicit: null, hate: false }, category_scores: { illicit: null, hate: 0 } }
  const { results } = moderations.response.decode({ results: [result] }, { model: 'm', input: { texts: ['a'] } })
  expect(results[0]).toEqual({ flagged: false, categories: { hate: false }, scores: { hate: 0 } })
})

test.each([
  ['too few', [{ categories: {} }]],
  ['too many', [{ categories: {} }, { categories: {} }, { categories: {} }]],
  ['no', [null, null]],
  ['unexplained', [{ flagged: true }, { flagged: true }]],
])('%s judgements are no answer', (_, results) => {
  expect(() => moderations.response.decode({ results }, texts)).toThrow(expect.objectContaining({ name: 'MalformedAnswer' }))
})
