import fc from 'fast-check'
import { test } from 'vitest'
import { conversations, holds } from '../support/random-conversation.js'

// A failure names its seed. Finding the shortest conversation that fails may take long: what is found within the limit counts.
test('whatever was said, by whom and where, the next upstream is given exactly that', { timeout: 60_000 }, async () => {
  await fc.assert(fc.asyncProperty(conversations, holds), {
    numRuns: 25,
    interruptAfterTimeLimit: 45_000,
    markInterruptAsFailure: true,
  })
})
