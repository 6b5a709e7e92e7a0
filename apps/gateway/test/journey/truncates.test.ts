import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { data, json, startUpstream, stream, type Script, type Seen } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
    openai: { provider: 'openai', baseURL },
    'openai-chat': { provider: 'openai', baseURL, dialect: 'chat-completions' },
  },
})

type Wire = Readonly<Record<string, unknown>>

function itemsOf({ body }: Seen): readonly Wire[] {
  const items = (body['messages'] ?? body['input']) as Wire[] | string
  return typeof items === 'string' ? [{ role: 'user', content: items }] : items
}

/** What an upstream was given to read: the first word of each text, and the ids of calls and outputs. */
function told(seen: Seen): string {
  return itemsOf(seen)
    .flatMap((item) => {
      const { content, role, call_id: id, tool_call_id: answered, tool_calls: calls, type } = item
      if (calls !== undefined) return (calls as Wire[]).map((call) => `+${String(call['id'])}`)
      if (role === 'tool') return [`-${String(answered)}`]
      if (id !== undefined) return [`${type === 'function_call' ? '+' : '-'}${String(id)}`]
      const text = typeof content === 'string' ? content : (content as { text: string }[]).map((part) => part.text).join('|')
      return [text.split(' ', 1)[0] ?? '']
    })
    .join(' ')
}

/** Speaks to who sends no more than so many items, and finds everything else too long. */
const room =
  (most: number, tooLong: Script): Script =>
  (request, response, number) =>
    itemsOf(request).length > most ? tooLong(request, response, number) : says('Aye.')(request, response, number)

const coded: Script = (_, response) =>
  json(
    response,
    { error: { message: 'Too long.', type: 'invalid_request_error', param: 'input', code: 'context_length_exceeded' } },
    400,
  )
const worded: Script = (_, response) =>
  json(response, { object: 'error', message: "This model's maximum context length is 4096 tokens.", code: 400 }, 400)
const streamed: Script = (request, response, number) => {
  if (request.body['stream'] !== true) return coded(request, response, number)
  stream(response)
  const error = { message: 'Too long.', type: 'invalid_request_error', param: 'input', code: 'context_length_exceeded' }
  response.end(data({ type: 'error', sequence_number: 0, error }))
}

const message = (role: string, text: string): object => ({ role, content: text })
const conversation = [
  message('developer', 'd1'),
  message('user', 'u1'),
  message('assistant', 'a1'),
  message('user', 'u2'),
  { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
  { type: 'function_call_output', call_id: 'c1', output: 'x' },
  message('assistant', 'a2'),
  message('user', 'u3'),
  message('assistant', 'a3'),
  message('user', 'u4'),
]
const ask = (gateway: TestGateway, body: object): Promise<Response> =>
  gateway.call('/v1/responses', { body: { truncation: 'auto', ...body } })

for (const account of ['chat', 'responses', 'openai'])
  for (const [how, tooLong] of Object.entries({ 'by a code': coded, 'in words': worded, 'within a stream': streamed }))
    for (const streams of [false, true])
      test(`${account}: what is too long, said ${how}, is tried again with less of it (stream: ${streams})`, async () => {
        await using upstream = await startUpstream(room(4, tooLong))
        await using gateway = await startGateway(accounts(upstream.url))
        const answer = await ask(gateway, { model: `${account}/m`, input: conversation, stream: streams })
        expect(answer.status).toBe(200)
        expect(upstream.seen.map(told)).toEqual([
          'd1 u1 a1 u2 +c1 -c1 a2 u3 a3 u4',
          // Half of what may go, by its length: two turns are less than half without the call between them.
          'd1 u3 a3 u4',
        ])
        expect(upstream.seen.every(({ body }) => !('truncation' in body))).toBe(true)
        expect(answer.headers.get('x-weir-losses')).toContain('items[1..6] dropped')
        expect(answer.headers.get('x-weir-attempts')).toBe('2')
        const text = await answer.text()
        expect(text).toContain('"truncation":"auto"')
        expect(text).not.toContain('"truncation":"disabled"')
        const [row] = await gateway.ended(1)
        expect(row).toMatchObject({
          outcome: 'completed',
          attempts: [
            { outcome: 'failed', failure: expect.stringContaining('context_length_exceeded') },
            { outcome: 'succeeded' },
          ],
          losses: [{ path: 'items[1..6]', disposition: 'dropped', reason: expect.stringContaining('truncation is auto') }],
        })
      })

test('without truncation the caller is told that it is too long, after one try', async () => {
  await using upstream = await startUpstream(room(4, coded))
  await using gateway = await startGateway(accounts(upstream.url))
  for (const truncation of ['disabled', null, undefined]) {
    const answer = await ask(gateway, { model: 'chat/m', input: conversation, truncation })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      error: { code: 'context_length_exceeded', message: expect.stringContaining('Too long.') },
    })
  }
  expect(upstream.seen).toHaveLength(3)
})

test('another failure is not tried again with less', async () => {
  await using upstream = await startUpstream((_, response) => json(response, { error: { message: 'no' } }, 400))
  await using gateway = await startGateway(accounts(upstream.url))
  expect((await ask(gateway, { model: 'chat/m', input: conversation })).status).toBe(400)
  expect(upstream.seen).toHaveLength(1)
})

test('the tries are few, and the last of them has all that may go left out', async () => {
  await using upstream = await startUpstream(room(0, coded))
  await using gateway = await startGateway(accounts(upstream.url))
  const turns = Array.from({ length: 300 }, (_, turn) => [message('user', `u${turn}`), message('assistant', `a${turn}`)]).flat()
  const answer = await ask(gateway, { model: 'chat/m', input: [message('developer', 'd'), ...turns, message('user', 'last')] })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { code: 'context_length_exceeded' } })
  expect(upstream.seen.map((seen) => itemsOf(seen).length)).toEqual([602, 298, 150, 76, 38, 2])
  expect(told(upstream.seen.at(-1) as Seen)).toBe('d last')

  await ask(gateway, { model: 'chat/m', input: 'One message alone.' })
  expect(upstream.seen).toHaveLength(7)
})

test('an agent’s long turn loses its oldest steps, and no call its output', async () => {
  await using upstream = await startUpstream(room(4, coded))
  await using gateway = await startGateway(accounts(upstream.url))
  const steps = ['c1', 'c2', 'c3', 'c4'].flatMap((id) => [
    { type: 'function_call', call_id: id, name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: id, output: 'x' },
  ])
  const answer = await ask(gateway, { model: 'responses/m', input: [message('user', 'u1'), ...steps] })
  expect(answer.status).toBe(200)
  expect(upstream.seen.map(told)).toEqual(['u1 +c1 -c1 +c2 -c2 +c3 -c3 +c4 -c4', 'u1 +c3 -c3 +c4 -c4', 'u1 +c4 -c4'])
})

test('what was left out of a turn is kept, and in the next turn again', async () => {
  await using upstream = await startUpstream(room(6, coded))
  await using gateway = await startGateway(accounts(upstream.url))
  const first = await ask(gateway, { model: 'chat/m', input: conversation })
  const { id } = (await first.json()) as { id: string }
  const items = (await (await gateway.call(`/v1/responses/${id}/input_items?limit=100`)).json()) as { data: object[] }
  expect(items.data).toHaveLength(conversation.length)
  await ask(gateway, { model: 'chat/m', input: 'u5', previous_response_id: id })
  expect(upstream.seen.map(told).slice(2)).toEqual(['d1 u1 a1 u2 +c1 -c1 a2 u3 a3 u4 Aye. u5', 'd1 u3 a3 u4 Aye. u5'])
})

test('strict translation does not forbid what the caller asks for', async () => {
  await using upstream = await startUpstream(room(4, coded))
  await using gateway = await startGateway(accounts(upstream.url))
  const body = { model: 'chat/m', input: conversation, truncation: 'auto' }
  const answer = await gateway.call('/v1/responses', { body, headers: { 'x-weir-translation': 'strict' } })
  expect(answer.status).toBe(200)
})

// One token each: a word and the space before it. gpt-4 has room for 8,192.
const words = (first: string, count: number): string => `${first}${' sea'.repeat(count - 1)}`

for (const account of ['openai', 'openai-chat'])
  test(`${account}: where the model's window is known, what is too long for it is not tried at all`, async () => {
    await using upstream = await startUpstream(says('Aye.'))
    await using gateway = await startGateway(accounts(upstream.url))
    const turns = [1, 2, 3, 4].flatMap((turn) => [
      message('user', words(`u${turn}`, 1000)),
      message('assistant', words(`a${turn}`, 1000)),
    ])
    const input = [message('developer', words('d', 500)), ...turns, message('user', words('u5', 500))]
    const sent = async (fields: object): Promise<string> => {
      const answer = await ask(gateway, { model: `${account}/gpt-4`, input, ...fields })
      expect(answer.status).toBe(200)
      return told(upstream.seen.at(-1) as Seen)
    }
    // 9,000 and some tokens; an answer that is not limited is left 1,024.
    expect(await sent({})).toBe('d u2 a2 u3 a3 u4 a4 u5')
    expect(await sent({ max_output_tokens: 16 })).toBe('d u2 a2 u3 a3 u4 a4 u5')
    expect(await sent({ max_output_tokens: 3000 })).toBe('d u3 a3 u4 a4 u5')
    expect(await sent({ instructions: words('i', 3000) })).toContain('u4 a4 u5')
    expect(await sent({ instructions: words('i', 3000) })).not.toContain('u2')
    expect(await sent({ max_output_tokens: 8000 })).toBe('d u5')
    expect(await sent({ input: [...input.slice(0, 7), message('user', 'u5')] })).toBe('d u1 a1 u2 a2 u3 a3 u5')
    expect(await sent({ truncation: 'disabled' })).toBe('d u1 a1 u2 a2 u3 a3 u4 a4 u5')
    expect(upstream.seen).toHaveLength(8)
  })

test('a compaction item stays, and counts as what it stands for', async () => {
  await using upstream = await startUpstream(says(words('Summary', 3000)))
  await using gateway = await startGateway(accounts(upstream.url))
  const compacted = (await (
    await gateway.call('/v1/responses/compact', { body: { model: 'openai/gpt-4', input: words('u0', 100) } })
  ).json()) as { output: object[] }
  const turns = [1, 2, 3].flatMap((turn) => [
    message('user', words(`u${turn}`, 1000)),
    message('assistant', words(`a${turn}`, 1000)),
  ])
  await ask(gateway, { model: 'openai/gpt-4', input: [...compacted.output, ...turns, message('user', 'u4')] })
  expect(told(upstream.seen.at(-1) as Seen)).toBe('The u2 a2 u3 a3 u4')
})

test('whatever is left out, the upstream gets calls with their outputs and all that was ordered', async () => {
  const most = { items: 0 }
  await using upstream = await startUpstream((request, response, number) => room(most.items, coded)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  const item = fc.constantFrom('d', 'u', 'a', 'c', 'cc')
  let call = 0
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 25 }), fc.integer({ min: 1, max: 12 }), async (kinds, room) => {
      most.items = room
      const input = kinds.flatMap((kind) => {
        if (kind === 'd') return [message('developer', 'd')]
        if (kind === 'u') return [message('user', 'u')]
        if (kind === 'a') return [message('assistant', 'a')]
        const ids = kind === 'c' ? [`c${call++}`] : [`c${call++}`, `c${call++}`]
        return [
          ...ids.map((id) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' })),
          ...ids.map((id) => ({ type: 'function_call_output', call_id: id, output: 'x' })),
        ]
      })
      const from = upstream.seen.length
      const answer = await ask(gateway, { model: 'responses/m', input: [...input, message('user', 'last')] })
      await answer.text()
      for (const seen of upstream.seen.slice(from)) {
        const words = told(seen).split(' ')
        for (const word of words) {
          if (word.startsWith('+')) expect(words).toContain(`-${word.slice(1)}`)
          if (word.startsWith('-')) expect(words).toContain(`+${word.slice(1)}`)
        }
        expect(words.filter((word) => word === 'd')).toHaveLength(kinds.filter((kind) => kind === 'd').length)
        expect(words.at(-1)).toBe('last')
      }
    }),
    { numRuns: 60 },
  )
})

test('an upstream that keeps the state is told the rest anew when something is left out, and the next turn whole again', async () => {
  let most = 99
  await using upstream = await startUpstream((request, response, number) => {
    const continued = request.body['previous_response_id'] !== undefined
    return continued && most < 99 ? coded(request, response, number) : room(most, coded)(request, response, number)
  })
  await using gateway = await startGateway({
    accounts: { keeper: { provider: 'openai', baseURL: upstream.url, keepsState: true } },
  })
  const say = async (body: object): Promise<string> => {
    const answer = await ask(gateway, { model: 'keeper/m', ...body })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { id: string }).id
  }
  const first = await say({ input: conversation })
  most = 6
  const second = await say({ input: 'u5', previous_response_id: first })
  most = 99
  await say({ input: 'u6', previous_response_id: second })
  expect(upstream.seen.map((seen) => [seen.body['previous_response_id'], told(seen)])).toEqual([
    [undefined, 'd1 u1 a1 u2 +c1 -c1 a2 u3 a3 u4'],
    ['resp_upstream', 'u5'],
    [undefined, 'd1 u3 a3 u4 Aye. u5'],
    // What it kept of the turn before lacks what was left out of that.
    [undefined, 'd1 u1 a1 u2 +c1 -c1 a2 u3 a3 u4 Aye. u5 Aye. u6'],
  ])
})
