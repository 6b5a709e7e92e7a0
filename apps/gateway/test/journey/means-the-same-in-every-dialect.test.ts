import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairs, titleOf } from '../support/dialects/pairs.js'
import { wire, type Spent } from '../support/dialects/plain.js'
import { asLost, asSeen, asTold, inOne, scenes } from '../support/dialects/scenes.js'
import { answering, openStage, type Stage } from '../support/dialects/stage.js'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

describe.each(pairs.map((pair) => [titleOf(pair), pair] as const))('%s', (_, pair) => {
  test.each(scenes.map((scene) => [scene.what, scene] as const))('%s is asked and told as it was meant', async (_, scene) => {
    const answer = typeof scene.answer === 'function' ? scene.answer(pair.spoken) : scene.answer
    const { told, asked, row } = await stage.exchange(pair, scene.question, answering(pair, answer, scene.cut))
    expect({ ...asked, words: inOne(asked.words) }).toEqual(asSeen(pair, scene.question))
    expect(told).toEqual(asTold(pair, answer))
    expect(row).toMatchObject({ status: 200, lane: pair.ingress === pair.spoken ? 'native' : 'translated' })
    const { input, cached, output, reasoning } = wire(asTold(pair, answer))['spent'] as Spent
    expect(row.usage).toMatchObject({
      input: input - cached,
      cacheRead: cached,
      cacheWrite: 0,
      output: output - reasoning,
      reasoning,
    })
    expect(row.losses.map(({ path }) => path).toSorted()).toEqual(asLost(pair, scene.question))
  })
})
