import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { told as readStream } from '../support/faces.js'
import { keys, startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { json, startUpstream, type Script, type Seen } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
    openai: { provider: 'openai', baseURL },
  },
})

type Wire = Readonly<Record<string, unknown>>

/** The first word of each text that an upstream was given to read, and the ids of calls and outputs. */
function told({ body }: Seen): string {
  const items = (body['messages'] ?? body['input']) as Wire[] | string
  if (typeof items === 'string') return items.split(' ', 1)[0] ?? ''
  return items
    .flatMap(({ content, role, call_id: id, tool_call_id: answered, tool_calls: calls, type }) => {
      if (calls !== undefined) return (calls as Wire[]).map((call) => `+${String(call['id'])}`)
      if (role === 'tool') return [`-${String(answered)}`]
      if (id !== undefined) return [`${type === 'function_call' ? '+' : '-'}${String(id)}`]
      const text = typeof content === 'string' ? content : (content as { text: string }[]).map((part) => part.text).join('|')
      if (text.startsWith('The conversation up to here')) return [`[${text.split('\n\n')[1]}]`]
      return [text.startsWith('Write a summary') ? '?' : (text.split(' ', 1)[0] ?? '')]
    })
    .join(' ')
}

/** Answers a request for a summary with `S<number>`, and everything else with `A<number>`. */
const speaks: Script = (request, response, number) =>
  says(`${told(request).endsWith('?') ? 'S' : 'A'}${number}`)(request, response, number)

/** One token each: a word and the space before it. */
const words = (first: string, count = 600): string => `${first}${' sea'.repeat(count - 1)}`
const message = (role: string, text: string): object => ({ role, content: text })
const managed = { context_management: [{ type: 'compaction', compact_threshold: 1000 }] }

interface Answer {
  readonly id: string
  readonly output: readonly (Wire & { readonly type: string })[]
  readonly usage: { readonly input_tokens: number }
}

async function ask(gateway: TestGateway, body: object): Promise<Answer> {
  const answer = await gateway.call('/v1/responses', { body })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Answer
}

const types = ({ output }: Answer): string[] => output.map(({ type }) => type)

for (const account of ['chat', 'responses', 'openai']) {
  test(`${account}: a chain above the threshold is made short before its turn, and goes on from there`, async () => {
    await using upstream = await startUpstream(speaks)
    await using gateway = await startGateway(accounts(upstream.url))
    const model = `${account}/m`
    const first = await ask(gateway, { model, ...managed, input: [message('developer', 'd'), message('user', words('u1'))] })
    expect(types(first)).toEqual(['message'])
    const second = await ask(gateway, { model, ...managed, input: words('u2'), previous_response_id: first.id })
    expect(types(second)).toEqual(['compaction', 'message'])
    const third = await ask(gateway, { model, ...managed, input: 'u3', previous_response_id: second.id })
    expect(types(third)).toEqual(['message'])
    // Also to another target, and without asking for it.
    await ask(gateway, { model: 'chat/m', input: 'u4', previous_response_id: third.id })
    expect(upstream.seen.map(told)).toEqual(['d u1', 'd u1 A0 ?', 'd [S1] u2', 'd [S1] u2 A2 u3', 'd [S1] u2 A2 u3 A3 u4'])
    expect(upstream.seen.some(({ body }) => 'context_management' in body)).toBe(false)

    const [, row] = await gateway.ended(4)
    expect(row).toMatchObject({
      outcome: 'completed',
      losses: [],
      // What both questions took, and what each of them met.
      usage: { input: 10, output: 4 },
      attempts: [
        { number: 1, outcome: 'succeeded' },
        { number: 2, outcome: 'succeeded' },
      ],
    })
    expect(second.usage.input_tokens).toBe(5)
    expect(await (await gateway.call(`/v1/responses/${second.id}`)).json()).toEqual(second)
    const items = (await (await gateway.call(`/v1/responses/${second.id}/input_items`)).json()) as { data: Wire[] }
    expect(items.data).toMatchObject([{ role: 'user', content: [{ text: words('u2') }] }])
  })

  test(`${account}: a stream begins with the compaction, in order and without gaps`, async () => {
    await using upstream = await startUpstream(speaks)
    await using gateway = await startGateway(accounts(upstream.url))
    const input = [message('user', words('u1')), message('assistant', words('a1')), message('user', 'u2')]
    const answer = await gateway.call('/v1/responses', { body: { model: `${account}/m`, ...managed, input, stream: true } })
    const { events, done } = readStream(await answer.text())
    expect(done).toBe(true)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, place) => place))
    const shown = events as readonly (Wire & { readonly type: string; readonly item?: Wire; readonly output_index?: number })[]
    expect(shown.slice(0, 5).map(({ type, output_index: place, item }) => [type, place, item?.['type']])).toEqual([
      ['response.created', undefined, undefined],
      ['response.in_progress', undefined, undefined],
      ['response.output_item.added', 0, 'compaction'],
      ['response.output_item.done', 0, 'compaction'],
      ['response.output_item.added', 1, 'message'],
    ])
    const response = events.at(-1)?.response as unknown as Answer
    expect(types(response)).toEqual(['compaction', 'message'])
    expect(response.output[0]).toEqual(shown[3]?.item)
    expect(await (await gateway.call(`/v1/responses/${response.id}`)).json()).toEqual(response)
    const again = readStream(await (await gateway.call(`/v1/responses/${response.id}?stream=true`)).text())
    expect(again.events.slice(2, 4)).toEqual(events.slice(2, 4))
  })
}

test('who holds the conversation itself may send all of it again, or leave out what came before the compaction', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const before = [message('user', words('u1')), message('assistant', words('a1')), message('user', words('u2'))]
  const first = await ask(gateway, { model: 'chat/m', ...managed, input: before, store: false })
  for (const input of [
    [...before, ...first.output, message('user', 'u3')],
    [...first.output, message('user', 'u3')],
  ]) {
    await ask(gateway, { model: 'chat/m', ...managed, input, store: false })
    expect(told(upstream.seen.at(-1) as Seen)).toBe('[S0] u2 A1 u3')
  }
  expect(upstream.seen).toHaveLength(4)
})

test('the step that an agent is in stays as it is, with its question', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const steps = ['c1', 'c2', 'c3'].flatMap((id) => [
    { type: 'function_call', call_id: id, name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: id, output: words('x') },
  ])
  const answer = await ask(gateway, { model: 'responses/m', ...managed, input: [message('user', 'u1'), ...steps] })
  expect(types(answer)).toEqual(['compaction', 'message'])
  expect(upstream.seen.map(told)).toEqual(['u1 +c1 -c1 +c2 -c2 ?', '[S0] u1 +c3 -c3'])
})

test('an agent that goes on and on has one summary, and its question', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const step = (id: string) => [
    { type: 'function_call', call_id: id, name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: id, output: words('x') },
  ]
  let before: readonly object[] = [message('user', 'u1'), ...step('c1')]
  for (const id of ['c2', 'c3', 'c4']) {
    const { output } = await ask(gateway, { model: 'responses/m', ...managed, store: false, input: [...before, ...step(id)] })
    expect(output.map(({ type }) => type)).toEqual(['compaction', 'message'])
    before = output
  }
  expect(upstream.seen.map(told)).toEqual([
    'u1 +c1 -c1 ?',
    '[S0] u1 +c2 -c2',
    // What the model says and then calls is one step.
    '[S0] u1 +c2 -c2 ?',
    '[S2] u1 A1 +c3 -c3',
    '[S2] u1 A1 +c3 -c3 ?',
    '[S4] u1 A3 +c4 -c4',
  ])
})

test('a conversation goes on from its compaction', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const made = await gateway.call('/v1/conversations', { body: {} })
  const { id: conversation } = (await made.json()) as { id: string }
  await ask(gateway, { model: 'chat/m', conversation, ...managed, input: words('u1') })
  expect(types(await ask(gateway, { model: 'chat/m', conversation, ...managed, input: words('u2') }))).toEqual([
    'compaction',
    'message',
  ])
  await ask(gateway, { model: 'chat/m', conversation, ...managed, input: 'u3' })
  expect(upstream.seen.map(told)).toEqual(['u1', 'u1 A0 ?', '[S1] u2', '[S1] u2 A2 u3'])
})

test('what cannot be made shorter, or need not be, is asked as it is', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const short = [message('user', 'u1'), message('assistant', 'a1'), message('user', 'u2')]
  expect(types(await ask(gateway, { model: 'chat/m', ...managed, input: short }))).toEqual(['message'])
  expect(types(await ask(gateway, { model: 'chat/m', ...managed, input: words('u1', 3000) }))).toEqual(['message'])
  const none = { context_management: [] }
  const long = [message('user', words('u1', 3000)), message('assistant', 'a1'), message('user', 'u2')]
  for (const management of [none, { context_management: null }, { context_management: [{ type: 'compaction' }] }])
    expect(types(await ask(gateway, { model: 'chat/m', ...management, input: long }))).toEqual(['message'])
  expect(upstream.seen.map(told)).toEqual(['u1 a1 u2', 'u1', 'u1 a1 u2', 'u1 a1 u2', 'u1 a1 u2'])
})

test('without a number of its own the threshold is three quarters of the window', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const input = (count: number) => [message('user', words('u1', count)), message('assistant', 'a1'), message('user', 'u2')]
  const management = { context_management: [{ type: 'compaction' }] }
  // gpt-4 has room for 8,192.
  expect(types(await ask(gateway, { model: 'openai/gpt-4', ...management, input: input(6100) }))).toEqual(['message'])
  expect(types(await ask(gateway, { model: 'openai/gpt-4', ...management, input: input(6200) }))).toEqual([
    'compaction',
    'message',
  ])
})

test('a summary that fails fails the turn, with what was tried on record', async () => {
  await using upstream = await startUpstream((_, response) => json(response, { error: { message: 'down' } }, 500))
  await using gateway = await startGateway(accounts(upstream.url))
  const input = [message('user', words('u1', 3000)), message('user', 'u2'), message('assistant', 'a'), message('user', 'u3')]
  const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', ...managed, input } })
  expect(answer.status).toBe(502)
  const [row] = await gateway.ended(1)
  expect(row).toMatchObject({
    operation: 'generate',
    outcome: 'failed',
    account: 'chat',
    attempts: [{ outcome: 'failed', status: 500 }],
  })
})

test('wrong wishes are refused by their place', async () => {
  await using gateway = await startGateway()
  const refused = async (body: object) => {
    const answer = await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'x', ...body } })
    const { error } = (await answer.json()) as { error: { param: string } }
    return [answer.status, error.param]
  }
  expect(await refused({ context_management: [{ type: 'forgetting' }] })).toEqual([400, 'context_management[0].type'])
  expect(await refused({ context_management: [{ type: 'compaction', compact_threshold: 10 }] })).toEqual([
    400,
    'context_management[0].compact_threshold',
  ])
  expect(await refused({ input: [{ type: 'compaction_trigger' }, message('user', 'x')] })).toEqual([400, 'input[0]'])
  expect(await refused({ input: [{ type: 'compaction_trigger' }, { type: 'compaction_trigger' }] })).toEqual([400, 'input[0]'])
  expect(await refused({ input: [{ type: 'compaction_trigger' }] })).toEqual([400, 'input'])
})

for (const account of ['chat', 'responses', 'openai'])
  for (const streams of [false, true])
    test(`${account}: a trigger is answered with one compaction and nothing else (stream: ${streams})`, async () => {
      await using upstream = await startUpstream(speaks)
      await using gateway = await startGateway(accounts(upstream.url))
      const model = `${account}/m`
      const input = [message('developer', 'd'), message('user', 'u1'), message('assistant', 'a1'), { type: 'compaction_trigger' }]
      const answer = await gateway.call('/v1/responses', { body: { model, input, store: false, stream: streams } })
      expect(answer.status).toBe(200)
      const text = await answer.text()
      const whole = streams ? (readStream(text).events.at(-1)?.response as unknown as Answer) : (JSON.parse(text) as Answer)
      expect(types(whole)).toEqual(['compaction'])
      expect(whole).toMatchObject({ status: 'completed', usage: { input_tokens: 5, output_tokens: 2 } })
      expect(upstream.seen.map(told)).toEqual(['d u1 a1 ?'])
      const [row] = await gateway.ended(1)
      expect(row).toMatchObject({ outcome: 'completed', usage: { input: 5, output: 2 }, attempts: [{ outcome: 'succeeded' }] })
      // What the caller keeps beside it stays.
      await ask(gateway, { model, input: [message('user', 'u1'), ...whole.output, message('user', 'u2')], store: false })
      expect(told(upstream.seen.at(-1) as Seen)).toBe('u1 d [S0] u2')
    })

test('a trigger at the end of a chain stands for the whole of it', async () => {
  await using upstream = await startUpstream(speaks)
  await using gateway = await startGateway(accounts(upstream.url))
  const first = await ask(gateway, { model: 'chat/m', input: 'u1' })
  const second = await ask(gateway, {
    model: 'chat/m',
    input: [{ type: 'compaction_trigger' }],
    previous_response_id: first.id,
  })
  expect(types(second)).toEqual(['compaction'])
  await ask(gateway, { model: 'chat/m', input: 'u2', previous_response_id: second.id })
  expect(upstream.seen.map(told)).toEqual(['u1', 'u1 A0 ?', '[S1] u2'])
})

test('the official SDK streams a managed turn, and retrieves it', async () => {
  await using gateway = await startGateway()
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
  const stream = client.responses.stream({
    model: 'simulator/talker',
    context_management: [{ type: 'compaction', compact_threshold: 1000 }],
    input: [
      { role: 'user', content: words('u1', 2000) },
      { role: 'assistant', content: 'a1' },
      { role: 'user', content: 'And now?' },
    ],
  })
  const final = await stream.finalResponse()
  expect(final.output.map(({ type }) => type)).toEqual(['compaction', 'message'])
  expect(final.output_text).toContain('You said: And now?')
  const { output } = await client.responses.retrieve(final.id)
  expect(output.map(({ id }) => id)).toEqual(final.output.map(({ id }) => id))
})
