import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

const messages = [{ role: 'user', content: 'Hi' }]

for (const route of ['/v1/responses', '/v1/chat/completions'])
  for (const [model, near] of [
    ['simulator/talkr', 'simulator/talker'],
    ['talker', 'simulator/talker'],
    ['Simulator/Talker', 'simulator/talker'],
    ['main/gpt-5-mni', 'main/gpt-5-mini'],
  ] as const)
    test(`${route}: the 404 for ${model} lists ${near}`, async () => {
      await using gateway = await startGateway({
        accounts: { main: { provider: 'openai', baseURL: 'http://127.0.0.1:9/v1', models: ['gpt-5', 'gpt-5-mini'] } },
      })
      const answer = await gateway.call(route, { body: { model, input: 'Hi', messages } })
      expect(answer.status).toBe(404)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error', param: 'model' })
      expect(error.message).toContain(`"${model}"`)
      expect(error.message).toContain(near)
      expect((await gateway.ended(1))[0]).toMatchObject({ status: 404, model, account: null, errorCode: 'model_not_found' })
    })

test('a name that is like none gets the accounts and how a model is named', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/models/zzzzzzzzzzzzzzzzzzzz')
  expect(answer.status).toBe(404)
  const { message } = await errorOf(answer)
  expect(message).toContain('simulator, simulator-chat-completions')
  expect(message).toContain('<account>/<model>')
})

test('a very long name is not thrown back whole', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses', { body: { model: 'm'.repeat(100_000), input: 'Hi' } })
  expect(answer.status).toBe(404)
  expect((await errorOf(answer)).message.length).toBeLessThan(1000)
})

test('a very long name that an account takes is cut short in the head of the answer', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const model = 'm'.repeat(100_000)
  for (const stream of [false, true]) {
    const answer = await gateway.call('/v1/responses', { body: { model: `up/${model}`, input: 'Hi', stream } })
    expect(answer.status).toBe(200)
    for (const name of ['x-weir-resolved-model', 'x-tfy-resolved-model'])
      expect(answer.headers.get(name)).toBe(`up/${model}`.slice(0, 512))
    await answer.text()
  }
  expect(upstream.seen[0]?.body['model']).toBe(model)
})

test('a model name goes upstream without its account, slashes and all', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/responses', { body: { model: 'up/meta/llama-3:8b', input: 'Hi' } })
  expect(answer.headers.get('x-weir-resolved-model')).toBe('up/meta/llama-3:8b')
  expect(answer.headers.get('x-tfy-resolved-model')).toBe('up/meta/llama-3:8b')
  expect(await answer.json()).toMatchObject({ model: 'meta/llama-3:8b', provider: 'up' })
  expect(upstream.seen[0]?.body['model']).toBe('meta/llama-3:8b')
})

test('a bare name is found by the account in a header, or by the only account that lists it', async () => {
  await using upstream = await startUpstream(says('Hello'))
  const account = { provider: 'openai-compatible', baseURL: upstream.url }
  await using gateway = await startGateway({
    accounts: { one: { ...account, models: ['shared', 'only-one'] }, two: { ...account, models: ['shared'] }, open: account },
  })
  const ask = async (model: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const answer = await gateway.call('/v1/responses', { body: { model, input: 'Hi' }, headers })
    return answer.status === 200 ? (await read(answer)).provider : (await errorOf(answer)).code
  }
  expect(await ask('only-one')).toBe('one')
  expect(await ask('shared')).toBe('model_not_found')
  expect(await ask('shared', { 'x-tfy-provider-name': 'two' })).toBe('two')
  expect(await ask('anything', { 'x-weir-provider-name': 'open' })).toBe('open')
  expect(await ask('anything', { 'x-tfy-provider-name': 'nobody' })).toBe('model_not_found')
})
