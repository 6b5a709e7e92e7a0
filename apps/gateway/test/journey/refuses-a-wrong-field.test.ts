import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'

const model = 'simulator/talker'
const messages = [{ role: 'user', content: 'Hi' }]

const missing: readonly { route: string; body: object; param: string }[] = [
  { route: '/v1/responses', body: { input: 'Hi' }, param: 'model' },
  { route: '/v1/responses', body: { model }, param: 'input' },
  { route: '/v1/chat/completions', body: { messages }, param: 'model' },
  { route: '/v1/chat/completions', body: { model }, param: 'messages' },
  { route: '/v1/responses', body: { model, input: 'Hi', tools: [{ type: 'function' }] }, param: 'tools[0].name' },
]

for (const { route, body, param } of missing)
  test(`${route} ${JSON.stringify(body)} misses ${param}`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call(route, { body })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ type: 'invalid_request_error', code: 'missing_required_parameter', param })
  })

const wrong: readonly { route: string; body: object; param: string }[] = [
  { route: '/v1/responses', body: { model: 17, input: 'Hi' }, param: 'model' },
  { route: '/v1/responses', body: { model: '', input: 'Hi' }, param: 'model' },
  { route: '/v1/responses', body: { model, input: null }, param: 'input' },
  { route: '/v1/responses', body: { model, input: 17 }, param: 'input' },
  { route: '/v1/responses', body: { model, input: 'Hi', stream: 'true' }, param: 'stream' },
  { route: '/v1/responses', body: { model, input: 'Hi', store: 'no' }, param: 'store' },
  { route: '/v1/responses', body: { model, input: 'Hi', background: 'false' }, param: 'background' },
  { route: '/v1/responses', body: { model, input: 'Hi', temperature: 'hot' }, param: 'temperature' },
  { route: '/v1/responses', body: { model, input: 'Hi', max_output_tokens: 1.5 }, param: 'max_output_tokens' },
  { route: '/v1/responses', body: { model, input: 'Hi', metadata: { a: 1 } }, param: 'metadata.a' },
  { route: '/v1/responses', body: { model, input: 'Hi', previous_response_id: 5 }, param: 'previous_response_id' },
  { route: '/v1/responses', body: { model, input: 'Hi', include: 'all' }, param: 'include' },
  { route: '/v1/responses', body: { model, input: [{ role: 'wizard', content: 'Hi' }] }, param: 'input[0].role' },
  {
    route: '/v1/responses',
    body: { model, input: [{ type: 'function_call_output', call_id: 'c', output: 7 }] },
    param: 'input[0].output',
  },
  { route: '/v1/chat/completions', body: { model, messages: 'Hi' }, param: 'messages' },
  { route: '/v1/chat/completions', body: { model, messages, stream: 1 }, param: 'stream' },
  { route: '/v1/chat/completions', body: { model, messages, temperature: [] }, param: 'temperature' },
  { route: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content: 7 }] }, param: 'messages[0].content' },
]

for (const { route, body, param } of wrong)
  test(`${route} ${JSON.stringify(body)} is wrong at ${param}`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call(route, { body })
    expect(answer.status).toBe(400)
    const error = await errorOf(answer)
    expect(error).toMatchObject({ type: 'invalid_request_error', code: 'invalid_value', param })
    expect(error.message.startsWith(`${param}: `)).toBe(true)
    expect((await gateway.ended(1))[0]).toMatchObject({
      status: 400,
      outcome: 'refused',
      errorCode: 'invalid_value',
      attempts: [],
    })
  })

test('what says nothing is no wrong value: null and false', async () => {
  await using gateway = await startGateway()
  const body = {
    model,
    input: 'Hi',
    background: false,
    conversation: null,
    previous_response_id: null,
    stream: null,
    store: null,
    tools: null,
  }
  const answer = await gateway.call('/v1/responses', { body })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'completed', background: false, store: true, previous_response_id: null })
})

test('a chat message that calls itself another item is what its role says', async () => {
  await using gateway = await startGateway()
  const odd = { role: 'user', type: 'reasoning', encrypted_content: { not: 'text' }, content: 'Hello!' }
  const answer = await gateway.call('/v1/responses', { body: { model, messages: [odd] } })
  expect(answer.status).toBe(200)
  expect(JSON.stringify(await answer.json())).toContain('You said: Hello!')
})
