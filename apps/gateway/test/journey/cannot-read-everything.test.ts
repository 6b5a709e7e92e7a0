import { describe, expect, test } from 'vitest'
import { faces, pathOf, question, speech, type StoredWire, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { completion, messageItem, responseOf } from '../support/scripted.js'
import { data, json, startUpstream, stream } from '../support/upstream.js'

const odd = data({ type: 'response.output_item.done', output_index: 1, item: 7, sequence_number: 7 })

test('a native stream with a part that cannot be read goes on to its end, and is not kept', async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas, closing } = speech('responses', ['Once upon', ' a time'])
    stream(response)
    response.end(opening + deltas[0] + odd + deltas[1] + closing)
  })
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const answer = await gateway.call('/v1/responses', { body: question('responses', { stream: true }) })
  const text = await answer.text()
  expect(text).toContain(odd)
  const read = told(text)
  expect(read).toMatchObject({ text: 'Once upon a time', done: true })
  expect(read.events.at(-1)).toMatchObject({ type: 'response.completed', response: { store: false } })
  expect(await gateway.ended(1)).toMatchObject([
    { outcome: 'completed', status: 200, stored: false, errorCode: null, errorDetail: expect.stringMatching(/cannot be read/) },
  ])
  expect((await gateway.call(`/v1/responses/${answer.headers.get('x-weir-response-id')}`)).status).toBe(404)
})

test('a native stream that cannot be read and then breaks is a failure', async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas } = speech('responses', ['Once upon', ' a time'])
    stream(response)
    response.write(opening + odd + deltas.join(''), () => response.destroy())
  })
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const answer = await gateway.call('/v1/responses', { body: question('responses', { stream: true }) })
  const read = told(await answer.text())
  expect(read.events.slice(-2)).toMatchObject([{ type: 'error' }, { type: 'response.failed', response: { store: false } }])
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'failed', stored: false, errorCode: 'upstream_error' }])
})

test('a native answer with an item that cannot be read is passed on, and is not kept', async () => {
  await using upstream = await startUpstream((_, response) =>
    json(response, responseOf([messageItem('Hello'), 7 as unknown as object])),
  )
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const answer = await gateway.call('/v1/responses', { body: question('responses') })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-weir-response-id')).toBeNull()
  const wire = (await answer.json()) as StoredWire
  expect(wire).toMatchObject({ status: 'completed', store: false })
  expect(wire.output).toHaveLength(2)
  expect(await gateway.ended(1)).toMatchObject([
    {
      outcome: 'completed',
      stored: false,
      errorDetail: expect.stringMatching(/cannot be read/),
      attempts: [{ upstreamId: 'resp_upstream' }],
    },
  ])
})

test('a whole answer that could not be kept promises no id', async () => {
  await using upstream = await startUpstream((_, response) => json(response, completion({ content: 'Hello' })))
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  gateway.ports.responses.put = () => Promise.reject(new Error('The disk is full.'))
  const answer = await gateway.call('/v1/responses', { body: question('responses') })
  expect(answer.headers.get('x-weir-response-id')).toBeNull()
  expect(await answer.json()).toMatchObject({ status: 'completed', store: false })
})

test('an answer that failed half-way is an error to a caller whose dialect cannot say so', async () => {
  const error = { code: 'server_error', message: 'The engine fell out' }
  await using upstream = await startUpstream((_, response) =>
    json(response, responseOf([messageItem('Half of')], { status: 'failed', error })),
  )
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const chat = await gateway.call('/v1/chat/completions', { body: question('chat-completions') })
  expect(chat.status).toBe(502)
  expect(await chat.json()).toMatchObject({ error: { code: 'upstream_error', message: 'up: The engine fell out' } })
  const native = await gateway.call('/v1/responses', { body: question('responses') })
  expect(await native.json()).toMatchObject({ status: 'failed', error })
  expect(await gateway.ended(2)).toMatchObject([
    { outcome: 'failed', status: 502, attempts: [{ outcome: 'failed', upstreamId: 'resp_upstream' }] },
    { outcome: 'failed', status: 200, attempts: [{ outcome: 'failed', upstreamId: 'resp_upstream' }] },
  ])
})

for (const how of ['reset', 'silent'] as const)
  for (const ingress of faces)
    test(`${ingress} caller: a chat stream that has said its finish reason is complete, though the connection goes ${how}`, async () => {
      await using upstream = await startUpstream((_, response) => {
        const { opening, deltas, closing } = speech('chat-completions', ['Hello'])
        stream(response)
        response.write(
          opening + deltas.join('') + closing.replace(data('[DONE]'), ''),
          () => how === 'reset' && response.destroy(),
        )
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } },
        settings: { streamIdleTimeout: 100 },
      })
      const answer = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      expect(told(await answer.text())).toMatchObject({ text: 'Hello', done: true })
      expect(await gateway.ended(1)).toMatchObject([{ outcome: 'completed', usage: { input: 3, output: 5 } }])
    })

describe('an answer that is nested deeper than can be written', () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  const input = `{"content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":${deep}}}],"stop_reason":"tool_use"}`

  test.each(['responses', 'messages'] as const)('is the provider’s fault to a caller of %s', async (face) => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(input)
    })
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'messages' } },
    })
    const asked = { model: 'up/model', store: true }
    const answer = await (face === 'responses'
      ? gateway.call('/v1/responses', { body: { ...asked, input: 'Speak.' } })
      : gateway.call('/v1/messages', { body: { ...asked, max_tokens: 9, messages: [{ role: 'user', content: 'Speak.' }] } }))
    expect(answer.status).toBe(502)
    await answer.text()
    expect(await gateway.ended(1)).toMatchObject([{ outcome: 'failed', errorCode: 'upstream_malformed', stored: false }])
  })
})

describe('a call that does not say which tool it calls', () => {
  const nameless = { id: 'call_1', type: 'function', function: { name: '', arguments: '{}' } }

  test.each([false, true])('is no answer in another language (streamed: %s)', async (streamed) => {
    await using upstream = await startUpstream((_, response) => {
      if (!streamed) return json(response, completion({ content: 'Well.', tool_calls: [nameless] }, 'tool_calls'))
      stream(response)
      response.write(data({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...nameless }] } }] }))
      response.end(data({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }) + data('[DONE]'))
    })
    await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const answer = await gateway.call('/v1/responses', { body: question('responses', { stream: streamed }) })
    expect(answer.status).toBe(502)
    expect(await answer.json()).toMatchObject({ error: { code: 'upstream_malformed' } })
    expect(await gateway.ended(1)).toMatchObject([{ errorDetail: expect.stringContaining('which tool it calls') }])
  })

  test('goes through in its own, and is not kept', async () => {
    await using upstream = await startUpstream((_, response) =>
      json(response, completion({ content: null, tool_calls: [nameless] }, 'tool_calls')),
    )
    await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const body = question('chat-completions', { store: true })
    const answer = await gateway.call('/v1/chat/completions', { body })
    expect(await answer.json()).toMatchObject({ choices: [{ message: { tool_calls: [nameless] } }] })
    expect(await gateway.ended(1)).toMatchObject([{ outcome: 'completed', stored: false }])
  })
})
