import { createClient } from '@weir/client'
import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { told } from '../support/faces.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf } from '../support/scripted.js'
import { json, startUpstream, type Upstream } from '../support/upstream.js'

const call = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'look', arguments: '{"at":1}' }

const speaker = (more: object = {}): Promise<Upstream> =>
  startUpstream((_, response) => json(response, responseOf([messageItem('Some words.'), call], more)))

const before = (upstream: Upstream): Promise<TestGateway> =>
  startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } } })

async function kept(gateway: TestGateway): Promise<responses.ResponseObject> {
  const body = { model: 'up/model', input: 'Speak.', metadata: { a: 'b' }, tools: [{ type: 'function', name: 'look' }] }
  return read(await gateway.call('/v1/responses', { body }))
}

test('a response that was never streamed comes as the events that would have brought it', async () => {
  await using upstream = await speaker()
  await using gateway = await before(upstream)
  const response = await kept(gateway)
  const answer = await gateway.call(`/v1/responses/${response.id}?stream=true&include_obfuscation=true`)
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
  const { events, done } = told(await answer.text())
  expect(done).toBe(true)
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ])
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  expect(events[0]?.response).toEqual({ ...response, status: 'in_progress', completed_at: null, output: [], usage: null })
  expect(events[7]).toMatchObject({ item: response.output[0] })
  expect(events.at(-1)?.response).toEqual(response)
})

test('what was seen is left out, and a number beyond the last event is refused', async () => {
  await using upstream = await speaker()
  await using gateway = await before(upstream)
  const { id } = await kept(gateway)
  const stream = async (query: string) => told(await (await gateway.call(`/v1/responses/${id}?${query}`)).text())
  const all = await stream('stream=true')
  expect((await stream('stream=true&starting_after=9')).events).toEqual(all.events.slice(10))
  expect(await stream('stream=true&starting_after=12')).toMatchObject({ events: [], done: true })
  for (const wrong of ['13', '-1', 'ten', '1.5']) {
    const answer = await gateway.call(`/v1/responses/${id}?stream=true&starting_after=${wrong}`)
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: 'starting_after' })
  }
})

test('one that ended early says so', async () => {
  await using upstream = await speaker({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
  await using gateway = await before(upstream)
  const response = await kept(gateway)
  const { events } = told(await (await gateway.call(`/v1/responses/${response.id}?stream=true`)).text())
  expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response })
})

test("another owner's response reads as one that is not there", async () => {
  await using upstream = await speaker()
  await using gateway = await before(upstream)
  const { id } = await kept(gateway)
  for (const path of [`/v1/responses/${id}?stream=true`, '/v1/responses/resp_none?stream=true']) {
    const answer = await gateway.call(path, { key: keys.bob })
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toMatchObject({ code: 'not_found', param: 'id' })
  }
})

test('the typed client and tRPC give the same events', async () => {
  await using upstream = await speaker()
  await using gateway = await before(upstream)
  const { id } = await kept(gateway)
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  const gathered = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
    const all: unknown[] = []
    for await (const event of stream) all.push(event)
    return all
  }
  const { events } = told(await (await gateway.call(`/v1/responses/${id}?stream=true`)).text())
  expect(await gathered(client.responses.get.stream({ id }))).toEqual(events)
  expect(await gathered(client.responses.get.stream({ id, starting_after: 10 }))).toEqual(events.slice(11))
  expect(await gathered(client.responses.get.stream({ id, starting_after: 12 }))).toEqual([])
  expect(await gathered(await client.trpc.responses.getStream.mutate({ id, starting_after: 10 }))).toEqual(events.slice(11))
})

test('HEAD asks for no stream', async () => {
  await using upstream = await speaker()
  await using gateway = await before(upstream)
  const { id } = await kept(gateway)
  const answer = await gateway.call(`/v1/responses/${id}?stream=true`, { method: 'HEAD' })
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
})
