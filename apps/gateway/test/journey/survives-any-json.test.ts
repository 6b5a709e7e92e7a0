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

const effort = { runs: 60, time: 50_000 }

// The keys of a record are of the type of its keys.
test.each(Object.keys(callers) as IngressName[])(
  'a %s caller may send any JSON: it is answered, or told what is wrong with it',
  { timeout: 60_000 },
  (ingress) => answersAnyRequest(stage, ingress, effort),
)

test.each(Object.keys(actors) as SpokenName[])(
  'a %s provider may send any JSON: its caller is told how it ended, in the caller’s own words',
  { timeout: 60_000 },
  (spoken) => tellsAnyAnswer(stage, spoken, effort),
)
