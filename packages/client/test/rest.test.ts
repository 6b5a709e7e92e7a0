import { expect, test } from 'vitest'
import { createClient, WeirError } from '../src/index.js'
import { gatewayDouble, json } from './gateway-double.js'

test('sends a body with the key, and gives back what came', async () => {
  await using gateway = await gatewayDouble(json(200, { id: 'resp_1', object: 'response' }))
  const client = createClient({ baseURL: `${gateway.baseURL}/`, apiKey: 'secret', headers: { 'x-weir-metadata': '{}' } })

  const response = await client.responses.create({ model: 'a/b', input: 'hi', stream: true })

  expect(response.id).toBe('resp_1')
  const [sent] = gateway.received
  expect(sent).toMatchObject({ method: 'POST', url: '/v1/responses' })
  expect(sent?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'x-weir-metadata': '{}',
    'content-type': 'application/json',
  })
  expect(JSON.parse(sent?.body ?? '')).toEqual({ model: 'a/b', input: 'hi', stream: false })
})

test('puts each part of the input where the contract has it', async () => {
  await using gateway = await gatewayDouble(json(200, {}))
  const client = createClient({ baseURL: gateway.baseURL })

  await client.responses.inputItems({ id: 'resp_1', limit: 5, order: 'asc' })
  await client.responses.get({ id: 'a/b?c' })
  await client.responses.delete({ id: 'resp_1' })
  await client.models.get({ id: 'main/meta llama/3' })
  await client.models.list()
  await client.requests.list({ label: 'mine & yours' })
  await client.health.live()

  expect(gateway.received.map(({ method, url, body }) => `${method} ${url} ${body}`.trim())).toEqual([
    'GET /v1/responses/resp_1/input_items?limit=5&order=asc',
    'GET /v1/responses/a%2Fb%3Fc',
    'DELETE /v1/responses/resp_1',
    'GET /v1/models/main/meta%20llama/3',
    'GET /v1/models',
    'GET /api/v1/requests?label=mine+%26+yours',
    'GET /health/live',
  ])
})

test.each(['', '.', '..'])('an id of "%s", which would name another path, is never sent', async (id) => {
  await using gateway = await gatewayDouble(json(200, {}))
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(client.responses.delete({ id })).rejects.toMatchObject({ name: 'WeirError', param: 'id' })
  await expect(client.models.get({ id: `a/${id}/b` })).rejects.toBeInstanceOf(WeirError)
  expect(gateway.received).toEqual([])
})

test('an error answer is thrown with everything it says', async () => {
  const error = { message: 'Too many.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' }
  await using gateway = await gatewayDouble(json(429, { error }, { 'x-request-id': 'req_9', 'retry-after': '7' }))
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(client.models.list()).rejects.toMatchObject({
    name: 'WeirError',
    message: 'Too many.',
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    param: null,
    requestId: 'req_9',
    retryAfter: 7,
  })
})

test('an error answer that is no JSON is an error all the same', async () => {
  await using gateway = await gatewayDouble((response) => response.writeHead(502).end('<html>'))
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(client.models.list()).rejects.toMatchObject({ name: 'WeirError', status: 502, code: null })
})

test('an answer that is no JSON is an error', async () => {
  await using gateway = await gatewayDouble((response) => response.writeHead(200).end('{"half":'))
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(client.models.list()).rejects.toMatchObject({ name: 'WeirError', status: 200 })
})

test('a gateway that is not there is a WeirError without a status', async () => {
  const gateway = await gatewayDouble(json(200, {}))
  await gateway[Symbol.asyncDispose]()
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(client.models.list()).rejects.toMatchObject({ name: 'WeirError', status: null })
})

test("the caller's abort rejects with the caller's own reason", async () => {
  await using gateway = await gatewayDouble(() => {})
  const client = createClient({ baseURL: gateway.baseURL })
  const reason = new Error('enough')
  const controller = new AbortController()
  const call = client.responses.create({ model: 'm', input: 'x' }, { signal: controller.signal })
  setTimeout(() => controller.abort(reason), 20)
  await expect(call).rejects.toBe(reason)
})
