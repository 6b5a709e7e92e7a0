import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { responseOf, says } from '../support/scripted.js'
import { json, startUpstream, type Script } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
  },
})

const calls = [
  { id: 'fc_up', type: 'function_call', call_id: 'call_f', name: 'weather', arguments: '{}', status: 'completed' },
  { id: 'ctc_up', type: 'custom_tool_call', call_id: 'call_c', name: 'shell', input: 'ls', status: 'completed' },
]
const outputs = [
  { type: 'function_call_output', call_id: 'call_f', output: 'sun' },
  { type: 'custom_tool_call_output', call_id: 'call_c', output: 'README' },
]

const callsFirst: Script = (request, response, number) =>
  number === 0 ? json(response, responseOf(calls)) : says('Done.')(request, response, number)

const ask = (gateway: TestGateway, body: object): Promise<Response> =>
  gateway.call('/v1/responses', { body: { model: 'responses/m', ...body } })

test('outputs whose calls stand in the input, in the chain or in the conversation are taken', async () => {
  await using upstream = await startUpstream(callsFirst)
  await using gateway = await startGateway(accounts(upstream.url))
  const { id: conversation } = await read(await gateway.call('/v1/conversations', { body: { items: calls } }))
  const { id: previous } = await read(await ask(gateway, { input: 'Go.' }))
  for (const body of [
    { input: [...calls, ...outputs] },
    { input: outputs, previous_response_id: previous },
    { input: outputs, conversation },
  ])
    expect((await ask(gateway, body)).status).toBe(200)
})

for (const [place, output] of outputs.entries())
  for (const stream of [false, true])
    test(`${output.type}, ${stream ? 'streamed' : 'plain'}: one whose call is nowhere is refused with its place, before a model is asked`, async () => {
      await using upstream = await startUpstream(callsFirst)
      await using gateway = await startGateway(accounts(upstream.url))
      const { id: conversation } = await read(await gateway.call('/v1/conversations', { body: {} }))
      const { id: previous } = await read(await ask(gateway, { input: 'Go.' }))
      const stray = { ...output, call_id: 'call_stray' }
      for (const body of [
        { input: [{ role: 'user', content: 'Hi' }, ...calls.slice(place), stray], param: `input[${3 - place}].call_id` },
        { input: [outputs[place], stray], previous_response_id: previous, param: 'input[1].call_id' },
        { input: [stray], conversation, param: 'input[0].call_id' },
        { input: [{ type: 'item_reference', id: 'fc_up' }, stray], param: 'input[1].call_id' },
        // An output is no call.
        {
          input: [
            { ...stray, call_id: 'call_twice' },
            { ...stray, call_id: 'call_twice' },
          ],
          param: 'input[0].call_id',
        },
      ]) {
        const { param, ...asked } = body
        const answer = await ask(gateway, { ...asked, stream })
        expect(answer.status).toBe(400)
        const error = await errorOf(answer)
        expect(error).toMatchObject({ code: 'invalid_value', param })
        expect(error.message.startsWith(`${param}: `)).toBe(true)
      }
      expect(upstream.seen).toHaveLength(1)
    })

test('beside a compaction, which may stand for the call, every output is taken', async () => {
  await using gateway = await startGateway()
  const model = 'simulator/talker'
  const compacted = await gateway.call('/v1/responses/compact', { body: { model, input: 'Remember the heron.' } })
  const { output } = (await compacted.json()) as { output: { type: string }[] }
  expect(output.at(-1)).toMatchObject({ type: 'compaction' })
  const stray = { type: 'function_call_output', call_id: 'call_stray', output: 'sun' }
  const kept = await read(await ask(gateway, { model, input: output }))
  for (const body of [{ input: [...output, stray] }, { input: [stray], previous_response_id: kept.id }])
    expect((await ask(gateway, { model, ...body })).status).toBe(200)
  expect((await ask(gateway, { model, input: [stray] })).status).toBe(400)
})

test('a call of a type that nobody knows yet may go without an id', async () => {
  await using upstream = await startUpstream(says('Done.'))
  await using gateway = await startGateway(accounts(upstream.url))
  const called = { role: 'assistant', content: null, tool_calls: [{ type: 'of_tomorrow', what: 'x' }] }
  for (const model of ['chat/m', 'responses/m']) {
    const body = { model, messages: [{ role: 'user', content: 'Go.' }, called, { role: 'user', content: 'On.' }] }
    expect((await gateway.call('/v1/chat/completions', { body })).status).toBe(200)
  }
})

test('a content of Google’s without parts has no calls', async () => {
  await using upstream = await startUpstream(says('Done.'))
  await using gateway = await startGateway(accounts(upstream.url))
  const body = {
    contents: [
      { role: 'user', parts: [{ text: 'Go.' }] },
      { role: 'model', parts: null },
    ],
  }
  expect((await gateway.call('/v1beta/models/chat/m:generateContent', { body })).status).toBe(200)
})
