import fc from 'fast-check'
import { test } from 'vitest'
import { conversations, holds } from '../support/random-conversation.js'

test('hundreds of random conversations reach every upstream exactly as they were held', async () => {
  await fc.assert(fc.asyncProperty(conversations, holds), {
    numRuns: 120,
    interruptAfterTimeLimit: 110_000,
    markInterruptAsFailure: true,
  })
})
