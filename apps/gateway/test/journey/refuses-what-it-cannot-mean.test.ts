import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'

test('a number that JSON readers take for infinity is refused, wherever it stands', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/chat/completions', {
    body: '{"model":"simulator/talker","messages":[{"role":"user","content":"Hi"}],"logit_bias":{"1":1e400}}',
  })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: 'logit_bias.1' })
})

test('a misspelt wish for strict translation is refused', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses', {
    body: { model: 'simulator/talker', input: 'Hi' },
    headers: { 'x-weir-translation': 'strickt' },
  })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: 'x-weir-translation' })
})

test('a fault of the simulator may have a suffix of its own', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses', { body: { model: 'simulator/fault-status-418', input: 'Hi' } })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'upstream_rejected' })
})
