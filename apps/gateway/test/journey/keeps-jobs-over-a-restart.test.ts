import { expect, test } from 'vitest'
import { faces, speak, speech, told, type Face } from '../support/faces.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { folder } from '../support/process.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

const question = { model: 'up/model', input: 'Speak.', background: true }
const words = ['Some', ' slow', ' words.']

const over = (path: string, upstream: Upstream, dialect: Face, background: object): Promise<TestGateway> =>
  startGateway({
    folder: path,
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
    background,
  })

async function events(gateway: TestGateway, id: string) {
  return told(await (await gateway.call(`/v1/responses/${id}?stream=true`)).text())
}

for (const face of faces) {
  test(`before ${face}: what ran when the gateway stopped has failed, and what waited is carried out by the next one`, async () => {
    await using place = await folder()
    const [half, never] = [moment(), moment()]
    await using upstream = await startUpstream(async ({ body }, response, number) => {
      const { opening, deltas } = speech(face, words)
      if (number > 0) return speak(response, body['stream'] === true, speech(face, words))
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas[0])
      half.now()
      await never.come
    })
    const ids: string[] = []
    {
      await using gateway = await over(place.path, upstream, face, { most: 1 })
      for (const input of ['first', 'second'])
        ids.push((await read(await gateway.call('/v1/responses', { body: { ...question, input } }))).id)
      await half.come
      while ((await gateway.ports.journal.last(ids[0] ?? '')) !== 5) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await using gateway = await over(place.path, upstream, face, { most: 1 })
    const [first = '', second = ''] = ids
    const broken = await events(gateway, first)
    expect(broken.events.map((event) => event.sequence_number)).toEqual(broken.events.map((_, index) => index))
    expect(broken.events.slice(-2)).toMatchObject([
      { type: 'error', code: 'server_error' },
      {
        type: 'response.failed',
        response: {
          id: first,
          status: 'failed',
          error: { code: 'server_error', message: 'The gateway is shutting down. Try again.' },
          output: [{ status: 'incomplete', content: [{ text: 'Some' }] }],
        },
      },
    ])
    const whole = await events(gateway, second)
    expect(whole.text).toBe(words.join(''))
    expect(whole.events.at(-1)).toMatchObject({ type: 'response.completed', response: { id: second, status: 'completed' } })
    expect(upstream.seen).toHaveLength(2)
  })
}

test('a job whose holder died is ended as failed when its lease has run out, with what it had told, and never run again', async () => {
  await using place = await folder()
  await using upstream = await startUpstream(({ body }, response) =>
    speak(response, body['stream'] === true, speech('responses', words)),
  )
  await using gateway = await over(place.path, upstream, 'responses', { most: 0, lease: 300 })
  const { ports } = gateway
  // As a process leaves it that was killed in the middle of its answer.
  const owner = { tenant: 'default', subject: 'virtualaccount:alice' }
  const response = { id: 'resp_1', object: 'response', created_at: 1, status: 'queued', background: true, model: 'm', output: [] }
  const request = {
    exchange: 'req_1',
    startedAt: 1_000,
    stream: true,
    role: 'member',
    headers: {},
    body: { model: 'up/m', input: 'Hi.' },
  }
  const event = (type: string, sequence_number: number, more: object): string =>
    JSON.stringify({ type, sequence_number, ...more })
  const claim = ports.jobs.claim.bind(ports.jobs)
  const first = [event('response.created', 0, { response }), event('response.queued', 1, { response })].join('\n')
  const row = { id: 'resp_1', owner, parent: null, createdAt: 1_000, input: '[]', response: JSON.stringify({ response }) }
  await ports.jobs.add(row, JSON.stringify(request), { first: 0, last: 1, events: first })
  const [held] = await claim(1, ports.clock.now() + 200)
  if (!held) return expect.unreachable()
  const item = { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const written = [
    event('response.in_progress', 2, { response }),
    event('response.output_item.added', 3, { output_index: 0, item }),
    event('response.content_part.added', 4, { ...at, part: { type: 'output_text', text: '', annotations: [] } }),
    event('response.output_text.delta', 5, { ...at, delta: 'Half' }),
  ]
  expect(await ports.journal.append(held, { first: 2, last: 5, events: written.join('\n') })).toBe(true)
  const { events: all, done } = await events(gateway, 'resp_1')
  expect(done).toBe(true)
  expect(all.map((each) => each.sequence_number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(all.slice(6).map(({ type }) => type)).toEqual(['error', 'response.failed'])
  expect(all.at(-1)?.response).toMatchObject({
    status: 'failed',
    error: { code: 'server_error' },
    output: [{ id: 'msg_1', status: 'incomplete', content: [{ text: 'Half' }] }],
  })
  expect(await ports.jobs.renew([held], 9e12)).toEqual(['resp_1'])
  expect(await gateway.ended(1)).toMatchObject([
    { id: 'req_1', outcome: 'failed', errorCode: 'server_error', responseId: 'resp_1', stored: true, usage: { estimated: true } },
  ])
  expect(upstream.seen).toEqual([])
})

test('however many died are ended at one look, and one that cannot be ended keeps no other one from it', async () => {
  await using gateway = await startGateway({ background: { most: 0, lease: 1_500 } })
  const { jobs, responses, clock } = gateway.ports
  const ids: string[] = []
  for (let number = 0; number < 100; number++) {
    const body = { ...question, model: 'simulator/talker' }
    ids.push((await read(await gateway.call('/v1/responses', { body }))).id)
  }
  const [spoilt = '', ...others] = ids
  const get = responses.get.bind(responses)
  Object.assign(responses, {
    get: (...values: Parameters<typeof get>) =>
      values[1] === spoilt ? Promise.reject(new Error('What is kept of it cannot be read.')) : get(...values),
  })
  expect(await jobs.claim(100, clock.now() - 1)).toHaveLength(100)
  const rows = await gateway.ended(others.length)
  expect(new Set(rows.map(({ responseId }) => responseId))).toEqual(new Set(others))
  // All of them by the first beat that found them: the next one comes half a second later.
  const ends = rows.map(({ endedAt }) => endedAt)
  expect(Math.max(...ends) - Math.min(...ends)).toBeLessThan(400)
})

test('what its caller stops after its process died is on record, though no run of it can say so', async () => {
  await using place = await folder()
  await using upstream = await startUpstream(() => {})
  const ids: string[] = []
  {
    await using gateway = await over(place.path, upstream, 'responses', { most: 0 })
    for (let number = 0; number < 2; number++) ids.push((await read(await gateway.call('/v1/responses', { body: question }))).id)
    // Held by somebody who is there no more, for long.
    expect(await gateway.ports.jobs.claim(2, 9e12)).toHaveLength(2)
  }
  await using gateway = await over(place.path, upstream, 'responses', {})
  const [cancelled, deleted] = ids
  const answer = await gateway.call(`/v1/responses/${cancelled}/cancel`, { method: 'POST' })
  expect(await read(answer)).toMatchObject({ id: cancelled, status: 'cancelled' })
  await gateway.call(`/v1/responses/${deleted}`, { method: 'DELETE' })
  expect(await gateway.ended(2)).toMatchObject([
    { responseId: cancelled, outcome: 'client_closed', stored: true },
    { responseId: deleted, outcome: 'client_closed', stored: false },
  ])
})
