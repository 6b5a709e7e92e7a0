import OpenAI from 'openai'
import { createClient } from '@weir/client'
import type { responses } from '@weir/contracts'
import { describe, expect, test } from 'vitest'
import { jobsTopic } from '../../src/jobs/topics.js'
import { StoreError } from '../../src/ports/store-error.js'
import { errorOf } from '../support/error.js'
import { faces, speak, speech, told, type Told } from '../support/faces.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { data, startUpstream, type Upstream } from '../support/upstream.js'

const question = { model: 'up/model', input: 'Speak.', background: true, metadata: { a: 'b' } }
const words = ['Some', ' slow', ' words.']

const before = (upstream: Upstream, dialect: 'responses' | 'chat-completions', more: object = {}): Promise<TestGateway> =>
  startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } }, ...more })

const get = async (gateway: TestGateway, id: string): Promise<responses.ResponseObject> =>
  read(await gateway.call(`/v1/responses/${id}`))

/** The response, once it has this status. */
async function until(gateway: TestGateway, id: string, status: string): Promise<responses.ResponseObject> {
  for (;;) {
    const response = await get(gateway, id)
    if (response.status === status) return response
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function events(gateway: TestGateway, id: string, after = -1): Promise<Told> {
  const answer = await gateway.call(`/v1/responses/${id}?stream=true${after < 0 ? '' : `&starting_after=${after}`}`)
  expect(answer.status).toBe(200)
  return told(await answer.text())
}

describe.each(faces)('before %s', (face) => {
  test('a background call is queued at once, runs on without its caller, and is kept', async () => {
    const goOn = moment()
    await using upstream = await startUpstream(async ({ body }, response) => {
      await goOn.come
      speak(response, body['stream'] === true, speech(face, words))
    })
    await using gateway = await before(upstream, face)
    const answer = await gateway.call('/v1/responses', { body: question })
    const queued = await read(answer)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-weir-response-id')).toBe(queued.id)
    expect(queued).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      status: 'queued',
      background: true,
      store: true,
      output: [],
      usage: null,
      completed_at: null,
      error: null,
      model: 'model',
      provider: 'up',
      metadata: { a: 'b' },
    })
    expect(await until(gateway, queued.id, 'in_progress')).toEqual({ ...queued, status: 'in_progress' })
    goOn.now()
    const done = await until(gateway, queued.id, 'completed')
    expect(done).toMatchObject({ id: queued.id, background: true, store: true, metadata: { a: 'b' } })
    expect(done).toMatchObject({ output: [{ content: [{ text: 'Some slow words.' }] }], usage: { total_tokens: 8 } })
    // The caller asked for no stream, and the upstream for one.
    expect(upstream.seen).toMatchObject([{ body: { stream: true } }])
    expect(upstream.seen[0]?.body).not.toHaveProperty('background')
    const [row, ...more] = await gateway.ended(1)
    expect(more).toEqual([])
    expect(row).toMatchObject({
      id: answer.headers.get('x-request-id'),
      outcome: 'completed',
      status: 200,
      stream: false,
      stored: true,
      responseId: queued.id,
      usage: { input: 3, output: 5 },
      attempts: [{ outcome: 'succeeded' }],
    })
  })

  test('its stream begins with the queue, has every number once, and ends with what is kept', async () => {
    await using upstream = await startUpstream(({ body }, response) =>
      speak(response, body['stream'] === true, speech(face, words)),
    )
    await using gateway = await before(upstream, face)
    const answer = await gateway.call('/v1/responses', { body: { ...question, stream: true } })
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const id = answer.headers.get('x-weir-response-id') ?? ''
    const all = told(await answer.text())
    expect(all.done).toBe(true)
    expect(all.events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      ...words.map(() => 'response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(all.events.map((event) => event.sequence_number)).toEqual(all.events.map((_, index) => index))
    expect(all.events.slice(0, 3).map(({ response }) => response?.status)).toEqual(['queued', 'queued', 'in_progress'])
    expect(new Set(all.events.flatMap(({ response }) => response?.id ?? []))).toEqual(new Set([id]))
    expect(all.events.at(-1)?.response).toEqual(await get(gateway, id))
    // Read again, from anywhere, by anybody of the same owner.
    expect(await events(gateway, id)).toEqual(all)
    for (const after of [0, 1, 5, all.events.length - 2])
      expect((await events(gateway, id, after)).events).toEqual(all.events.slice(after + 1))
    expect(await events(gateway, id, all.events.length - 1)).toMatchObject({ events: [], done: true })
    const beyond = await gateway.call(`/v1/responses/${id}?stream=true&starting_after=${all.events.length}`)
    expect(beyond.status).toBe(400)
    expect(await errorOf(beyond)).toMatchObject({ param: 'starting_after' })
    const stranger = await gateway.call(`/v1/responses/${id}?stream=true`, { key: keys.bob })
    expect(stranger.status).toBe(404)
    expect(await gateway.ended(1)).toMatchObject([{ stream: true }])
  })

  test('many readers that come, leave and come back see one and the same sequence while it is made', async () => {
    const steps = Array.from({ length: 40 }, (_, number) => `${number} `)
    const [readAll, half] = [moment(), moment()]
    await using upstream = await startUpstream(async (_, response) => {
      const { opening, deltas, closing } = speech(face, steps)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening)
      for (const [index, delta] of deltas.entries()) {
        response.write(delta)
        if (index === 20) {
          half.now()
          await readAll.come
        }
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      response.end(closing)
    })
    await using gateway = await before(upstream, face)
    const { id } = await read(await gateway.call('/v1/responses', { body: question }))
    const readers = Array.from({ length: 12 }, (_, index) => readInPieces(gateway, id, 1 + index))
    await half.come
    readAll.now()
    const sequences = await Promise.all(readers)
    const whole = await events(gateway, id)
    expect(whole.events.map((event) => event.sequence_number)).toEqual(whole.events.map((_, index) => index))
    expect(whole.text).toBe(steps.join(''))
    for (const sequence of sequences) expect(sequence).toEqual(whole.events)
  })
})

/** Reads so many events at a time, and leaves in between. */
async function readInPieces(gateway: TestGateway, id: string, length: number): Promise<unknown[]> {
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  const all: unknown[] = []
  for (;;) {
    let got = 0
    const query = all.length === 0 ? { id } : { id, starting_after: all.length - 1 }
    for await (const event of client.responses.get.stream(query)) {
      all.push(event)
      if ('type' in event && event.type === 'response.completed') return all
      if (++got === length) break
    }
  }
}

test('what goes wrong before an answer is a response that failed and says why', async () => {
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(429, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: 'Slow down.', type: 'rate_limit', code: 'rate_limit_exceeded' } }))
  })
  await using gateway = await before(upstream, 'responses')
  const answer = await gateway.call('/v1/responses', { body: { ...question, stream: true } })
  const { events: all, done } = told(await answer.text())
  expect(done).toBe(true)
  expect(all.map(({ type }) => type)).toEqual([
    'response.created',
    'response.queued',
    'response.in_progress',
    'error',
    'response.failed',
  ])
  expect(all.map((event) => event.sequence_number)).toEqual([0, 1, 2, 3, 4])
  expect(all.at(-1)?.response).toMatchObject({
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'up: Slow down.' },
  })
  expect(await get(gateway, all[0]?.response?.id ?? '')).toEqual(all.at(-1)?.response)
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'refused', errorCode: 'rate_limit_exceeded', status: 200 }])
})

test('what cannot be meant is refused before anything is queued', async () => {
  await using gateway = await startGateway()
  const wrong = [
    [{ model: 'nobody/knows' }, 404],
    [{ previous_response_id: 'resp_none' }, 404],
    [{ store: false }, 400],
    [{ temperature: 7 }, 400],
  ] as const
  for (const [fields, status] of wrong) {
    const answer = await gateway.call('/v1/responses', { body: { ...question, model: 'simulator/talker', ...fields } })
    expect(answer.status).toBe(status)
  }
  expect(await gateway.ended(wrong.length)).toHaveLength(wrong.length)
})

test('a turn may continue a background response that has ended, and none that has not', async () => {
  const goOn = moment()
  await using upstream = await startUpstream(async ({ body }, response, number) => {
    if (number === 0) await goOn.come
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses')
  const { id } = await read(await gateway.call('/v1/responses', { body: question }))
  await until(gateway, id, 'in_progress')
  const next = { model: 'up/model', input: 'And then?', previous_response_id: id }
  const early = await gateway.call('/v1/responses', { body: next })
  expect(early.status).toBe(400)
  expect(await errorOf(early)).toMatchObject({ param: 'previous_response_id', message: expect.stringContaining('in_progress') })
  goOn.now()
  await until(gateway, id, 'completed')
  expect((await gateway.call('/v1/responses', { body: next })).status).toBe(200)
  expect(upstream.seen.at(-1)?.body['input']).toMatchObject([
    { role: 'user', content: [{ text: 'Speak.' }] },
    { role: 'assistant', content: [{ text: 'Some slow words.' }] },
    { role: 'user', content: 'And then?' },
  ])
})

test('a conversation gains a background turn when it has ended, and its items keep their ids', async () => {
  await using gateway = await startGateway()
  const conversation = await read<{ id: string }>(await gateway.call('/v1/conversations', { body: {} }))
  const body = { ...question, model: 'simulator/talker', conversation: conversation.id }
  const { id } = await read(await gateway.call('/v1/responses', { body }))
  const given = await read<{ data: { id: string }[] }>(await gateway.call(`/v1/responses/${id}/input_items`))
  const { output } = await until(gateway, id, 'completed')
  const items = await read<{ data: { id: string }[] }>(await gateway.call(`/v1/conversations/${conversation.id}/items?order=asc`))
  expect(items.data.map((item) => item.id)).toEqual([...given.data, ...output].map((item) => item.id))
  const again = await read<{ data: { id: string }[] }>(await gateway.call(`/v1/responses/${id}/input_items`))
  expect(again).toEqual(given)
})

test('more jobs than may run wait for their turn, the oldest first', async () => {
  const gates = [moment(), moment(), moment()]
  await using upstream = await startUpstream(async ({ body }, response, number) => {
    await gates[number]?.come
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses', { background: { most: 1 } })
  const ids: string[] = []
  for (const input of ['first', 'second', 'third'])
    ids.push((await read(await gateway.call('/v1/responses', { body: { ...question, input } }))).id)
  const [first = '', second = '', third = ''] = ids
  await until(gateway, first, 'in_progress')
  expect((await get(gateway, second)).status).toBe('queued')
  expect((await get(gateway, third)).status).toBe('queued')
  for (const gate of gates) gate.now()
  await until(gateway, third, 'completed')
  expect(JSON.stringify(upstream.seen.map(({ body }) => body['input']))).toMatch(/first.*second.*third/)
})

test('a key of one background call gives its response again, as far as it is', async () => {
  const goOn = moment()
  await using upstream = await startUpstream(async ({ body }, response) => {
    await goOn.come
    speak(response, body['stream'] === true, speech('responses', words))
  })
  await using gateway = await before(upstream, 'responses')
  const call = { body: { ...question, stream: true }, headers: { 'idempotency-key': 'once' } }
  const first = await gateway.call('/v1/responses', call)
  const second = await gateway.call('/v1/responses', call)
  expect(second.headers.get('idempotent-replayed')).toBe('true')
  goOn.now()
  expect(told(await second.text())).toEqual(told(await first.text()))
  expect(upstream.seen).toHaveLength(1)
})

test('reasoning that the caller did not ask for is kept for the next turn, and shown nowhere', async () => {
  const reasoning = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'opaque' }
  const message = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [] }
  const response = { id: 'resp_up', object: 'response', created_at: 1, model: 'model', tools: [], usage: null }
  await using upstream = await startUpstream((_, reply) => {
    const events = [
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, encrypted_content: '' } },
      { type: 'response.output_item.done', output_index: 0, item: reasoning },
      { type: 'response.output_item.added', output_index: 1, item: message },
      { type: 'response.output_item.done', output_index: 1, item: message },
      { type: 'response.completed', response: { ...response, status: 'completed', output: [reasoning, message] } },
    ]
    reply.writeHead(200, { 'content-type': 'text/event-stream' })
    reply.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  })
  await using gateway = await before(upstream, 'responses')
  const { id } = await read(await gateway.call('/v1/responses', { body: question }))
  await until(gateway, id, 'completed')
  const all = await events(gateway, id)
  expect(JSON.stringify(all.events)).not.toContain('opaque')
  expect(JSON.stringify(await get(gateway, id))).not.toContain('opaque')
  await gateway.call('/v1/responses', { body: { model: 'up/model', input: 'Go on.', previous_response_id: id, stream: true } })
  expect(upstream.seen.at(-1)?.body['input']).toMatchObject([{}, { id: 'rs_1', encrypted_content: 'opaque' }, {}, {}])
})

test('an upstream is asked for a background answer as for any other, whatever its items are listed by', async () => {
  await using upstream = await startUpstream(({ body }, response) =>
    speak(response, body['stream'] === true, speech('responses', words)),
  )
  await using gateway = await before(upstream, 'responses')
  const said = { role: 'user', content: 'Hello.' }
  const inputs = [
    'Hello.',
    [said],
    [{ type: 'reasoning', summary: [], encrypted_content: 'weir1.up.model.rs_1.b3BhcXVl' }, said],
    [said, { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }],
    [said, { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true }],
    [said, { type: 'of_another_kind', field: 1 }],
  ]
  for (const input of inputs) {
    await (await gateway.call('/v1/responses', { body: { ...question, input, background: false, stream: true } })).text()
    const { id } = await read(await gateway.call('/v1/responses', { body: { ...question, input } }))
    await until(gateway, id, 'completed')
    const [plain, background] = upstream.seen.slice(-2).map(({ body }) => body)
    expect(background).toEqual(plain)
    const listed = await read<{ data: { id: string }[] }>(await gateway.call(`/v1/responses/${id}/input_items`))
    expect(listed.data).toHaveLength(typeof input === 'string' ? 1 : input.length)
    for (const item of listed.data) expect(item.id).toMatch(/^[a-z]+_./)
  }
})

describe('an upstream that speaks its own Responses', () => {
  const response = { id: 'resp_up', object: 'response', created_at: 1, model: 'model', tools: [], usage: null }
  const item = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [] }
  const part = { type: 'output_text', text: 'Hi.', annotations: [] }
  const event = (type: string, fields: object): string => `event: ${type}\n${data({ type, ...fields })}`
  const spoken =
    event('response.created', { response: { ...response, status: 'in_progress', output: [] } }) +
    event('response.output_item.added', { output_index: 0, item: { ...item, status: 'in_progress' } }) +
    event('response.output_text.delta', { item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'Hi.' }) +
    event('response.output_item.done', { output_index: 0, item: { ...item, content: [part] } })
  const whole = { ...response, status: 'completed', output: [{ ...item, content: [part] }] }

  async function ended(bytes: string): Promise<{ response: responses.ResponseObject; told: Told }> {
    await using upstream = await startUpstream((_, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.end(bytes)
    })
    await using gateway = await before(upstream, 'responses')
    const { id } = await read(await gateway.call('/v1/responses', { body: question }))
    const all = await events(gateway, id)
    await gateway.ended(1)
    return { response: await get(gateway, id), told: all }
  }

  const endings = {
    'without a response': event('response.completed', {}),
    'with null for a response': event('response.completed', { response: null }),
    'with no output': event('response.completed', { response: { ...response, status: 'completed', output: [] } }),
    'that is no event, after something that nobody can read':
      event('response.output_item.added', { output_index: 1, item: 7 }) + data('[DONE]'),
  }
  for (const [name, bytes] of Object.entries(endings))
    test(`has its answer kept as it was told when it gives an end ${name}`, async () => {
      const { response, told } = await ended(spoken + bytes)
      expect(response).toMatchObject({ status: 'completed', output: [{ id: 'msg_1', content: [{ text: 'Hi.' }] }] })
      expect(told.events.at(-1)).toMatchObject({ type: 'response.completed', response })
      expect(told.events.map((each) => each.sequence_number)).toEqual(told.events.map((_, number) => number))
    })

  test('has failed, in the journal as in the store, when its end cannot be kept', async () => {
    const { response: kept, told } = await ended(spoken + event('response.completed', { response: { ...whole, output: [null] } }))
    expect(kept).toMatchObject({ status: 'failed', output: [{ id: 'msg_1', content: [{ text: 'Hi.' }] }] })
    expect(told.events.slice(-2)).toMatchObject([{ type: 'error' }, { type: 'response.failed', response: kept }])
    expect(told.events.filter(({ type }) => type === 'response.completed')).toEqual([])
  })

  test('may name its events beside the data only', async () => {
    const named = (spoken + event('response.completed', { response: whole })).replaceAll(/"type":"response[^"]*",/g, '')
    const { response, told } = await ended(named)
    expect(response.status).toBe('completed')
    expect(told.events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.output_item.added',
      'response.output_text.delta',
      'response.output_item.done',
      'response.completed',
    ])
  })
})

test('an end that is longer than everything before it is kept with its response, and not before', async () => {
  const goOn = moment()
  const long = 'x'.repeat(300_000)
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas, closing } = speech('responses', words)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas.join(''))
    await goOn.come
    response.end(closing.replace('"status":"completed","output"', `"status":"completed","instructions":"${long}","output"`))
  })
  await using gateway = await before(upstream, 'responses')
  const { id } = await read(await gateway.call('/v1/responses', { body: question }))
  while ((await gateway.ports.journal.last(id)) !== 7) await new Promise((resolve) => setTimeout(resolve, 5))
  goOn.now()
  const all = await events(gateway, id)
  const kept = await get(gateway, id)
  expect(kept).toMatchObject({ status: 'completed', instructions: long })
  expect(all.events.at(-1)).toMatchObject({ type: 'response.completed', response: kept })
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'completed', stored: true }])
})

test('a store that refuses for a while leaves no gap and ends nothing', async () => {
  const steps = Array.from({ length: 30 }, (_, number) => `${number} `)
  const [down, up] = [moment(), moment()]
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas, closing } = speech('responses', steps)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    await down.come
    response.end(deltas.slice(1).join('') + closing)
  })
  await using gateway = await before(upstream, 'responses')
  const { journal, jobs } = gateway.ports
  const [append, end] = [journal.append.bind(journal), jobs.end.bind(jobs)]
  let refusing = false
  const refuse = async (): Promise<void> => {
    if (!refusing) return
    up.now()
    throw new StoreError('unavailable', 'the disk is full')
  }
  Object.assign(journal, { append: async (...values: Parameters<typeof append>) => refuse().then(() => append(...values)) })
  Object.assign(jobs, { end: async (...values: Parameters<typeof end>) => refuse().then(() => end(...values)) })
  const { id } = await read(await gateway.call('/v1/responses', { body: question }))
  while ((await journal.last(id)) !== 5) await new Promise((resolve) => setTimeout(resolve, 5))
  refusing = true
  down.now()
  await up.come
  expect((await get(gateway, id)).status).toBe('in_progress')
  refusing = false
  const all = await events(gateway, id)
  expect(all.text).toBe(steps.join(''))
  expect(all.events.map((event) => event.sequence_number)).toEqual(all.events.map((_, number) => number))
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'completed', stored: true }])
})

test('a job that is queued while its worker looks for the last time is not left lying', async () => {
  await using gateway = await startGateway({ background: { lease: 600_000 } })
  const { jobs, notices } = gateway.ports
  const claim = jobs.claim.bind(jobs)
  for (let turns = 0; turns < 12; turns++) {
    let looked = 0
    Object.assign(jobs, {
      async claim(...values: Parameters<typeof claim>) {
        looked++
        const found = claim(...values)
        if (looked === 1)
          void found.then(async () => {
            for (let turn = 0; turn < turns; turn++) await undefined
            notices.tell(jobsTopic)
          })
        return found
      },
    })
    notices.tell(jobsTopic)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect({ turns, looked }).toEqual({ turns, looked: 2 })
  }
})

test("OpenAI's SDK creates, streams, follows and cancels it", async () => {
  await using gateway = await startGateway()
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice, maxRetries: 0 })
  const body = { model: 'simulator/talker', input: 'Hello there.', background: true } as const
  const { id } = await client.responses.create(body)
  await until(gateway, id, 'completed')
  const done = await client.responses.retrieve(id)
  expect(done.output_text).toContain('Hello there.')
  const followed = []
  for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 2 })) followed.push(event)
  expect(followed[0]?.sequence_number).toBe(3)
  expect(followed.at(-1)).toMatchObject({ type: 'response.completed' })
  // The SDK's own accumulator judges the order of events.
  const stream = client.responses.stream({ ...body, stream: true })
  const final = await stream.finalResponse()
  expect(final.output_text).toBe(done.output_text)
  const resumed = client.responses.stream({ response_id: final.id })
  expect((await resumed.finalResponse()).output_text).toBe(done.output_text)
  expect(await client.responses.cancel(id)).toMatchObject({ id, status: 'completed' })
})
