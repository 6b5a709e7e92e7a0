import type { Generation, Item } from '@weir/dialects'
import { expect, test } from 'vitest'
import { estimate } from './estimate.js'

const said = (text: string): Item => ({ type: 'message', role: 'assistant', content: [{ type: 'text', text }] })
const asking = (text: string): Generation => ({
  model: 'm',
  items: [{ type: 'message', role: 'user', content: [{ type: 'text', text }] }],
  sampling: {},
  stream: true,
  state: {},
})

test('an answer that said nothing, and a request that cannot be read, have no usage', async () => {
  const unreadable = (): Generation => {
    throw new Error('no such thing')
  }
  expect(await estimate({ model: 'm', asked: () => asking('Hi'), answer: [said('')] })).toBeUndefined()
  expect(await estimate({ model: 'm', asked: unreadable, answer: [said('Hello')] })).toBeUndefined()
})

test("a model is counted by its maker's encoding", async () => {
  const usage = (model: string) => estimate({ model, asked: () => asking('Hi'), answer: [said('Привет, мир')] })
  expect(await usage('gpt-4')).toMatchObject({ input: 1, output: 6, estimated: true })
  expect(await usage('gpt-4o')).toMatchObject({ input: 1, output: 4, estimated: true })
})

test('raw reasoning is what was reasoned, and its summary only where there is no more', async () => {
  const reasoned = (item: Item) => estimate({ model: 'm', asked: () => asking('Hi'), answer: [item] })
  const both: Item = { type: 'reasoning', summary: ['Short.'], content: ['Much longer than that.'] }
  expect(await reasoned(both)).toMatchObject({ output: 0, reasoning: 5 })
  expect(await reasoned({ ...both, content: [] })).toMatchObject({ output: 0, reasoning: 2 })
})

test('others have their turn between any two estimates, and within a long one', async () => {
  let turns = 0
  let over = false
  const turn = (): void => {
    turns++
    if (!over) setImmediate(turn)
  }
  await estimate({ model: 'm', asked: () => asking('Hi'), answer: [said('warm')] })
  setImmediate(turn)
  const one = { model: 'm', asked: () => asking('Hi'), answer: [said('Hello')] }
  await Promise.all(Array.from({ length: 20 }, () => estimate(one)))
  expect(turns).toBeGreaterThanOrEqual(20)
  turns = 0
  // Ten stretches of the text, each of 64 K characters.
  await estimate({ ...one, answer: [said('word '.repeat(131_072))] })
  expect(turns).toBeGreaterThanOrEqual(9)
  over = true
})
