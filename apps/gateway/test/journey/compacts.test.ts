import { createClient } from '@weir/client'
import type { context } from '@weir/contracts'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { completion, says } from '../support/scripted.js'
import { json, startUpstream, type Script, type Seen } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    chat: { provider: 'openai-compatible', baseURL },
    responses: { provider: 'openai-compatible', baseURL, dialect: 'responses' },
    openai: { provider: 'openai', baseURL },
  },
})

async function compacted(gateway: TestGateway, body: object, key: string = keys.alice): Promise<context.CompactedResponse> {
  const answer = await gateway.call('/v1/responses/compact', { body, key })
  expect(answer.status).toBe(200)
  return (await answer.json()) as context.CompactedResponse
}

interface Refusal {
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null }
}

async function refused(gateway: TestGateway, body: object, path = '/v1/responses', key: string | null = keys.alice) {
  const answer = await gateway.call(path, { body, key })
  const { error } = (await answer.json()) as Refusal
  return { status: answer.status, code: error.code, param: error.param, message: error.message }
}

/** What an upstream was given to read, as roles and texts, in either dialect. */
function told({ body }: Seen | { body: Record<string, unknown> }): string[] {
  const items = (body['messages'] ?? body['input']) as Record<string, unknown>[]
  return items.map((item) => {
    const { role, type, content, call_id: id, tool_call_id: answered, tool_calls: calls } = item
    if (calls !== undefined) return `calls ${(calls as { id: string }[]).map((call) => call.id).join(' ')}`
    if (role === 'tool') return `output of ${String(answered)}`
    if (id !== undefined) return type === 'function_call' ? `calls ${String(id)}` : `output of ${String(id)}`
    const text = typeof content === 'string' ? content : (content as { text: string }[]).map((part) => part.text).join('|')
    // Many servers of the chat dialect know no developer.
    return `${role === 'system' ? 'developer' : String(role)}: ${text}`
  })
}

const order = /^user: Write a summary of this conversation up to here\./
const summarized = (summary: string) => new RegExp(`^user: The conversation up to here was made short\\.[^]*${summary}$`)

const conversation = [
  { role: 'developer', content: 'Speak as a sailor.' },
  { role: 'user', content: 'Weather in Ulm?' },
  { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Ulm"}' },
  { type: 'function_call_output', call_id: 'call_1', output: 'sun' },
  { role: 'assistant', content: 'Sun ahoy.' },
  { role: 'user', content: [{ type: 'input_text', text: 'And in Bonn?' }] },
  { role: 'assistant', content: 'Fog, mate.' },
]

for (const account of ['chat', 'responses', 'openai'])
  test(`${account}: the model itself writes the summary, and every later turn on any target reads it`, async () => {
    await using upstream = await startUpstream((request, response, number) =>
      says(number === 0 ? 'We spoke of Ulm and Bonn.' : 'Aye.')(request, response, number),
    )
    await using gateway = await startGateway(accounts(upstream.url))
    const made = await compacted(gateway, { model: `${account}/gpt-5`, input: conversation, instructions: 'Be brief.' })
    expect(made).toEqual({
      id: expect.stringMatching(/^resp_/),
      object: 'response.compaction',
      created_at: expect.any(Number),
      output: [
        {
          id: expect.stringMatching(/^msg_/),
          type: 'message',
          role: 'user',
          status: 'completed',
          content: [{ type: 'input_text', text: 'Weather in Ulm?' }],
        },
        {
          id: expect.stringMatching(/^msg_/),
          type: 'message',
          role: 'user',
          status: 'completed',
          content: [{ type: 'input_text', text: 'And in Bonn?' }],
        },
        { id: expect.stringMatching(/^cmp_/), type: 'compaction', encrypted_content: expect.stringMatching(/^weirseal1\./) },
      ],
      usage: expect.objectContaining({ input_tokens: 5, output_tokens: 2, total_tokens: 7 }),
    })
    expect(JSON.stringify(made)).not.toMatch(/sailor|We spoke/)
    const [asked] = upstream.seen
    expect(JSON.stringify(asked?.body)).toContain('Be brief.')
    const read = asked ? told(asked).filter((line) => line !== 'developer: Be brief.') : []
    expect(read).toEqual([
      'developer: Speak as a sailor.',
      'user: Weather in Ulm?',
      'calls call_1',
      'output of call_1',
      'assistant: Sun ahoy.',
      'user: And in Bonn?',
      'assistant: Fog, mate.',
      expect.stringMatching(order),
    ])

    for (const model of ['chat/gpt-5', 'responses/gpt-5', 'openai/gpt-5']) {
      const input = [...made.output, { role: 'user', content: 'Go on.' }]
      const answer = await gateway.call('/v1/responses', { body: { model, input } })
      expect(answer.status).toBe(200)
      const { id } = (await answer.json()) as { id: string }
      const expected = [
        'user: Weather in Ulm?',
        'user: And in Bonn?',
        'developer: Speak as a sailor.',
        expect.stringMatching(summarized('We spoke of Ulm and Bonn\\.')),
        'user: Go on.',
      ]
      expect(told(upstream.seen.at(-1) as Seen)).toEqual(expected)

      // What is kept is sealed still, and opens in the next turn of the chain.
      const items = await (await gateway.call(`/v1/responses/${id}/input_items?order=asc`)).json()
      expect((items as { data: object[] }).data[2]).toEqual(made.output[2])
      await gateway.call('/v1/responses', { body: { model, input: 'And on.', previous_response_id: id } })
      expect(told(upstream.seen.at(-1) as Seen)).toEqual([...expected, 'assistant: Aye.', 'user: And on.'])
    }
  })

test('a chain is compacted by its last response, and a compaction is compacted again', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Words ${number}.`)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  const first = await gateway.call('/v1/responses', { body: { model: 'chat/m', input: conversation.slice(0, 6) } })
  const { id } = (await first.json()) as { id: string }
  const once = await compacted(gateway, { model: 'chat/m', previous_response_id: id, input: null })
  expect(told(upstream.seen[1] as Seen).slice(-2)).toEqual(['assistant: Words 0.', expect.stringMatching(order)])
  const twice = await compacted(gateway, { model: 'chat/m', input: [...once.output, { role: 'user', content: 'Third.' }] })
  expect(told(upstream.seen[2] as Seen)).toEqual([
    'user: Weather in Ulm?',
    'user: And in Bonn?',
    'developer: Speak as a sailor.',
    expect.stringMatching(summarized('Words 1\\.')),
    'user: Third.',
    expect.stringMatching(order),
  ])
  expect(twice.output.map(({ type }) => type)).toEqual(['message', 'message', 'message', 'compaction'])
})

test('calls that wait for their output are not put into words: their outputs still find them', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Words ${number}.`)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  const waiting = { type: 'function_call', call_id: 'call_2', name: 'weather', arguments: '{"city":"Bonn"}' }
  const made = await compacted(gateway, { model: 'chat/m', input: [...conversation.slice(0, 6), waiting] })
  expect(told(upstream.seen[0] as Seen).slice(-2)).toEqual(['user: And in Bonn?', expect.stringMatching(order)])
  const output = { type: 'function_call_output', call_id: 'call_2', output: 'fog' }
  await gateway.call('/v1/responses', { body: { model: 'chat/m', input: [...made.output, output] } })
  expect(told(upstream.seen[1] as Seen).slice(-3)).toEqual([
    expect.stringMatching(summarized('Words 0\\.')),
    'calls call_2',
    'output of call_2',
  ])
})

test('a tool that came with the conversation can be chosen still: its item is kept as it was', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Words ${number}.`)(request, response, number))
  await using gateway = await startGateway(accounts(upstream.url))
  const brought = { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', name: 'later', parameters: {} }] }
  const made = await compacted(gateway, { model: 'chat/m', input: [brought, ...conversation] })
  for (const choice of [
    { type: 'function', name: 'later' },
    { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'later' }] },
  ]) {
    const body = { model: 'chat/m', input: [...made.output, { role: 'user', content: 'Go on.' }], tool_choice: choice }
    expect((await gateway.call('/v1/responses', { body })).status).toBe(200)
    expect(upstream.seen.at(-1)?.body['tools']).toMatchObject([{ function: { name: 'later' } }])
  }
})

test('of the user’s words the newest 20,000 tokens are kept, and the newest message whatever its size', async () => {
  await using gateway = await startGateway()
  const says = (text: string) => ({ role: 'user', content: text })
  const model = 'simulator/talker'
  // One token each: a word and the space before it.
  const words = (count: number) => Array.from({ length: count }, () => 'sea').join(' ')
  const kept = async (...texts: string[]) => {
    const { output } = await compacted(gateway, { model, input: texts.map(says) })
    return output.slice(0, -1).map((item) => ('content' in item ? (item.content as { text: string }[])[0]?.text : undefined))
  }
  const [first, second, third] = [words(10_001), words(9_000), words(1_000)]
  expect(await kept(first, second, third)).toEqual([second, third])
  expect(await kept(words(10_000), second, third)).toEqual([words(10_000), second, third])
  expect(await kept(words(25_000))).toEqual([words(25_000)])
})

test('an item that was altered, is another owner’s, or was made elsewhere is refused by its place', async () => {
  await using upstream = await startUpstream(says('Aye.'))
  await using gateway = await startGateway(accounts(upstream.url))
  const { output } = await compacted(gateway, { model: 'chat/m', input: conversation })
  const asked = upstream.seen.length
  const item = output.at(-1) as context.CompactionItem
  const { encrypted_content: sealed } = item
  const input = (encrypted: unknown) => [
    { role: 'user', content: 'Go on.' },
    { ...item, encrypted_content: encrypted },
  ]
  const wrong = { status: 400, code: 'invalid_value', param: 'input[1]' }
  for (const model of ['chat/m', 'responses/m', 'openai/m'])
    for (const encrypted of [
      `${sealed.slice(0, -9)}${sealed.at(-9) === 'A' ? 'B' : 'A'}${sealed.slice(-8)}`,
      `${sealed}A`,
      sealed.slice(0, -1),
      'weirseal1.x.y',
    ])
      expect(await refused(gateway, { model, input: input(encrypted) })).toMatchObject(wrong)
  for (const model of ['chat/m', 'responses/m', 'simulator/talker'])
    for (const encrypted of ['gAAAAABoISQ24OyV', '', undefined])
      expect(await refused(gateway, { model, input: input(encrypted) })).toMatchObject(wrong)
  for (const path of ['/v1/responses', '/v1/responses/input_tokens', '/v1/responses/compact'])
    expect(await refused(gateway, { model: 'chat/m', input: input(sealed) }, path, keys.bob)).toMatchObject(wrong)
  const { message } = await refused(gateway, { model: 'chat/m', input: input(sealed) }, '/v1/responses', keys.bob)
  expect(message).toContain('send the conversation that it stands for')
  expect(upstream.seen).toHaveLength(asked)
})

test('an item that does not open is refused by the conversation that holds it', async () => {
  await using gateway = await startGateway()
  const { output } = await compacted(gateway, { model: 'simulator/talker', input: conversation })
  const held = await gateway.call('/v1/conversations', { body: { items: [output.at(-1)] }, key: keys.bob })
  const { id } = (await held.json()) as { id: string }
  const body = { model: 'simulator/talker', conversation: id, input: 'Go on.' }
  const wrong = { status: 400, code: 'invalid_value', param: 'conversation' }
  expect(await refused(gateway, body, '/v1/responses', keys.bob)).toMatchObject(wrong)
  expect(await refused(gateway, body, '/v1/responses/input_tokens', keys.bob)).toMatchObject(wrong)
})

test('an item that a provider made itself goes back to it as it is', async () => {
  await using upstream = await startUpstream(says('Aye.'))
  await using gateway = await startGateway(accounts(upstream.url))
  const theirs = { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAAABoISQ24OyV' }
  const input = [theirs, { type: 'message', role: 'user', content: 'Go on.' }]
  const answer = await gateway.call('/v1/responses', { body: { model: 'openai/gpt-5', input } })
  expect(answer.status).toBe(200)
  expect(upstream.seen[0]?.body['input']).toEqual(input)
  const { id } = (await answer.json()) as { id: string }
  const further = { input: 'And on.', previous_response_id: id }
  expect((await gateway.call('/v1/responses', { body: { model: 'openai/gpt-5', ...further } })).status).toBe(200)
  expect(upstream.seen[1]?.body['input']).toMatchObject([theirs, {}, {}, {}])
  expect(await refused(gateway, { model: 'chat/m', ...further })).toMatchObject({ status: 400, param: 'previous_response_id' })
})

test('what counts an opened item is what it stands for', async () => {
  await using gateway = await startGateway()
  const model = 'simulator/talker'
  const { output } = await compacted(gateway, { model, input: conversation })
  const counted = (await (await gateway.call('/v1/responses/input_tokens', { body: { model, input: output } })).json()) as {
    input_tokens: number
  }
  const answer = await gateway.call('/v1/responses', { body: { model, input: output } })
  expect(await answer.json()).toMatchObject({ usage: { input_tokens: counted.input_tokens } })
})

test('what cannot be made short is refused by name', async () => {
  await using gateway = await startGateway()
  const path = '/v1/responses/compact'
  const model = 'simulator/talker'
  expect(await refused(gateway, { input: 'x' }, path)).toMatchObject({
    status: 400,
    code: 'missing_required_parameter',
    param: 'model',
  })
  expect(await refused(gateway, { model }, path)).toMatchObject({
    status: 400,
    code: 'missing_required_parameter',
    param: 'input',
  })
  expect(await refused(gateway, { model: 'simulator/none', input: 'x' }, path)).toMatchObject({ status: 404, param: 'model' })
  expect(await refused(gateway, { model, previous_response_id: 'resp_none' }, path)).toMatchObject({
    status: 404,
    code: 'previous_response_not_found',
  })
  expect(await refused(gateway, { model, input: 'x' }, path, null)).toMatchObject({ status: 401 })
})

const brokenSummaries: readonly (readonly [string, Script, number])[] = [
  ['says nothing', (_, response) => json(response, completion({ content: ' ' })), 502],
  ['is cut by a limit', (_, response) => json(response, completion({ content: 'We spoke of' }, 'length')), 502],
  ['refuses', (_, response) => json(response, completion({ refusal: 'No.' })), 502],
  ['fails', (_, response) => json(response, { error: { message: 'down' } }, 500), 502],
]

for (const [name, script, status] of brokenSummaries)
  test(`a model that ${name} makes no compaction, and the failure is on record`, async () => {
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway(accounts(upstream.url))
    const answer = await gateway.call('/v1/responses/compact', { body: { model: 'chat/m', input: conversation } })
    expect(answer.status).toBe(status)
    const [row] = await gateway.ended(1)
    expect(row).toMatchObject({ id: answer.headers.get('x-request-id'), operation: 'compact', status, outcome: 'failed' })
  })

test('a compaction is one exchange on record, under the id that its answer carries, and keeps no response', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses/compact', { body: { model: 'simulator/talker', input: conversation } })
  const { id, usage } = (await answer.json()) as context.CompactedResponse
  const [row, ...others] = await gateway.ended(1)
  expect(others).toEqual([])
  expect(row).toMatchObject({
    id: answer.headers.get('x-request-id'),
    operation: 'compact',
    account: 'simulator',
    outcome: 'completed',
    stored: false,
    attempts: [{ outcome: 'succeeded' }],
    usage: { input: usage.input_tokens, output: usage.output_tokens },
  })
  expect((await gateway.call(`/v1/responses/${id}`)).status).toBe(404)
})

test('the official SDK, the typed client and tRPC compact alike', async () => {
  await using gateway = await startGateway()
  const model = 'simulator/talker'
  const sdk = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
  const made = await sdk.responses.compact({ model, input: 'Hello!' })
  expect(made).toMatchObject({ object: 'response.compaction', output: [{ type: 'message' }, { type: 'compaction' }] })
  const next = await sdk.responses.create({
    model,
    input: [...(made.output as OpenAI.Responses.ResponseInput), { role: 'user', content: 'Go on.' }],
  })
  expect(next.output_text).toContain('You said: Go on.')
  const client = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  expect(await client.responses.compact({ model, input: 'Hello!' })).toMatchObject({ object: 'response.compaction' })
  expect(await client.trpc.responses.compact.mutate({ model, input: 'Hello!' })).toMatchObject({ object: 'response.compaction' })
})
