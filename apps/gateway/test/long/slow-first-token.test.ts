import { expect, test } from 'vitest'
import { pairs, pathOf, question, speech, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { json, startUpstream } from '../support/upstream.js'

for (const { ingress, spoken } of pairs) {
  const accounts = (baseURL: string) => ({ up: { provider: 'openai-compatible', baseURL, dialect: spoken } })

  test(`${ingress} caller, ${spoken} upstream: the head goes with the first content`, async () => {
    const asked = moment()
    const goOn = moment()
    await using upstream = await startUpstream(async (_, response) => {
      const { opening, deltas, closing } = speech(spoken, ['At', ' last'])
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening, () => asked.now())
      await goOn.come
      response.end(deltas.join('') + closing)
    })
    await using gateway = await startGateway({ accounts: accounts(upstream.url) })
    let headed = false
    const answer = gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    void answer.then(() => (headed = true))
    await asked.come
    // Anything that has left would have arrived by now.
    await gateway.call('/health/live')
    expect(headed).toBe(false)
    goOn.now()
    const response = await answer
    expect(response.headers.get('x-weir-resolved-model')).toBe('up/model')
    expect(response.headers.get('x-weir-attempts')).toBe('1')
    expect(told(await response.text())).toMatchObject({ text: 'At last', done: true, comments: [] })
  })

  test.concurrent(`${ingress} caller, ${spoken} upstream: after five seconds the head goes alone, and comments until the answer comes`, async () => {
    const goOn = moment()
    await using upstream = await startUpstream(async (_, response) => {
      await goOn.come
      const { opening, deltas, closing } = speech(spoken, ['At', ' last'])
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(opening + deltas.join('') + closing)
    })
    await using gateway = await startGateway({ accounts: accounts(upstream.url), settings: { upstreamTimeout: 60_000 } })
    const began = Date.now()
    const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    expect(Date.now() - began).toBeGreaterThan(4900)
    expect(Date.now() - began).toBeLessThan(8000)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
    expect(response.headers.get('x-weir-resolved-model')).toBe(null)
    goOn.now()
    const read = told(await response.text())
    expect(read).toMatchObject({ text: 'At last', done: true, comments: [': keep-alive'] })
    if (ingress === 'responses') {
      expect(read.events.map(({ sequence_number }) => sequence_number)).toEqual(read.events.map((_, place) => place))
      const id = read.events.at(-1)?.response?.id
      expect(await (await gateway.call(`/v1/responses/${id}`)).json()).toEqual(read.events.at(-1)?.response)
    }
  })

  test.concurrent(`${ingress} caller, ${spoken} upstream: a failure after the head went alone is told within the stream`, async () => {
    const goOn = moment()
    await using upstream = await startUpstream(async (_, response) => {
      await goOn.come
      json(response, { error: { message: 'Slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } }, 429)
    })
    await using gateway = await startGateway({ accounts: accounts(upstream.url), settings: { upstreamTimeout: 60_000 } })
    const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    expect(response.status).toBe(200)
    goOn.now()
    const read = told(await response.text())
    if (ingress === 'responses') {
      expect(read.events.map(({ type }) => type)).toEqual([
        'response.created',
        'response.in_progress',
        'error',
        'response.failed',
      ])
      expect(read.events.map(({ sequence_number }) => sequence_number)).toEqual([0, 1, 2, 3])
      expect(read.events.at(-1)?.response).toMatchObject({
        status: 'failed',
        store: false,
        error: { code: 'rate_limit_exceeded' },
        output: [],
      })
      expect(read.done).toBe(true)
    } else {
      expect(read.events.at(-1)).toEqual({
        error: { message: 'up: Slow down', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
      })
      expect(read.done).toBe(false)
    }
    expect(await gateway.ended(1)).toMatchObject([
      { status: 200, outcome: 'refused', errorCode: 'rate_limit_exceeded', stored: false },
    ])
  })
}

test.concurrent('a long silence within a stream is bridged with comments', async () => {
  const goOn = moment()
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas, closing } = speech('responses', ['At', ' last'])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    await goOn.come
    response.end(deltas.slice(1).join('') + closing)
  })
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
    settings: { streamIdleTimeout: 60_000 },
  })
  const response = await gateway.call('/v1/responses', { body: question('responses', { stream: true }) })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    text += next.value
    if (text.includes(': keep-alive')) goOn.now()
  }
  expect(told(text)).toMatchObject({ text: 'At last', done: true, comments: [': keep-alive'] })
})
