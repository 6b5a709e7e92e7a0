import type { ModelList } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'

const prefixes = ['/api/llm/api/inference/openai', '/api/llm/v1', '/api/llm', '/v1', '']

for (const prefix of prefixes)
  test(`under "${prefix}" every inference route answers`, async () => {
    await using gateway = await startGateway()
    const model = 'simulator/talker'
    const created = await gateway.call(`${prefix}/responses`, { body: { model, input: 'Hello!' } })
    expect(created.status).toBe(200)
    const response = await read(created)

    const got = await gateway.call(`${prefix}/responses/${response.id}`)
    expect(await got.json()).toEqual(response)
    const items = await (await gateway.call(`${prefix}/responses/${response.id}/input_items`)).json()
    expect(items).toMatchObject({ object: 'list', data: [{ role: 'user' }], has_more: false })

    const models = await read<ModelList>(await gateway.call(`${prefix}/models`))
    expect(models.object).toBe('list')
    expect(models.data).toContainEqual({ id: model, object: 'model', created: expect.any(Number), owned_by: 'simulator' })
    expect(await (await gateway.call(`${prefix}/models/${model}`)).json()).toMatchObject({ id: model, object: 'model' })

    const chat = await gateway.call(`${prefix}/chat/completions`, {
      body: { model, messages: [{ role: 'user', content: 'Hello!' }] },
    })
    expect(await chat.json()).toMatchObject({
      object: 'chat.completion',
      provider: 'simulator',
      choices: [{ finish_reason: 'stop' }],
    })

    const deleted = await gateway.call(`${prefix}/responses/${response.id}`, { method: 'DELETE' })
    expect(await deleted.json()).toEqual({ id: response.id, object: 'response', deleted: true })
  })

test('what one prefix made, another finds', async () => {
  await using gateway = await startGateway()
  const body = { model: 'simulator/talker', input: 'Hello!' }
  const { id } = await read(await gateway.call('/api/llm/responses', { body }))
  for (const prefix of prefixes) expect((await gateway.call(`${prefix}/responses/${id}`)).status).toBe(200)
})

for (const path of ['/v1/models/a/b/c', '/v1/models/a%2Fb%2Fc', '/v1/models/a/b%2Fc', '/models/a/b/c'])
  test(`${path} is the model a/b/c`, async () => {
    await using gateway = await startGateway({
      accounts: { a: { provider: 'openai-compatible', baseURL: 'http://127.0.0.1:9/v1', models: ['b/c', 'other'] } },
    })
    const answer = await gateway.call(path)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ id: 'a/b/c', object: 'model', created: expect.any(Number), owned_by: 'a' })
  })

test('a query behind a path changes nothing of where it leads', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses?api-version=2025-01-01', { body: { model: 'simulator/talker', input: 'Hi' } })
  expect(answer.status).toBe(200)
})

for (const path of [
  '/',
  '/v1',
  '/v1/',
  '/v2/responses',
  '/v1/responses/',
  '/v1/responses/a/b',
  '/v1/v1/responses',
  '/v1//responses',
  '/V1/responses',
  '/v1/responses/%ff',
  '/v1/../v1/responses%2f',
  '/api/v1/nothing',
])
  test(`${path} is a JSON 404, for GET, POST and DELETE`, async () => {
    await using gateway = await startGateway()
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await gateway.call(path, {
        method,
        ...(method === 'POST' && { body: { model: 'simulator/talker', input: 'Hi' } }),
      })
      expect(answer.status).toBe(404)
      expect(await errorOf(answer)).toMatchObject({ code: 'not_found', type: 'invalid_request_error', param: null })
    }
  })

for (const [method, path, allow] of [
  ['GET', '/v1/responses', 'POST'],
  ['PUT', '/v1/responses', 'POST'],
  ['DELETE', '/chat/completions', 'POST'],
  ['POST', '/v1/responses/resp_1', 'GET, DELETE'],
  ['PATCH', '/api/llm/responses/resp_1', 'GET, DELETE'],
  ['POST', '/v1/responses/resp_1/input_items', 'GET'],
  ['POST', '/v1/models', 'GET'],
  ['DELETE', '/v1/models/simulator/talker', 'GET'],
  ['POST', '/health', 'GET'],
] as const)
  test(`${method} ${path} is a 405 that allows ${allow}`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call(path, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
    const error = await errorOf(answer)
    expect(error.code).toBe('method_not_allowed')
    expect(error.message).toContain(allow)
  })
