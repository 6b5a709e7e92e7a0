import { createClient } from '@weir/client'
import type { responses } from '@weir/contracts'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { faces, speak, speech, told, type Face } from '../support/faces.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

const question = { model: 'up/model', input: 'Speak.', background: true }
const words = ['Some', ' slow', ' words.']

const before = (upstream: Upstream, dialect: Face, more: object = {}): Promise<TestGateway> =>
  startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } }, ...more })

const cancel = (gateway: TestGateway, id: string, key: string = keys.alice): Promise<Response> =>
  gateway.call(`/v1/responses/${id}/cancel`, { method: 'POST', key })

const get = async (gateway: TestGateway, id: string): Promise<responses.ResponseObject> =>
  read(await gateway.call(`/v1/responses/${id}`))

describe.each(faces)('before %s', (face) => {
  test('a cancelled response keeps what had come, its upstream is left, and cancelling again changes nothing', async () => {
    const [half, left] = [moment(), moment()]
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas } = speech(face, words)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas[0])
      half.now()
      response.once('close', () => left.now())
    })
    await using gateway = await before(upstream, face)
    const stream = await gateway.call('/v1/responses', { body: { ...question, stream: true } })
    const id = stream.headers.get('x-weir-response-id') ?? ''
    await half.come
    while ((await gateway.ports.journal.last(id)) !== 5) await new Promise((resolve) => setTimeout(resolve, 5))
    const answer = await cancel(gateway, id)
    expect(answer.status).toBe(200)
    const cancelled = await read(answer)
    expect(cancelled).toMatchObject({
      id,
      status: 'cancelled',
      background: true,
      error: null,
      incomplete_details: null,
      output: [{ type: 'message', status: 'incomplete', content: [{ text: 'Some' }] }],
    })
    await left.come
    expect(await get(gateway, id)).toEqual(cancelled)
    expect(await read(await cancel(gateway, id))).toEqual(cancelled)
    const all = told(await stream.text())
    expect(all.done).toBe(true)
    expect(all.events.map((event) => event.sequence_number)).toEqual(all.events.map((_, index) => index))
    expect(all.events.slice(5).map(({ type }) => type)).toEqual([
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.incomplete',
    ])
    expect(all.events.at(-1)?.response).toEqual(cancelled)
    expect(await gateway.ended(1)).toMatchObject([
      { outcome: 'client_closed', status: 499, responseId: id, usage: { estimated: true }, attempts: [{ outcome: 'aborted' }] },
    ])
  })
})

test('one that waits in the queue is never asked of anyone', async () => {
  const goOn = moment()
  await using upstream = await startUpstream(async ({ body }, response) => {
    await goOn.come
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses', { background: { most: 1 } })
  await gateway.call('/v1/responses', { body: question })
  const headers = { 'x-request-id': 'trace 42', 'x-weir-metadata': '{"team":"blue"}' }
  const answer = await gateway.call('/v1/responses', { body: { ...question, metadata: { a: 'b' } }, headers })
  const { id } = await read(answer)
  expect(await read(await cancel(gateway, id))).toMatchObject({ id, status: 'cancelled', output: [], metadata: { a: 'b' } })
  const { events } = told(await (await gateway.call(`/v1/responses/${id}?stream=true`)).text())
  expect(events.map(({ type }) => type)).toEqual(['response.created', 'response.queued', 'response.incomplete'])
  goOn.now()
  const rows = await gateway.ended(2)
  expect(upstream.seen).toHaveLength(1)
  expect(rows.find((row) => row.responseId === id)).toMatchObject({
    id: answer.headers.get('x-request-id'),
    label: 'trace 42',
    metadata: { team: 'blue' },
    outcome: 'client_closed',
    usage: null,
    attempts: [],
  })
})

test('one that is deleted before it ran is on record, is never asked of anyone, and its readers leave at once', async () => {
  const goOn = moment()
  await using upstream = await startUpstream(async ({ body }, response) => {
    await goOn.come
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses', { background: { most: 1 } })
  await gateway.call('/v1/responses', { body: question })
  const answer = await gateway.call('/v1/responses', { body: { ...question, stream: true } })
  const id = answer.headers.get('x-weir-response-id') ?? ''
  const left = expect(answer.text()).rejects.toThrow()
  const begun = performance.now()
  expect((await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })).status).toBe(200)
  await left
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(await gateway.ended(1)).toMatchObject([
    {
      id: answer.headers.get('x-request-id'),
      responseId: id,
      outcome: 'client_closed',
      status: 499,
      stored: false,
      attempts: [],
    },
  ])
  goOn.now()
  expect(await gateway.ended(2)).toHaveLength(2)
  expect(upstream.seen).toHaveLength(1)
})

test('one whose answer was complete when it was cancelled is on record with what it took, and not as completed', async () => {
  await using upstream = await startUpstream(({ body }, response) =>
    speak(response, body['stream'] === true, speech('responses', words)),
  )
  await using gateway = await before(upstream, 'responses')
  const { jobs } = gateway.ports
  const end = jobs.end.bind(jobs)
  const [ending, cancelled] = [moment(), moment()]
  Object.assign(jobs, {
    async end(...values: Parameters<typeof end>) {
      ending.now()
      if (values[0].epoch === 1) await cancelled.come
      return end(...values)
    },
  })
  const { id } = await read(await gateway.call('/v1/responses', { body: question }))
  await ending.come
  expect(await read(await cancel(gateway, id))).toMatchObject({ id, status: 'cancelled' })
  cancelled.now()
  expect(await gateway.ended(1)).toMatchObject([
    { responseId: id, outcome: 'client_closed', status: 499, stored: false, usage: { input: 3, output: 5, estimated: false } },
  ])
  expect((await get(gateway, id)).status).toBe('cancelled')
})

test('what an upstream keeps of one that is cancelled or deleted is deleted there too', async () => {
  const begun = [moment(), moment()]
  await using upstream = await startUpstream(({ method }, response, number) => {
    if (method === 'DELETE') return void response.writeHead(200).end('{}')
    const { opening, deltas } = speech('responses', words)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    begun[number === 0 ? 0 : 1]?.now()
  })
  const up = { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses', keepsState: true } as const
  await using gateway = await startGateway({ accounts: { up } })
  const forgotten = () => upstream.seen.filter(({ method, path }) => method === 'DELETE' && path === '/v1/responses/resp_up')
  const stop = [
    (id: string) => cancel(gateway, id),
    (id: string) => gateway.call(`/v1/responses/${id}`, { method: 'DELETE' }),
  ] as const
  for (const [number, act] of stop.entries()) {
    const { id } = await read(await gateway.call('/v1/responses', { body: question }))
    await begun[number]?.come
    while ((await gateway.ports.journal.last(id)) !== 5) await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await act(id)).status).toBe(200)
    await gateway.ended(number + 1)
    expect(forgotten()).toHaveLength(number + 1)
  }
})

test('a long one is ended and read piece by piece, between which others have their turn', async () => {
  await using gateway = await startGateway({ background: { most: 0 } })
  const { journal, jobs } = gateway.ports
  const response = await read(await gateway.call('/v1/responses', { body: { ...question, model: 'simulator/talker' } }))
  const [job] = await jobs.claim(1, 9e12)
  if (!job) return expect.unreachable()
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const item = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  const lines = [
    JSON.stringify({ type: 'response.output_item.added', sequence_number: 2, output_index: 0, item }),
    ...Array.from({ length: 200 }, (_, index) =>
      JSON.stringify({ type: 'response.output_text.delta', sequence_number: 3 + index, ...at, delta: 'a ' }),
    ),
  ]
  for (const [index, events] of lines.entries()) await journal.append(job, { first: 2 + index, last: 2 + index, events })
  let turn = 0
  let over = false
  const pass = (): void => {
    turn++
    if (!over) setImmediate(pass)
  }
  const turns: number[] = []
  const readPage = journal.read.bind(journal)
  Object.assign(journal, {
    read(...values: Parameters<typeof readPage>) {
      turns.push(turn)
      return readPage(...values)
    },
  })
  pass()
  const cancelled = await read(await cancel(gateway, response.id))
  expect(cancelled).toMatchObject({ status: 'cancelled', output: [{ content: [{ text: 'a '.repeat(200) }] }] })
  expect(turns.length).toBeGreaterThan(20)
  expect(new Set(turns).size).toBe(turns.length)
  turns.length = 0
  expect((await readEvents(gateway, response.id)).text).toBe('a '.repeat(200))
  over = true
  expect(turns.length).toBeGreaterThan(40)
  expect(new Set(turns).size).toBe(turns.length)
})

test('one that has ended stays as it is, and one that was never in the background cannot be cancelled', async () => {
  await using gateway = await startGateway()
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  const body = { model: 'simulator/talker', input: 'Hi.' }
  const { id } = await client.responses.create({ ...body, background: true })
  let done = await client.responses.get({ id })
  while (done.status !== 'completed') done = await client.responses.get({ id })
  expect(await client.responses.cancel({ id })).toEqual(done)
  expect(await client.trpc.responses.cancel.mutate({ id })).toEqual(done)
  const plain = await client.responses.create(body)
  const refused = await cancel(gateway, plain.id)
  expect(refused.status).toBe(400)
  expect(await errorOf(refused)).toMatchObject({ code: 'invalid_value', param: 'id' })
  for (const [one, key] of [
    [id, keys.bob],
    ['resp_none', keys.alice],
  ] as const)
    expect((await cancel(gateway, one, key)).status).toBe(404)
})

test('of many who cancel and an answer that ends, all are told the same', async () => {
  await using upstream = await startUpstream(async ({ body }, response) => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses')
  const statuses = new Set<string>()
  await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const { id } = await read(await gateway.call('/v1/responses', { body: question }))
      await new Promise((resolve) => setTimeout(resolve, index * 3))
      const told = await Promise.all([cancel(gateway, id), cancel(gateway, id), cancel(gateway, id)])
      const all = await Promise.all(told.map((answer) => read(answer)))
      const kept = await get(gateway, id)
      statuses.add(kept.status)
      for (const one of all) expect(one).toEqual(kept)
      const { events } = await readEvents(gateway, id)
      expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, number) => number))
      expect(events.at(-1)?.response).toEqual(kept)
    }),
  )
  expect([...statuses].every((status) => status === 'cancelled' || status === 'completed')).toBe(true)
})

const readEvents = async (gateway: TestGateway, id: string) =>
  told(await (await gateway.call(`/v1/responses/${id}?stream=true`)).text())

test('one that is deleted while it is made leaves its upstream, its readers and no trace', async () => {
  const [half, left] = [moment(), moment()]
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas } = speech('responses', words)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    half.now()
    response.once('close', () => left.now())
  })
  await using gateway = await before(upstream, 'responses')
  const stream = await gateway.call('/v1/responses', { body: { ...question, stream: true } })
  const id = stream.headers.get('x-weir-response-id') ?? ''
  await half.come
  const deleted = await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })
  expect(await deleted.json()).toEqual({ id, object: 'response', deleted: true })
  await left.come
  await expect(stream.text()).rejects.toThrow()
  expect((await gateway.call(`/v1/responses/${id}`)).status).toBe(404)
  expect((await gateway.call(`/v1/responses/${id}?stream=true`)).status).toBe(404)
  expect(await gateway.ports.journal.last(id)).toBeUndefined()
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed', stored: false }])
})
