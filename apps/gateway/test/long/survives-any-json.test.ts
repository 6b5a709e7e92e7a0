import { afterAll, beforeAll, test } from 'vitest'
import { actors } from '../support/dialects/actors/actors.js'
import { callers } from '../support/dialects/callers/callers.js'
import type { IngressName, SpokenName } from '../support/dialects/plain.js'
import type { Stage } from '../support/dialects/stage.js'
import { answersAnyRequest, openFuzzed, tellsAnyAnswer } from '../support/fuzz/fuzz.js'

let stage: Stage
beforeAll(async () => {
  stage = await openFuzzed()
})
afterAll(() => stage[Symbol.asyncDispose]())

const effort = { runs: 1000, time: 110_000 }

test.each(Object.keys(callers) as IngressName[])('a thousand bodies of JSON that a %s caller never meant', (ingress) =>
  answersAnyRequest(stage, ingress, effort),
)

test.each(Object.keys(actors) as SpokenName[])('a thousand answers of JSON that a %s provider never meant', (spoken) =>
  tellsAnyAnswer(stage, spoken, effort),
)
