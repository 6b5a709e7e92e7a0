import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createClient } from '../src/index.js'
import { events, gatewayDouble } from './gateway-double.js'

const delta = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":1,"delta":"é"}\n\n'
const completed =
  'event: response.completed\ndata: {"type":"response.completed","sequence_number":2,"response":{"id":"resp_1"}}\n\n'
const chunk = 'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"x"}}]}\n\n'

async function typesOf(stream: AsyncIterable<{ readonly type: string }>, into: string[] = []) {
  for await (const event of stream) into.push(event.type)
  return into
}

const body = { model: 'm', input: 'hi' }

test('gives the events in order and asks for a stream', async () => {
  await using gateway = await gatewayDouble(events(`: hello\n\n${delta.slice(0, 40)}`, delta.slice(40) + completed))
  const client = createClient({ baseURL: gateway.baseURL })
  expect(await typesOf(client.responses.create.stream(body))).toEqual(['response.output_text.delta', 'response.completed'])
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ ...body, stream: true })
})

test('a stream that is got asks for it in the query, and may have nothing more to say', async () => {
  await using gateway = await gatewayDouble(events('data: [DONE]\n\n'))
  const client = createClient({ baseURL: gateway.baseURL })
  expect(await typesOf(client.responses.get.stream({ id: 'resp_1', starting_after: 7 }))).toEqual([])
  expect(gateway.received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /v1/responses/resp_1?stream=true&starting_after=7',
  ])
})

test('nothing is sent before the first event is asked for', async () => {
  await using gateway = await gatewayDouble(events(completed))
  const stream = createClient({ baseURL: gateway.baseURL }).responses.create.stream(body)
  await sleep(20)
  expect(gateway.received).toEqual([])
  await typesOf(stream)
  expect(gateway.received).toHaveLength(1)
})

test.each(['failed', 'incomplete'])('a response that ends as %s is a stream that ended well', async (status) => {
  await using gateway = await gatewayDouble(events(completed.replaceAll('completed', status)))
  const client = createClient({ baseURL: gateway.baseURL })
  expect(await typesOf(client.responses.create.stream(body))).toEqual([`response.${status}`])
})

test('a chat stream ends with [DONE], which is no chunk', async () => {
  await using gateway = await gatewayDouble(events(chunk, chunk, 'data: [DONE]\n\n'))
  const client = createClient({ baseURL: gateway.baseURL })
  let count = 0
  for await (const one of client.chatCompletions.create.stream({ model: 'm', messages: [] })) {
    expect(one.choices[0]?.delta.content).toBe('x')
    count++
  }
  expect(count).toBe(2)
})

test('a stream that ends early throws after what had come', async () => {
  await using gateway = await gatewayDouble(events(delta))
  const client = createClient({ baseURL: gateway.baseURL })
  const seen: string[] = []
  await expect(typesOf(client.responses.create.stream(body), seen)).rejects.toMatchObject({
    name: 'WeirError',
    requestId: 'req_1',
  })
  expect(seen).toEqual(['response.output_text.delta'])
})

test('a connection that breaks throws', async () => {
  await using gateway = await gatewayDouble((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(delta)
    setTimeout(() => response.destroy(), 20)
  })
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(typesOf(client.responses.create.stream(body))).rejects.toMatchObject({ name: 'WeirError', status: null })
})

test('an error in a chat stream throws with what it says', async () => {
  const error = 'data: {"error":{"message":"Gone.","type":"server_error","param":null,"code":"upstream_error"}}\n\n'
  await using gateway = await gatewayDouble(events(chunk, error))
  const client = createClient({ baseURL: gateway.baseURL })
  const stream = client.chatCompletions.create.stream({ model: 'm', messages: [] })
  await expect(collect(stream)).rejects.toMatchObject({ message: 'Gone.', code: 'upstream_error', status: 502 })
})

async function collect(stream: AsyncIterable<unknown>) {
  const all: unknown[] = []
  for await (const one of stream) all.push(one)
  return all
}

const errorEvent =
  'data: {"type":"error","sequence_number":1,"code":"upstream_error","message":"Gone.","param":null,"error":{"message":"Gone.","type":"server_error","param":null,"code":"upstream_error"}}\n\n'

test('an error event of a response is an event, and the failed response ends the stream', async () => {
  await using gateway = await gatewayDouble(events(errorEvent, completed.replaceAll('completed', 'failed')))
  const client = createClient({ baseURL: gateway.baseURL })
  expect(await typesOf(client.responses.create.stream(body))).toEqual(['error', 'response.failed'])
})

test('where nothing follows the error event, it is thrown', async () => {
  await using gateway = await gatewayDouble(events(errorEvent))
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(typesOf(client.responses.create.stream(body))).rejects.toMatchObject({ message: 'Gone.', code: 'upstream_error' })
})

test('leaving the loop closes the connection', async () => {
  let closed = false
  await using gateway = await gatewayDouble((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(delta)
    response.on('close', () => (closed = true))
  })
  const client = createClient({ baseURL: gateway.baseURL })
  for await (const event of client.responses.create.stream(body)) {
    expect(event.type).toBe('response.output_text.delta')
    break
  }
  await expect.poll(() => closed).toBe(true)
})

test("the caller's abort ends a running stream with the caller's own reason", async () => {
  await using gateway = await gatewayDouble((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(delta)
  })
  const reason = new Error('enough')
  const controller = new AbortController()
  const stream = createClient({ baseURL: gateway.baseURL }).responses.create.stream(body, { signal: controller.signal })
  const reading = typesOf(stream)
  setTimeout(() => controller.abort(reason), 50)
  await expect(reading).rejects.toBe(reason)
})

test('an answer that is no stream is an error, not an empty stream', async () => {
  await using gateway = await gatewayDouble((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  )
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(typesOf(client.responses.create.stream(body))).rejects.toThrow('application/json')
})

test('a refusal before the stream is thrown like any other', async () => {
  await using gateway = await gatewayDouble((response) =>
    response
      .writeHead(401)
      .end('{"error":{"message":"No.","type":"authentication_error","param":null,"code":"invalid_api_key"}}'),
  )
  const client = createClient({ baseURL: gateway.baseURL })
  await expect(typesOf(client.responses.create.stream(body))).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
})
