import fc from 'fast-check'
import { test } from 'vitest'
import { holds, turns } from '../support/random-conversation.js'

test('hundreds of random conversations reach every upstream exactly as they were held', async () => {
  await fc.assert(fc.asyncProperty(turns, holds), {
    numRuns: 200,
    interruptAfterTimeLimit: 110_000,
    markInterruptAsFailure: true,
  })
})
