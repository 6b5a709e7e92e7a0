import type { RequestRecordList } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
  },
})

const responsesBody = { input: 'Hi', client_metadata: { session: 's1' }, newer_than_the_code: [1, 2] }
const chatBody = { messages: [{ role: 'user', content: 'Hi' }], newer_than_the_code: [1, 2] }

test('a field that Weir does not know reaches an upstream of the same dialect as it came', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const native = await gateway.call('/v1/responses', { body: { model: 'responses/m', ...responsesBody } })
  expect(native.status).toBe(200)
  expect(native.headers.has('x-weir-losses')).toBe(false)
  const chat = await gateway.call('/v1/chat/completions', { body: { model: 'chat/m', ...chatBody } })
  expect(chat.status).toBe(200)
  expect(chat.headers.has('x-weir-losses')).toBe(false)
  expect(upstream.seen.map(({ body }) => body)).toEqual([
    { model: 'm', ...responsesBody, store: false },
    { model: 'm', ...chatBody },
  ])
  const rows = await gateway.ended(2)
  expect(rows.map(({ lane, losses }) => ({ lane, losses }))).toEqual([
    { lane: 'native', losses: [] },
    { lane: 'native', losses: [] },
  ])
})

for (const stream of [false, true])
  test(`to an upstream of another dialect it is a declared loss, ${stream ? 'streamed' : 'plain'}`, async () => {
    await using upstream = await startUpstream(says('Hello'))
    await using gateway = await startGateway(accounts(upstream.url))
    const translated = await gateway.call('/v1/responses', { body: { model: 'chat/m', stream, ...responsesBody } })
    expect(translated.status).toBe(200)
    const paths = ['extras.responses.client_metadata', 'extras.responses.newer_than_the_code']
    expect(translated.headers.get('x-weir-losses')).toBe(`2; ${paths.map((path) => `${path} dropped`).join(', ')}`)
    await translated.text()
    const chat = await gateway.call('/v1/chat/completions', { body: { model: 'responses/m', stream, ...chatBody } })
    expect(chat.headers.get('x-weir-losses')).toBe('1; extras.chat-completions.newer_than_the_code dropped')
    await chat.text()

    for (const { body } of upstream.seen) expect(JSON.stringify(body)).not.toMatch(/newer_than|client_metadata/)
    const rows = await gateway.ended(2)
    expect(rows.map(({ lane, losses }) => ({ lane, paths: losses.map((loss) => `${loss.path} ${loss.disposition}`) }))).toEqual([
      { lane: 'translated', paths: paths.map((path) => `${path} dropped`) },
      { lane: 'translated', paths: ['extras.chat-completions.newer_than_the_code dropped'] },
    ])
    const { data } = await read<RequestRecordList>(await gateway.call('/api/v1/requests'))
    expect(data[0]?.losses).toEqual([
      { path: 'extras.chat-completions.newer_than_the_code', disposition: 'dropped', reason: expect.any(String) },
    ])
  })

const losing: readonly { fields: object; model: string; path: string; reaches?: RegExp }[] = [
  // The second choice would be paid for and never seen.
  { model: 'chat/m', fields: { n: 2 }, path: 'sampling.choices', reaches: /"n":/ },
  { model: 'responses/m', fields: { n: 2 }, path: 'sampling.choices', reaches: /"n":/ },
  { model: 'chat/m', fields: { include: ['reasoning.encrypted_content'] }, path: 'include[0]', reaches: /encrypted/ },
  { model: 'chat/m', fields: { messages: chatBody.messages }, path: 'extras.responses.messages' },
  { model: 'responses/m', fields: { messages: chatBody.messages }, path: 'extras.responses.messages', reaches: /"messages"/ },
]

for (const { model, fields, path, reaches } of losing)
  test(`${JSON.stringify(fields)} beside an input is a declared loss for ${model}`, async () => {
    await using upstream = await startUpstream(says('Hello'))
    await using gateway = await startGateway(accounts(upstream.url))
    const answer = await gateway.call('/v1/responses', { body: { model, input: 'Hi', ...fields } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-weir-losses')).toBe(`1; ${path} dropped`)
    if (reaches) expect(JSON.stringify(upstream.seen[0]?.body)).not.toMatch(reaches)
  })

test('a chat caller has room for every choice', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const answer = await gateway.call('/v1/chat/completions', { body: { model: 'chat/m', ...chatBody, n: 2 } })
  expect(answer.headers.has('x-weir-losses')).toBe(false)
  expect(upstream.seen[0]?.body['n']).toBe(2)
})

test('a chat tool that says nothing of strictness stays as loose in Responses, whose servers take silence for strict', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const parameters = { type: 'object', properties: { a: { type: 'string' } } }
  const tools = ['f', 'g'].map((name) => ({
    type: 'function',
    function: { name, parameters, ...(name === 'g' && { strict: true }) },
  }))
  await gateway.call('/v1/chat/completions', { body: { model: 'responses/m', messages: chatBody.messages, tools } })
  await gateway.call('/v1/chat/completions', { body: { model: 'chat/m', messages: chatBody.messages, tools } })
  await gateway.call('/v1/responses', {
    body: { model: 'responses/m', input: 'Hi', tools: [{ type: 'function', name: 'f', parameters }] },
  })
  expect(upstream.seen.map(({ body }) => body['tools'])).toEqual([
    [
      { type: 'function', name: 'f', parameters, strict: false },
      { type: 'function', name: 'g', parameters, strict: true },
    ],
    tools,
    [{ type: 'function', name: 'f', parameters }],
  ])
})

test('strict translation turns what would be dropped into a 400 that names it, and asks no upstream', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const strict = { 'x-weir-translation': 'strict' }
  const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', ...responsesBody }, headers: strict })
  expect(answer.status).toBe(400)
  const error = await errorOf(answer)
  expect(error).toMatchObject({ code: 'untranslatable', param: 'extras.responses.client_metadata' })
  expect(error.message).toMatch(/strict/)
  expect(upstream.seen).toEqual([])

  const lossless = await gateway.call('/v1/responses', { body: { model: 'chat/m', input: 'Hi' }, headers: strict })
  expect(lossless.status).toBe(200)
  const native = await gateway.call('/v1/responses', { body: { model: 'responses/m', ...responsesBody }, headers: strict })
  expect(native.status).toBe(200)
  expect(upstream.seen).toHaveLength(2)
})

test('many losses are counted in full and named as far as 1 KB goes', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const unknown = Object.fromEntries(Array.from({ length: 200 }, (_, place) => [`field_${place}_ü`, place]))
  const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', input: 'Hi', ...unknown } })
  const header = answer.headers.get('x-weir-losses') ?? ''
  expect(header.startsWith('200; extras.responses.field_0_? dropped, ')).toBe(true)
  expect(header.length).toBeLessThanOrEqual(1024)
  expect((await gateway.ended(1))[0]?.losses).toHaveLength(101)
})

test('what a provider runs by itself is a loss on a model that cannot, a call together with its output, and a 400 under strictness', async () => {
  await using upstream = await startUpstream(says('Hello'))
  await using gateway = await startGateway(accounts(upstream.url))
  const body = {
    tools: [{ type: 'web_search' }, { type: 'computer' }, { type: 'mcp', server_label: 'a', server_url: 'https://a.example' }],
    max_tool_calls: 3,
    input: [
      { role: 'user', content: 'Look.' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'tides' } },
      {
        type: 'computer_call',
        call_id: 'call_1',
        status: 'completed',
        action: { type: 'screenshot' },
        pending_safety_checks: [],
      },
      {
        type: 'computer_call_output',
        call_id: 'call_1',
        output: { type: 'computer_screenshot', image_url: 'data:image/png;base64,AA' },
      },
      { type: 'mcp_call', id: 'mcp_1', server_label: 'a', name: 'b', arguments: '{}', output: 'c' },
      { role: 'user', content: 'And?' },
    ],
  }
  const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', ...body } })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ max_tool_calls: 3, tools: body.tools })
  expect(upstream.seen[0]?.body['messages']).toEqual([
    { role: 'user', content: 'Look.' },
    { role: 'user', content: 'And?' },
  ])
  const [row] = await gateway.ended(1)
  expect(row?.losses.map(({ path, disposition }) => `${path} ${disposition}`).toSorted()).toEqual([
    'items[1] dropped',
    'items[2] dropped',
    'items[3] dropped',
    'items[4] dropped',
    'maxToolCalls approximated',
    'tools[0] dropped',
    'tools[1] dropped',
    'tools[2] dropped',
  ])
  const strict = { 'x-weir-translation': 'strict' }
  const refused = await gateway.call('/v1/responses', {
    body: { model: 'chat/m', input: 'Hi', tools: [{ type: 'web_search' }] },
    headers: strict,
  })
  expect(refused.status).toBe(400)
  expect(await errorOf(refused)).toMatchObject({ code: 'untranslatable', param: 'tools[0]' })
  const local = await gateway.call('/v1/responses', {
    body: { model: 'chat/m', input: 'Hi', tools: [{ type: 'shell', environment: { type: 'local' } }, { type: 'apply_patch' }] },
    headers: strict,
  })
  expect(local.status).toBe(200)
})
