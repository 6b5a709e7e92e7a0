import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { keys, startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf, says } from '../support/scripted.js'
import { json, startUpstream, type Script } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    openai: { provider: 'openai', baseURL },
  },
})

const reasoning = { id: 'rs_up', type: 'reasoning', summary: [], encrypted_content: 'gAAA-secret' }
const call = { id: 'fc_up', type: 'function_call', call_id: 'call_9', name: 'weather', arguments: '{}', status: 'completed' }

/** Thinks and calls a tool at the first turn, and talks after it. */
const callsFirst: Script = (request, response, number) =>
  number === 0
    ? json(response, responseOf([reasoning, messageItem('Let me see.'), call]))
    : says('Sunny.')(request, response, number)

const { id: _, ...answered } = messageItem('Sunny.') as { id: string }
const sunny = [answered, { type: 'message', role: 'user', content: 'And tomorrow?' }]
const output = { type: 'function_call_output', call_id: 'call_9', output: 'sun' }
const refer = (id: string): object => ({ type: 'item_reference', id })

const ask = (gateway: TestGateway, body: object, key: string = keys.alice): Promise<Response> =>
  gateway.call('/v1/responses', { body, key })

const inputItems = async (gateway: TestGateway, id: string): Promise<readonly responses.InputItem[]> =>
  (await read<responses.InputItemList>(await gateway.call(`/v1/responses/${id}/input_items?order=asc`))).data

for (const bare of [false, true])
  test(`items are sent again by their ids alone${bare ? ', without a type' : ''}, replay tokens that nobody saw included`, async () => {
    await using upstream = await startUpstream(callsFirst)
    await using gateway = await startGateway(accounts(upstream.url))
    const model = 'openai/gpt-5'
    const question = { type: 'message', id: 'msg_mine', role: 'user', content: 'Weather?' }
    await ask(gateway, { model, input: [question] })
    const ids = ['msg_mine', 'rs_up', 'msg_upstream', 'fc_up']
    const input = [...ids.map((id) => (bare ? { id } : refer(id))), output]
    const answer = await ask(gateway, { model, input })
    expect(answer.status).toBe(200)
    const { id: __, ...said } = messageItem('Let me see.') as { id: string }
    const { id: ___, ...called } = call
    const history = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
      reasoning,
      said,
      called,
      output,
    ]
    expect(upstream.seen[1]?.body['input']).toEqual(history)
    // Kept are the items themselves: what they were taken from may go.
    const { id } = await read(answer)
    const kept = await inputItems(gateway, id)
    expect(kept.map((item) => [item.type, item.id])).toEqual([
      ['message', 'msg_mine'],
      ['reasoning', 'rs_up'],
      ['message', 'msg_upstream'],
      ['function_call', 'fc_up'],
      ['function_call_output', expect.stringMatching(/^fco_/)],
    ])
    expect(JSON.stringify(kept)).not.toContain('gAAA')
    await ask(gateway, { model, input: 'And tomorrow?', previous_response_id: id })
    const { body } = upstream.seen[2] ?? {}
    expect(body?.['input']).toEqual([...history, ...sunny])
  })

test('an item of a conversation and one of a chat that was kept are referred to like any other', async () => {
  await using upstream = await startUpstream(says('Fine.'))
  await using gateway = await startGateway(accounts(upstream.url))
  await gateway.call('/v1/conversations', { body: { items: [{ id: 'msg_talk', role: 'user', content: 'From a talk.' }] } })
  const chat = await gateway.call('/v1/chat/completions', {
    body: { model: 'chat/m', messages: [{ role: 'user', content: 'From a chat.' }], store: true },
  })
  const [said] = await inputItems(gateway, chat.headers.get('x-weir-response-id') ?? '')
  await ask(gateway, { model: 'chat/m', input: [refer('msg_talk'), refer(said?.id ?? '')] })
  expect(upstream.seen[1]?.body['messages']).toEqual([
    { role: 'user', content: 'From a talk.' },
    { role: 'user', content: 'From a chat.' },
  ])
})

test('what stands in the history, or was named before, is not said twice', async () => {
  await using upstream = await startUpstream(callsFirst)
  await using gateway = await startGateway(accounts(upstream.url))
  const { id } = await read(await ask(gateway, { model: 'openai/gpt-5', input: 'Weather?' }))
  for (const body of [
    { previous_response_id: id, input: [refer('fc_up'), output] },
    { input: [refer('fc_up'), refer('fc_up'), output] },
  ]) {
    expect((await ask(gateway, { model: 'chat/m', ...body })).status).toBe(200)
    const messages = upstream.seen.at(-1)?.body['messages'] as { tool_calls?: object[] }[]
    expect(messages.flatMap(({ tool_calls: calls }) => calls ?? [])).toHaveLength(1)
  }
})

test('an item that is unknown, deleted, never kept or another owner’s is one and the same 404, which says where', async () => {
  await using upstream = await startUpstream((_, response, number) =>
    json(response, responseOf([messageItem('Fine.', `msg_${number}`)])),
  )
  await using gateway = await startGateway(accounts(upstream.url))
  const model = 'openai/gpt-5'
  const deleted = await read(await ask(gateway, { model, input: 'One.' }))
  await gateway.call(`/v1/responses/${deleted.id}`, { method: 'DELETE' })
  await ask(gateway, { model, input: 'Two.' }, keys.bob)
  await ask(gateway, { model, input: 'Three.', store: false })
  const talk = await read(
    await gateway.call('/v1/conversations', { body: { items: [{ id: 'msg_talk', role: 'user', content: 'x' }] } }),
  )
  await gateway.call(`/v1/conversations/${talk.id}/items/msg_talk`, { method: 'DELETE' })
  for (const id of ['msg_0', 'msg_1', 'msg_2', 'msg_talk', 'msg_unknown', 'a\0b']) {
    const answer = await ask(gateway, { model, input: [{ role: 'user', content: 'Hi' }, refer(id)] })
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toEqual({
      type: 'invalid_request_error',
      code: 'not_found',
      param: 'input[1].id',
      message: `input[1].id: There is no item "${id}".`,
    })
  }
  expect(upstream.seen).toHaveLength(3)
})

test('a reference without an id is refused by name', async () => {
  await using gateway = await startGateway()
  for (const item of [{ type: 'item_reference' }, { id: '' }, { id: 7 }]) {
    const answer = await ask(gateway, { model: 'simulator/talker', input: [item] })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ param: 'input[0].id' })
  }
})
