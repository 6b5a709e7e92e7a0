import type { responses } from '@weir/contracts'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf, says } from '../support/scripted.js'
import { data, json, startUpstream, stream, type Script } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({
  accounts: {
    openai: { provider: 'openai', baseURL },
    second: { provider: 'openai', baseURL },
    chat: { provider: 'openai-compatible', baseURL },
  },
})

const reasoning = {
  id: 'rs_up.1',
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: 'Thinking.' }],
  encrypted_content: 'gAAA.b+c/=',
}
const whole = responseOf([reasoning, messageItem('Done.')])

/** Reasons before it answers, with a token; streamed where asked to. */
const reasons: Script = (request, response, number) => {
  if (!request.path.endsWith('/responses')) return says('Done.')(request, response, number)
  if (request.body['stream'] !== true) return json(response, whole)
  const begun = { ...whole, status: 'in_progress', output: [] }
  const events: readonly Readonly<Record<string, unknown>>[] = [
    { type: 'response.created', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, summary: [], encrypted_content: '' } },
    { type: 'response.output_item.done', output_index: 0, item: reasoning },
    { type: 'response.output_item.added', output_index: 1, item: { ...messageItem(''), content: [], status: 'in_progress' } },
    {
      type: 'response.output_text.delta',
      item_id: 'msg_upstream',
      output_index: 1,
      content_index: 0,
      delta: 'Done.',
      logprobs: [],
    },
    { type: 'response.output_item.done', output_index: 1, item: messageItem('Done.') },
    { type: 'response.completed', response: whole },
  ]
  stream(response)
  for (const [number, event] of events.entries())
    response.write(`event: ${String(event['type'])}\n${data({ ...event, sequence_number: number })}`)
  response.end()
}

const encrypted = 'reasoning.encrypted_content'

async function ask(gateway: TestGateway, body: object): Promise<responses.ResponseObject> {
  const answer = await gateway.call('/v1/responses', { body: { input: 'Think.', ...body } })
  expect(answer.status).toBe(200)
  const text = await answer.text()
  if (!('stream' in body)) return JSON.parse(text) as responses.ResponseObject
  return framesOf(text).at(-1)?.['response'] as responses.ResponseObject
}

const inputOf = (body: Readonly<Record<string, unknown>> | undefined): unknown => body?.['input']

for (const more of [{}, { stream: true }]) {
  const way = 'stream' in more ? 'streamed' : 'plain'

  test(`${way}: the upstream is asked for its token, which the caller does not see and the next turn carries`, async () => {
    await using upstream = await startUpstream(reasons)
    await using gateway = await startGateway(accounts(upstream.url))
    const answer = await gateway.call('/v1/responses', { body: { model: 'openai/gpt-5', input: 'Think.', ...more } })
    const text = await answer.text()
    expect(text).not.toContain('encrypted_content')
    expect(text).not.toContain('gAAA')
    expect(upstream.seen[0]?.body['include']).toEqual([encrypted])

    const id = answer.headers.get('x-weir-response-id')
    const stored = await (await gateway.call(`/v1/responses/${id}`)).text()
    expect(stored).toContain('Thinking.')
    expect(stored).not.toContain('encrypted_content')

    await ask(gateway, { model: 'openai/gpt-5', previous_response_id: id, ...more })
    expect(inputOf(upstream.seen[1]?.body)).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Think.' }] },
      reasoning,
      {
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Done.', annotations: [], logprobs: [] }],
      },
      { type: 'message', role: 'user', content: 'Think.' },
    ])
    expect((await gateway.ended(2))[1]?.losses).toEqual([])
  })

  test(`${way}: a caller that asks gets it tagged, and may send it back itself`, async () => {
    await using upstream = await startUpstream(reasons)
    await using gateway = await startGateway(accounts(upstream.url))
    const response = await ask(gateway, { model: 'openai/gpt-5', include: [encrypted], store: false, ...more })
    expect(upstream.seen[0]?.body['include']).toEqual([encrypted])
    const token = 'weir1.openai.gpt-5.rs_up%2E1.gAAA.b+c/='
    expect(response.output[0]).toEqual({ ...reasoning, encrypted_content: token })

    await ask(gateway, { model: 'openai/gpt-5', input: [...response.output, { role: 'user', content: 'Go on' }], ...more })
    expect(inputOf(upstream.seen[1]?.body)).toMatchObject([reasoning, { role: 'assistant' }, { role: 'user' }])
  })

  for (const [model, lane] of [
    ['openai/gpt-5-mini', 'native'],
    ['second/gpt-5', 'native'],
    ['chat/m', 'translated'],
  ] as const)
    test(`${way}: ${model}, which did not issue it, never sees it, and that is declared`, async () => {
      await using upstream = await startUpstream(reasons)
      await using gateway = await startGateway(accounts(upstream.url))
      const { id } = await ask(gateway, { model: 'openai/gpt-5', ...more })
      await ask(gateway, { model, previous_response_id: id, ...more })
      const sent = JSON.stringify(upstream.seen[1]?.body)
      expect(sent).not.toContain('gAAA')
      expect(sent).not.toContain('weir1.')
      expect(sent).toContain('Done.')
      const row = (await gateway.ended(2))[1]
      expect(row?.lane).toBe(lane)
      expect(row?.losses.map(({ path, disposition }) => ({ path, disposition }))).toContainEqual({
        path: lane === 'native' ? 'items[1]' : 'items[1].replay',
        disposition: 'dropped',
      })
    })
}

test('a token that Weir never tagged reaches nobody', async () => {
  await using upstream = await startUpstream(reasons)
  await using gateway = await startGateway(accounts(upstream.url))
  for (const token of ['gAAA.b+c/=', 'weir1.second.gpt-5.rs_up%2E1.gAAA', 'weir1.openai.gpt-5', 'weir2.openai.gpt-5.rs.gAAA'])
    await ask(gateway, {
      model: 'openai/gpt-5',
      input: [
        { ...reasoning, encrypted_content: token },
        { role: 'user', content: 'Go on' },
      ],
    })
  for (const { body } of upstream.seen) expect(inputOf(body)).toEqual([{ role: 'user', content: 'Go on' }])
  expect(upstream.seen).toHaveLength(4)
})

test('the text of reasoning goes back without its id, and only to a server that takes it', async () => {
  await using upstream = await startUpstream(says('Done.'))
  await using gateway = await startGateway({
    accounts: {
      openai: { provider: 'openai', baseURL: upstream.url },
      open: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' },
    },
  })
  const thought = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
  const input = [
    { ...thought, id: 'rs_weir' },
    { role: 'user', content: 'Go on' },
  ]
  await ask(gateway, { model: 'openai/gpt-5', input })
  await ask(gateway, { model: 'open/m', input })
  expect(upstream.seen.map(({ body }) => inputOf(body))).toEqual([[input[1]], [thought, input[1]]])
  const [openai, open] = await gateway.ended(2)
  expect(openai?.losses).toMatchObject([{ path: 'items[0]', disposition: 'dropped' }])
  expect(open?.losses).toEqual([])
})

test('a model without such tokens is not asked for them', async () => {
  await using upstream = await startUpstream(says('Done.'))
  await using gateway = await startGateway(accounts(upstream.url))
  await ask(gateway, { model: 'openai/gpt-4.1' })
  expect(upstream.seen[0]?.body).not.toHaveProperty('include')
})

for (const model of ['simulator/talker', 'simulator-chat-completions/talker'])
  test(`${model}: reasoning is shown, stored and replayed`, async () => {
    await using gateway = await startGateway()
    const first = await read(
      await gateway.call('/v1/responses', { body: { model, input: 'Think.', reasoning: { effort: 'low' } } }),
    )
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0)
    const next = await gateway.call('/v1/responses', { body: { model, input: 'Go on', previous_response_id: first.id } })
    expect(next.status).toBe(200)
  })

/** Reasons, begins to speak, and then does as it is told. */
const breaks =
  (how: (response: ServerResponse) => void): Script =>
  (request, response, number) => {
    if (number > 0) return says('Done.')(request, response, number)
    const events: readonly Readonly<Record<string, unknown>>[] = [
      { type: 'response.created', response: { ...whole, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, summary: [], encrypted_content: '' } },
      { type: 'response.output_item.done', output_index: 0, item: reasoning },
      { type: 'response.output_item.added', output_index: 1, item: { ...messageItem(''), content: [], status: 'in_progress' } },
      { type: 'response.output_text.delta', item_id: 'msg_upstream', output_index: 1, content_index: 0, delta: 'Do' },
    ]
    stream(response)
    const text = events.map((event, place) => data({ ...event, sequence_number: place })).join('')
    response.write(text, () => how(response))
  }

for (const leaves of [false, true])
  test(`a stream ${leaves ? 'that its caller leaves' : 'that breaks'} shows and stores no token, and the next turn carries it`, async () => {
    await using upstream = await startUpstream(breaks((response) => (leaves ? undefined : response.destroy())))
    await using gateway = await startGateway(accounts(upstream.url))
    const leaving = new AbortController()
    const body = { model: 'openai/gpt-5', input: 'Think.', stream: true }
    const answer = await gateway.call('/v1/responses', { body, signal: leaving.signal })
    let text = ''
    try {
      for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += piece
        if (leaves && text.includes('"Do"')) leaving.abort()
      }
    } catch {
      // Left.
    }
    expect(text).toContain('"Do"')
    expect(text).not.toContain('gAAA')
    const [row] = await gateway.ended(1)
    expect(row).toMatchObject({ stored: true, outcome: leaves ? 'client_closed' : 'failed' })
    const stored = await (await gateway.call(`/v1/responses/${row?.responseId}`)).text()
    expect(stored).toContain('Thinking.')
    expect(stored).not.toContain('encrypted_content')

    await ask(gateway, { model: 'openai/gpt-5', previous_response_id: row?.responseId })
    expect(inputOf(upstream.seen[1]?.body)).toContainEqual(
      expect.objectContaining({ encrypted_content: reasoning.encrypted_content }),
    )
  })

test('reasoning with a token that is no text is replayed without it', async () => {
  const odd = { ...reasoning, encrypted_content: true, content: [{ type: 'reasoning_text', text: 'Thinking.' }] }
  await using upstream = await startUpstream((_, response) => json(response, responseOf([odd, messageItem('Done.')])))
  await using gateway = await startGateway(accounts(upstream.url))
  const { id } = await read(await gateway.call('/v1/responses', { body: { model: 'openai/m', input: 'Go.' } }))
  const body = { model: 'openai/m', input: 'On.', previous_response_id: id }
  expect((await gateway.call('/v1/responses', { body })).status).toBe(200)
  expect(upstream.seen[1]?.text).not.toContain('encrypted_content":true')
})
