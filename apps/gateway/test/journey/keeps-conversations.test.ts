import type { conversations, responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { framesOf } from '../support/frames.js'
import { keys, startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { moment } from '../support/moment.js'
import { completion, messageItem, responseOf, says } from '../support/scripted.js'
import { json, startUpstream, type Script } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
    openai: { provider: 'openai', baseURL },
  },
})

const withoutId = (item: object): object => ({ ...item, id: undefined })
const user = (text: string): object => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })

async function begin(gateway: TestGateway, body: object = {}): Promise<string> {
  const answer = await gateway.call('/v1/conversations', { body })
  expect(answer.status).toBe(200)
  const conversation = await read<conversations.Conversation>(answer)
  expect(conversation).toMatchObject({ object: 'conversation', id: expect.stringMatching(/^conv_[0-9a-f]{32}$/) })
  return conversation.id
}

const items = async (gateway: TestGateway, id: string, query = '?order=asc&limit=100'): Promise<responses.InputItemList> =>
  read(await gateway.call(`/v1/conversations/${id}/items${query}`))

/** The texts of a conversation, oldest first. */
async function texts(gateway: TestGateway, id: string): Promise<string[]> {
  const { data } = await items(gateway, id)
  return data.map((item) => textOf(item))
}

function textOf(item: responses.InputItem): string {
  const content = 'content' in item && Array.isArray(item.content) ? (item.content as { text?: string }[]) : []
  return content.map(({ text }) => text ?? '').join('')
}

for (const model of ['responses/m', 'chat/m'])
  for (const stream of [false, true])
    test(`${model}, ${stream ? 'streamed' : 'plain'}: a turn is given the conversation, adds to it, and says so everywhere`, async () => {
      await using upstream = await startUpstream((request, response, number) =>
        says(`Answer ${number}.`)(request, response, number),
      )
      await using gateway = await startGateway(accounts(upstream.url))
      const id = await begin(gateway, { items: [{ role: 'user', content: 'Remember the heron.' }] })
      const whole = await (await gateway.call(`/v1/conversations/${id}`)).json()
      for (const conversation of [id, whole]) {
        const answer = await gateway.call('/v1/responses', { body: { model, input: 'Well?', conversation, stream } })
        expect(answer.status).toBe(200)
        const told = stream
          ? framesOf(await answer.text()).flatMap((frame) => ('response' in frame ? [frame['response']] : []))
          : [await read(answer)]
        for (const response of told) expect(response).toMatchObject({ conversation: { id }, previous_response_id: null })
        const { id: responseId } = told.at(-1) as responses.ResponseObject
        expect(await (await gateway.call(`/v1/responses/${responseId}`)).json()).toMatchObject({ conversation: { id } })
      }
      expect(await texts(gateway, id)).toEqual(['Remember the heron.', 'Well?', 'Answer 0.', 'Well?', 'Answer 1.'])
      const { body } = upstream.seen[1] ?? {}
      const given = (body?.['messages'] ?? body?.['input']) as { content: string | { text: string }[] }[]
      const said = given.map(({ content }) => (typeof content === 'string' ? content : content[0]?.text))
      expect(said).toEqual(['Remember the heron.', 'Well?', 'Answer 0.', 'Well?'])
      expect(body).not.toHaveProperty('conversation')
      expect((await gateway.ended(2)).map(({ losses }) => losses)).toEqual([[], []])
    })

test('its labels are read, replaced and taken away; a deleted one is gone with its items, and its responses stay', async () => {
  await using gateway = await startGateway()
  const made = await gateway.call('/v1/conversations', { body: { metadata: { team: 'search' } } })
  const conversation = await read<conversations.Conversation>(made)
  expect(Object.keys(conversation).toSorted()).toEqual(['created_at', 'id', 'metadata', 'object'])
  expect(Math.abs(conversation.created_at - Date.now() / 1000)).toBeLessThan(60)
  const path = `/v1/conversations/${conversation.id}`
  expect(await (await gateway.call(path)).json()).toEqual(conversation)
  for (const metadata of [{ team: 'billing', run: '7' }, {}]) {
    expect(await (await gateway.call(path, { body: { metadata } })).json()).toEqual({ ...conversation, metadata })
    expect(await (await gateway.call(path)).json()).toEqual({ ...conversation, metadata })
  }
  expect(await (await gateway.call(path, { body: { metadata: null } })).json()).toMatchObject({ metadata: {} })

  const body = { model: 'simulator/talker', input: 'Hello!', conversation: conversation.id }
  const response = await read(await gateway.call('/v1/responses', { body }))
  const item = response.output[0]?.id
  expect(await (await gateway.call(`${path}/items/${item}`)).json()).toMatchObject({ id: item, type: 'message' })
  const gone = await gateway.call(path, { method: 'DELETE' })
  expect(await gone.json()).toEqual({ id: conversation.id, object: 'conversation.deleted', deleted: true })
  for (const lost of [path, `${path}/items`, `${path}/items/${item}`]) expect((await gateway.call(lost)).status).toBe(404)
  expect((await gateway.call(path, { method: 'DELETE' })).status).toBe(404)
  expect((await gateway.call('/v1/responses', { body })).status).toBe(404)
  expect((await gateway.call(`/v1/responses/${response.id}`)).status).toBe(200)
  // What the response was told before it is lost, so that it cannot be continued as if nothing were missing.
  const next = await gateway.call('/v1/responses', { body: { ...body, conversation: null, previous_response_id: response.id } })
  expect(await errorOf(next)).toMatchObject({ code: 'previous_response_not_found' })
})

test('items are added, listed in pages, read and taken out, each in its full form', async () => {
  await using gateway = await startGateway()
  const id = await begin(gateway)
  const path = `/v1/conversations/${id}/items`
  const added = await read<responses.InputItemList>(
    await gateway.call(path, {
      body: {
        items: [
          { role: 'user', content: 'Weather?' },
          { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}' },
          { type: 'function_call_output', id: 'fco_mine', call_id: 'call_1', output: 'sun' },
          { type: 'message', id: 'fco_mine', role: 'assistant', content: 'Sunny.' },
        ],
      },
    }),
  )
  expect(added).toMatchObject({
    object: 'list',
    data: [
      { type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'Weather?' }] },
      { type: 'function_call', status: 'completed' },
      { id: 'fco_mine', type: 'function_call_output', status: 'completed' },
      {
        id: expect.stringMatching(/^msg_/),
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Sunny.', annotations: [] }],
      },
    ],
    has_more: false,
  })
  const ids = added.data.map((item) => item.id)
  expect([added.first_id, added.last_id]).toEqual([ids[0], ids[3]])
  expect((await items(gateway, id)).data).toEqual(added.data)
  const first = await items(gateway, id, '?limit=3')
  expect(first).toMatchObject({ data: added.data.slice(1).toReversed(), first_id: ids[3], last_id: ids[1], has_more: true })
  expect(await items(gateway, id, `?limit=3&after=${ids[1]}`)).toMatchObject({ data: [added.data[0]], has_more: false })
  expect(await errorOf(await gateway.call(`${path}?after=msg_unknown`))).toMatchObject({ code: 'invalid_value', param: 'after' })
  expect(await (await gateway.call(`${path}/fco_mine`)).json()).toEqual(added.data[2])

  const taken = await gateway.call(`${path}/fco_mine`, { method: 'DELETE' })
  expect(await taken.json()).toMatchObject({ id, object: 'conversation' })
  expect((await gateway.call(`${path}/fco_mine`, { method: 'DELETE' })).status).toBe(404)
  expect(await errorOf(await gateway.call(`${path}/fco_mine`))).toMatchObject({ code: 'not_found', param: 'item_id' })
  expect((await items(gateway, id)).data).toHaveLength(3)
  expect(await items(gateway, await begin(gateway))).toEqual({
    object: 'list',
    data: [],
    first_id: null,
    last_id: null,
    has_more: false,
  })
})

test('a conversation and its items are made once for an Idempotency-Key', async () => {
  await using gateway = await startGateway()
  const send = async (path: string, body: object): Promise<unknown> => {
    const answer = await gateway.call(path, { body, headers: { 'idempotency-key': 'once' } })
    expect(answer.status).toBe(200)
    return answer.json()
  }
  const made = (await send('/v1/conversations', {})) as conversations.Conversation
  expect(await send('/v1/conversations', {})).toEqual(made)
  const items = [{ role: 'user', content: 'Hi' }]
  const added = await send(`/v1/conversations/${made.id}/items`, { items })
  expect(await send(`/v1/conversations/${made.id}/items`, { items })).toEqual(added)
  expect(await texts(gateway, made.id)).toEqual(['Hi'])
})

test("another owner's conversation, an unknown and a deleted one read alike, whatever is asked of them", async () => {
  await using gateway = await startGateway()
  const theirs = await begin(gateway, { items: [{ type: 'message', id: 'msg_a', role: 'user', content: 'Mine.' }] })
  const deleted = await begin(gateway)
  await gateway.call(`/v1/conversations/${deleted}`, { method: 'DELETE' })
  const calls = (id: string): [string, { method?: string; body?: object }][] => [
    [`/v1/conversations/${id}`, {}],
    [`/v1/conversations/${id}`, { body: { metadata: { a: 'b' } } }],
    [`/v1/conversations/${id}`, { method: 'DELETE' }],
    [`/v1/conversations/${id}/items`, {}],
    [`/v1/conversations/${id}/items`, { body: { items: [{ role: 'user', content: 'x' }] } }],
    [`/v1/conversations/${id}/items/msg_a`, {}],
    [`/v1/conversations/${id}/items/msg_a`, { method: 'DELETE' }],
    ['/v1/responses', { body: { model: 'simulator/talker', input: 'x', conversation: id } }],
  ]
  for (const key of [keys.bob, keys.admin])
    for (const id of [theirs, deleted, 'conv_unknown'])
      for (const [path, options] of calls(id)) {
        const answer = await gateway.call(path, { ...options, key })
        expect([path, answer.status]).toEqual([path, 404])
        const { message, ...error } = await errorOf(answer)
        expect(error).toMatchObject({ code: 'not_found', param: path === '/v1/responses' ? 'conversation' : 'id' })
        expect(message).toContain(`There is no conversation "${id}".`)
      }
  expect(await texts(gateway, theirs)).toEqual(['Mine.'])
})

for (const [name, body, param] of [
  ['more than 20 items', { items: Array.from({ length: 21 }, () => ({ role: 'user', content: 'x' })) }, 'items'],
  ['an item without content', { items: [{ role: 'user' }] }, 'items[0].content'],
  ['a reference to nothing', { items: [{ type: 'item_reference', id: 'msg_unknown' }] }, 'items[0].id'],
] as const)
  test(`${name} is refused with its place, and nothing is added`, async () => {
    await using gateway = await startGateway()
    const id = await begin(gateway)
    for (const path of ['/v1/conversations', `/v1/conversations/${id}/items`]) {
      const answer = await gateway.call(path, { body })
      expect(answer.status).toBe(name === 'a reference to nothing' ? 404 : 400)
      expect(await errorOf(answer)).toMatchObject({ param })
    }
    expect((await items(gateway, id)).data).toEqual([])
  })

test('metadata beyond its limits and a body that says none are refused by name', async () => {
  await using gateway = await startGateway()
  const id = await begin(gateway)
  const many = Object.fromEntries(Array.from({ length: 17 }, (_, place) => [`k${place}`, 'v']))
  for (const [body, param] of [
    [{ metadata: many }, 'metadata'],
    [{ metadata: { k: 'v'.repeat(513) } }, 'metadata.k'],
    [{}, 'metadata'],
  ] as const)
    expect(await errorOf(await gateway.call(`/v1/conversations/${id}`, { body }))).toMatchObject({ param })
})

test('a conversation and a previous response are not taken together', async () => {
  await using gateway = await startGateway()
  const body = { model: 'simulator/talker', input: 'x', conversation: 'conv_1', previous_response_id: 'resp_1' }
  const answer = await gateway.call('/v1/responses', { body })
  expect(answer.status).toBe(400)
  const error = await errorOf(answer)
  expect(error).toMatchObject({ code: 'invalid_value', param: 'previous_response_id' })
  expect(error.message).toContain('conversation')
})

test('a turn may say nothing of its own where the conversation says all', async () => {
  await using upstream = await startUpstream(says('Yes.'))
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway, { items: [{ role: 'user', content: 'Is it so?' }] })
  for (const model of ['chat/m', 'responses/m'])
    expect((await gateway.call('/v1/responses', { body: { model, conversation } })).status).toBe(200)
  expect(upstream.seen[0]?.body['messages']).toEqual([{ role: 'user', content: 'Is it so?' }])
  expect(await texts(gateway, conversation)).toEqual(['Is it so?', 'Yes.', 'Yes.'])
})

test('what failed, what was left and what is not to be kept add nothing', async () => {
  const left = moment()
  const script: Script = (request, response, number) => {
    const said = JSON.stringify((request.body['messages'] as object[]).at(-1))
    if (said.includes('Fail.')) return json(response, { error: { message: 'No.', type: 'server_error' } }, 500)
    if (said.includes('Leave.') || said.includes('Break.')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'Half' } }] })}\n\n`)
      if (said.includes('Break.')) return void response.end()
      return void request.aborted.then(left.now)
    }
    return says('Fine.')(request, response, number)
  }
  await using upstream = await startUpstream(script)
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway, { items: [{ role: 'user', content: 'First.' }] })
  const ask = (body: object, signal?: AbortSignal): Promise<Response> =>
    gateway.call('/v1/responses', { body: { model: 'chat/m', conversation, ...body }, ...(signal && { signal }) })
  expect((await ask({ input: 'Fail.' })).status).toBeGreaterThanOrEqual(500)
  const broken = framesOf(await (await ask({ input: 'Break.', stream: true })).text())
  expect(broken.at(-1)).toMatchObject({ type: 'response.failed', response: { conversation: { id: conversation } } })
  const leaving = new AbortController()
  const answer = await ask({ input: 'Leave.', stream: true }, leaving.signal)
  await answer.body?.getReader().read()
  leaving.abort()
  await left.come
  const unkept = await read(await ask({ input: 'Quietly.', store: false }))
  expect(unkept).toMatchObject({ store: false, conversation: { id: conversation } })
  expect((await gateway.ended(4)).map(({ stored }) => stored)).toEqual([false, true, true, false])
  expect(await texts(gateway, conversation)).toEqual(['First.'])
  await ask({ input: 'Second.' })
  expect(await texts(gateway, conversation)).toEqual(['First.', 'Second.', 'Fine.'])
})

test('an answer that was cut short by its length is part of the conversation', async () => {
  await using upstream = await startUpstream((_, response) => json(response, completion({ content: 'Once upon' }, 'length')))
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway)
  const body = { model: 'chat/m', input: 'Tell.', conversation }
  expect(await read(await gateway.call('/v1/responses', { body }))).toMatchObject({ status: 'incomplete' })
  expect(await texts(gateway, conversation)).toEqual(['Tell.', 'Once upon'])
})

test('two turns at once are both added, each whole and in one piece', async () => {
  const both = moment()
  let asked = 0
  await using upstream = await startUpstream(async (request, response, number) => {
    if (++asked === 2) both.now()
    await both.come
    return says(`Answer to ${JSON.stringify(request.body).match(/Question \d/)?.[0]}`)(request, response, number)
  })
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway)
  const ask = (number: number): Promise<Response> => {
    const input = ['a', 'b', 'c'].map((part) => ({ role: 'user', content: `Question ${number}${part}` }))
    return gateway.call('/v1/responses', { body: { model: 'chat/m', input, conversation } })
  }
  await Promise.all([ask(1), ask(2)])
  const said = await texts(gateway, conversation)
  const turn = (number: number): string[] => [
    ...['a', 'b', 'c'].map((part) => `Question ${number}${part}`),
    `Answer to Question ${number}`,
  ]
  expect([
    [...turn(1), ...turn(2)],
    [...turn(2), ...turn(1)],
  ]).toContainEqual(said)
})

test('hidden reasoning stays in the conversation, goes back to its issuer alone, and is shown to whoever asks', async () => {
  const reasoning = { id: 'rs_up', type: 'reasoning', summary: [], encrypted_content: 'gAAA-secret' }
  await using upstream = await startUpstream((request, response, number) =>
    request.path.endsWith('/responses')
      ? json(response, responseOf([reasoning, messageItem('Done.', `msg_${number}`)]))
      : says('Done.')(request, response, number),
  )
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway)
  const ask = async (model: string): Promise<void> => {
    const answer = await gateway.call('/v1/responses', { body: { model, input: 'Think.', conversation } })
    expect(await answer.text()).not.toContain('gAAA')
  }
  await ask('openai/gpt-5')
  expect(JSON.stringify(await items(gateway, conversation))).not.toContain('encrypted_content')
  for (const include of ['include[]=reasoning.encrypted_content', 'include=reasoning.encrypted_content']) {
    const { data } = await items(gateway, conversation, `?order=asc&${include}`)
    expect(data[1]).toMatchObject({ id: 'rs_up', encrypted_content: 'weir1.openai.gpt-5.rs_up.gAAA-secret' })
    const one = await gateway.call(`/v1/conversations/${conversation}/items/rs_up?${include}`)
    expect(await one.json()).toEqual(data[1])
  }
  await ask('openai/gpt-5')
  expect(upstream.seen[1]?.body['input']).toEqual([
    user('Think.'),
    reasoning,
    withoutId(messageItem('Done.')),
    { type: 'message', role: 'user', content: 'Think.' },
  ])
  await ask('chat/m')
  expect(JSON.stringify(upstream.seen[2]?.body)).not.toContain('gAAA')
  expect((await gateway.ended(3))[2]?.losses).toContainEqual(expect.objectContaining({ disposition: 'dropped' }))
})

test('a response of a conversation is continued with what stood in the conversation then', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`A${number}`)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  const conversation = await begin(gateway, { items: [{ role: 'user', content: 'Q' }] })
  const ask = async (body: object): Promise<string> =>
    (await read(await gateway.call('/v1/responses', { body: { model: 'chat/m', ...body } }))).id
  const first = await ask({ input: 'Q0', conversation })
  await ask({ input: 'Q1', conversation })
  await ask({ input: 'Q2', previous_response_id: first })
  const given = upstream.seen[2]?.body['messages'] as { content: string }[]
  expect(given.map(({ content }) => content)).toEqual(['Q', 'Q0', 'A0', 'Q2'])
})

test('ten thousand items are paged by their ids, and the last of them are as near as the first', async () => {
  await using gateway = await startGateway()
  const id = await begin(gateway)
  const owner = { tenant: 'default', subject: 'virtualaccount:alice' }
  const all = Array.from({ length: 10_000 }, (_, place) => ({
    id: `msg_${place}`,
    spare: `spare_${place}`,
    item: JSON.stringify({ type: 'message', role: 'user', content: [{ type: 'input_text', text: `line ${place}` }] }),
  }))
  await gateway.ports.conversations.append(owner, id, all)
  const seen: string[] = []
  for (let after = ''; ;) {
    const page = await items(gateway, id, `?limit=100${after}`)
    seen.push(...page.data.map((item) => item.id ?? ''))
    if (!page.has_more) break
    after = `&after=${page.last_id}`
  }
  expect(seen).toEqual(all.map((item) => item.id).toReversed())
})
