import { createHash } from 'node:crypto'
import type { responses as wire } from '@weir/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { answers, message, text, type Answer } from '../support/tongues.js'
import { json, startUpstream, type Script, type Upstream } from '../support/upstream.js'

let script: Script
let upstream: Upstream
let gateway: TestGateway

beforeEach(async () => {
  upstream = await startUpstream((...given) => script(...given))
  const account = (provider: string, dialect: 'responses' | 'chat-completions') => ({ provider, baseURL: upstream.url, dialect })
  gateway = await startGateway({
    accounts: {
      native: account('openai-compatible', 'responses'),
      translated: account('openai-compatible', 'chat-completions'),
      reading: account('openai', 'chat-completions'),
    },
  })
})
afterEach(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const lanes = ['native', 'translated'] as const

interface Told {
  readonly whole: wire.ResponseObject
  /** The response of the last event. */
  readonly last: wire.ResponseObject
  readonly events: readonly Event[]
}

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly response?: wire.ResponseObject
  readonly item?: wire.OutputItem
  readonly output_index?: number
  readonly [field: string]: unknown
}

/**
 * Asks for an answer whole and streamed, and holds what is the same of every answer: what was stored is what was told, the last
 * event repeats the items that were streamed, and numbers have no gaps.
 */
async function told(account: string, answer: Answer, more: object = {}): Promise<Told> {
  script = answers(answer)
  const body = { model: `${account}/m`, input: 'Speak.', ...more }
  const whole = await read(await gateway.call('/v1/responses', { body }))
  const stream = await gateway.call('/v1/responses', { body: { ...body, stream: true } })
  // The frames of a Responses stream.
  const events = framesOf(await stream.text()) as unknown as readonly Event[]
  const last = events.at(-1)?.response
  if (!last) throw new Error(`The last event holds no response: ${JSON.stringify(events.at(-1))}`)
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, place) => place))
  expect(events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)).toEqual(last.output)
  for (const response of [whole, last]) expect(await read(await gateway.call(`/v1/responses/${response.id}`))).toEqual(response)
  expect(withoutIds(last.output)).toEqual(withoutIds(whole.output))
  for (const field of ['status', 'usage', 'service_tier', 'text', 'incomplete_details', 'metadata'] as const)
    expect(last[field]).toEqual(whole[field])
  return { whole, last, events }
}

const withoutIds = (output: readonly object[]): unknown[] => output.map((item) => ({ ...item, id: '' }))
const only = (events: readonly Event[], ...types: string[]): Event[] => events.filter(({ type }) => types.includes(`${type}`))
const partOf = ({ output }: wire.ResponseObject): unknown => (output[0] as wire.OutputMessage).content[0]

describe.each(lanes)('%s:', (lane) => {
  test('a refusal is a part of its own, told in pieces', async () => {
    const refusal = 'I will not do that.'
    const said = [
      { type: 'response.refusal.delta', delta: 'I will ' },
      { type: 'response.refusal.delta', delta: 'not do that.' },
      { type: 'response.refusal.done', refusal },
    ]
    const { whole, events } = await told(lane, {
      chat: { message: { refusal }, deltas: [[{ refusal: 'I will ' }], [{ refusal: 'not do that.' }]] },
      responses: message({ type: 'refusal', refusal }, said),
    })
    expect(whole).toMatchObject({ status: 'completed', output: [{ type: 'message', content: [{ type: 'refusal', refusal }] }] })
    expect(
      only(events, 'response.refusal.delta', 'response.refusal.done').map(({ delta, refusal: all }) => delta ?? all),
    ).toEqual(['I will ', 'not do that.', refusal])
    expect(events.filter(({ type }) => type.startsWith('response.output_text'))).toEqual([])
  })

  test('log probabilities come with each piece to whoever asks for them', async () => {
    for (const more of [{ include: ['message.output_text.logprobs'], top_logprobs: 1 }, { top_logprobs: 1 }]) {
      const { whole, events } = await told(lane, probable, more)
      expect(partOf(whole)).toEqual({ type: 'output_text', text: 'Yes.', annotations: [], logprobs })
      expect(only(events, 'response.output_text.delta').map(({ logprobs: of }) => of)).toEqual(logprobs.map((one) => [one]))
      expect(only(events, 'response.output_text.done')[0]?.logprobs).toEqual(logprobs)
    }
    const asked = lane === 'native' ? { top_logprobs: 1 } : { logprobs: true, top_logprobs: 1 }
    expect(upstream.seen.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => expect.objectContaining(asked)))
  })

  test('annotations follow their text in order, each once', async () => {
    const cited = [citation('https://one.example', 0, 3), citation('https://two.example', 4, 9)]
    const added = cited.map((annotation, place) => ({
      type: 'response.output_text.annotation.added',
      annotation,
      annotation_index: place,
    }))
    const chat = cited.map(({ type, ...rest }) => ({ type, [type]: rest }))
    const part = { type: 'output_text', text: 'See those.', annotations: cited, logprobs: [] }
    const { whole, events } = await told(lane, {
      chat: {
        message: { content: 'See those.', annotations: chat },
        deltas: [[{ content: 'See those.' }], [{ annotations: [chat[0]] }], [{ annotations: [chat[1]] }]],
      },
      responses: message(part, [
        { type: 'response.output_text.delta', delta: 'See those.', logprobs: [] },
        ...added,
        { type: 'response.output_text.done', text: 'See those.', logprobs: [] },
      ]),
    })
    expect(partOf(whole)).toEqual(part)
    const told_ = only(events, 'response.output_text.annotation.added')
    expect(told_.map(({ annotation }) => annotation)).toEqual(cited)
    expect(told_.map(({ annotation_index: place }) => place)).toEqual([0, 1])
  })

  test.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('an answer that ends early by %s is incomplete, and so is its last item', async (finish, reason) => {
    const answer = text('Half ', 'an')
    const [item] = answer.responses.output
    const cut = { ...item, status: 'incomplete' }
    const { last, events } = await told(lane, {
      chat: { ...answer.chat, choice: { finish_reason: finish } },
      responses: {
        output: [cut],
        events: answer.responses.events.map((event) =>
          event.type === 'response.output_item.done' ? { ...event, item: cut } : event,
        ),
        response: { status: 'incomplete', completed_at: null, incomplete_details: { reason } },
      },
    })
    expect(last).toMatchObject({ status: 'incomplete', completed_at: null, incomplete_details: { reason } })
    expect(last.output).toEqual([expect.objectContaining({ status: 'incomplete' })])
    expect(events.at(-1)?.type).toBe('response.incomplete')
  })

  test('the tier of service is the one that was used, not the one that was asked for', async () => {
    const used = { service_tier: 'flex' }
    const { last } = await told(lane, text('So ', 'be it.', { chat: { message: { content: 'So be it.' }, completion: used } }), {
      service_tier: 'default',
    })
    expect(last.service_tier).toBe(lane === 'native' ? 'default' : 'flex')
    const silent = await told(lane, text('So ', 'be it.'), { service_tier: 'auto' })
    expect(silent.last.service_tier).toBe('default')
  })

  test('tokens are told with those that came from a cache and those that were thought', async () => {
    const usage = {
      prompt_tokens: 20,
      prompt_tokens_details: { cached_tokens: 12 },
      completion_tokens: 9,
      completion_tokens_details: { reasoning_tokens: 6 },
      total_tokens: 29,
    }
    const expected = {
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 12, cache_write_tokens: 0 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 6 },
      total_tokens: 29,
    }
    const more = { chat: { completion: { usage } }, responses: { response: { usage: expected } } }
    expect((await told(lane, text('A ', 'few.', more))).last.usage).toEqual(expected)
  })

  test('a schema goes as it was given, and strictness only where it was said', async () => {
    const schema = { type: 'object', properties: { b: {}, a: {} }, required: ['b'] }
    for (const strict of [undefined, true, false]) {
      const facts = { name: 'weather', schema, ...(strict !== undefined && { strict }) }
      const { last } = await told(lane, text('{"b":', '1}'), { text: { format: { type: 'json_schema', ...facts } } })
      if (lane === 'translated')
        expect(last.text).toEqual({
          format: { type: 'json_schema', name: 'weather', schema, strict: strict ?? false, description: null },
        })
      const sent = upstream.seen.at(-1)?.body ?? {}
      const format = lane === 'native' ? sent['text'] : sent['response_format']
      expect(JSON.stringify(format)).toBe(
        JSON.stringify(
          lane === 'native' ? { format: { type: 'json_schema', ...facts } } : { type: 'json_schema', json_schema: facts },
        ),
      )
    }
    await told(lane, text('{}', ''), { text: { format: { type: 'json_object' } } })
    const { body = {} } = upstream.seen.at(-1) ?? {}
    expect(body).toMatchObject(
      lane === 'native' ? { text: { format: { type: 'json_object' } } } : { response_format: { type: 'json_object' } },
    )
  })

  test('what the caller labels its request with is told back', async () => {
    const labels = {
      metadata: { project: 'weir' },
      prompt_cache_key: 'thread-1',
      safety_identifier: 'user-7',
      user: 'ada',
      reasoning: { effort: 'high', summary: 'auto' },
    }
    const echoing = { response: { ...labels, metadata: {} } }
    const { last, events } = await told(lane, text('Fine', '.', { responses: echoing }), labels)
    expect(last).toMatchObject(labels)
    if (lane === 'translated') expect(events[0]?.response).toMatchObject(labels)
    expect(upstream.seen.every(({ body }) => !('metadata' in body))).toBe(true)
  })

  test('an error within a stream says what it is both flat and nested, and is the last word but one', async () => {
    script = (_, response) => {
      const [opening] = text('Half ', 'an answer').responses.events
      const error = { type: 'server_error', code: 'server_error', message: 'The model fell over.', param: null }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      if (lane === 'native') {
        response.write(`data: ${JSON.stringify({ ...opening, sequence_number: 0 })}\n\n`)
        response.write(
          `data: ${JSON.stringify({ type: 'response.output_text.delta', item_id: 'msg_up', output_index: 0, content_index: 0, delta: 'Half', sequence_number: 1 })}\n\n`,
        )
        response.end(`data: ${JSON.stringify({ type: 'error', error, sequence_number: 2 })}\n\n`)
      } else {
        response.write(`data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: 'Half' } }] })}\n\n`)
        response.end(`data: ${JSON.stringify({ error })}\n\n`)
      }
    }
    const answer = await gateway.call('/v1/responses', { body: { model: `${lane}/m`, input: 'Speak.', stream: true } })
    const [error, failed] = framesOf(await answer.text()).slice(-2)
    expect(error).toMatchObject({
      type: 'error',
      code: 'server_error',
      message: 'The model fell over.',
      param: null,
      error: { type: 'server_error', code: 'server_error', message: 'The model fell over.', param: null },
    })
    expect(failed).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } })
  })
})

const citation = (url: string, start: number, end: number) => ({
  type: 'url_citation',
  url,
  title: url,
  start_index: start,
  end_index: end,
})

const logprobs = [
  { token: 'Ye', logprob: -0.1, bytes: [89, 101], top_logprobs: [{ token: 'Ye', logprob: -0.1, bytes: [89, 101] }] },
  { token: 's.', logprob: -0.2, bytes: [115, 46], top_logprobs: [{ token: 's.', logprob: -0.2, bytes: [115, 46] }] },
]

const probable: Answer = {
  chat: {
    message: { content: 'Yes.' },
    choice: { logprobs: { content: logprobs, refusal: null } },
    deltas: logprobs.map((one) => [{ content: one.token }, { logprobs: { content: [one], refusal: null } }] as const),
  },
  responses: message({ type: 'output_text', text: 'Yes.', annotations: [], logprobs }, [
    ...logprobs.map((one) => ({ type: 'response.output_text.delta', delta: one.token, logprobs: [one] })),
    { type: 'response.output_text.done', text: 'Yes.', logprobs },
  ]),
}

test('log probabilities that a chat server gives unasked go no further, and none are asked for', async () => {
  const { whole, events } = await told('translated', probable)
  expect(partOf(whole)).toEqual({ type: 'output_text', text: 'Yes.', annotations: [], logprobs: [] })
  expect(
    only(events, 'response.output_text.delta', 'response.output_text.done').every(({ logprobs: of }) => `${of}` === ''),
  ).toBe(true)
  expect(upstream.seen.every(({ body }) => !('logprobs' in body) && !('top_logprobs' in body))).toBe(true)
})

test('the reasoning of a chat server is raw content, before the text; a summary that was asked for is declared lost', async () => {
  const answer = text('Four', '.')
  const { whole, events } = await told(
    'translated',
    {
      ...answer,
      chat: {
        message: { content: 'Four.', reasoning_content: 'Two and two.' },
        deltas: [[{ reasoning_content: 'Two ' }], [{ reasoning_content: 'and two.' }], ...answer.chat.deltas],
      },
    },
    { reasoning: { effort: 'low', summary: 'auto' } },
  )
  expect(whole.output).toMatchObject([
    { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Two and two.' }] },
    { type: 'message' },
  ])
  expect(only(events, 'response.reasoning_text.delta').map(({ delta }) => delta)).toEqual(['Two ', 'and two.'])
  expect(only(events, 'response.reasoning_text.done')).toMatchObject([
    { text: 'Two and two.', output_index: 0, content_index: 0 },
  ])
  expect(events.filter(({ type }) => type.includes('summary'))).toEqual([])
  expect(upstream.seen[0]?.body).toMatchObject({ reasoning_effort: 'low' })
  expect((await gateway.ended(2))[0]?.losses).toEqual([
    expect.objectContaining({ path: 'reasoning.summary', disposition: 'dropped' }),
  ])
})

test('the summary of a native server is a summary, and its events pass', async () => {
  const reasoning = { id: 'rs_up', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Adding up.' }] }
  const place = { item_id: 'rs_up', output_index: 0, summary_index: 0 }
  const events = [
    { type: 'response.output_item.added', output_index: 0, item: { ...reasoning, summary: [], encrypted_content: null } },
    { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...place, delta: 'Adding up.' },
    { type: 'response.reasoning_summary_text.done', ...place, text: 'Adding up.' },
    { type: 'response.reasoning_summary_part.done', ...place, part: reasoning.summary[0] },
    { type: 'response.output_item.done', output_index: 0, item: { ...reasoning, encrypted_content: null } },
  ]
  const { chat } = text('', '')
  const { whole, events: seen } = await told('native', {
    chat,
    responses: { output: [{ ...reasoning, encrypted_content: null }], events },
  })
  expect(whole.output).toEqual([reasoning])
  expect(seen.map(({ type }) => type).slice(2, -1)).toEqual(events.map(({ type }) => type))
  expect(JSON.stringify(seen)).not.toContain('encrypted_content')
})

test('the phase of a message is kept in a history and in an answer; what is null where a text belongs is left out', async () => {
  const answer = text('Looking', '.')
  const phased = (phase: string | null): Answer => ({
    ...answer,
    responses: {
      output: answer.responses.output.map((item) => ({ ...item, phase })),
      events: answer.responses.events.map((event) =>
        typeof event['item'] === 'object' ? { ...event, item: { ...event['item'], phase } } : event,
      ),
      response: { text: { format: { type: 'text' }, verbosity: null } },
    },
  })
  const input = [
    { role: 'user', content: 'Hi' },
    { type: 'message', role: 'assistant', content: 'One moment.', phase: 'commentary' },
    { role: 'user', content: 'Well?' },
  ]
  const { whole } = await told('native', phased('final_answer'), { input })
  expect(whole.output).toMatchObject([{ phase: 'final_answer' }])
  expect(upstream.seen[0]?.body['input']).toEqual(input)
  const { last, events } = await told('native', phased(null))
  expect(JSON.stringify([last, events])).not.toMatch(/"(phase|verbosity)":/)

  // A next turn brings both phases back.
  const next = { model: 'native/m', input: 'Go on.', previous_response_id: whole.id }
  await gateway.call('/v1/responses', { body: next })
  const history = upstream.seen.at(-1)?.body['input'] as readonly { readonly phase?: string }[]
  expect(history.map(({ phase }) => phase)).toEqual([undefined, 'commentary', undefined, 'final_answer', undefined])
})

test('only a provider that reads them is told who asks and how it is to be served', async () => {
  const hints = { prompt_cache_key: 'thread-1', safety_identifier: 'user-7', service_tier: 'priority' }
  script = answers(text('Fine', '.'))
  for (const account of ['reading', 'translated'])
    await gateway.call('/v1/responses', { body: { model: `${account}/m`, input: 'Speak.', ...hints, metadata: { a: 'b' } } })
  expect(upstream.seen[0]?.body).toMatchObject(hints)
  const told_ = Object.keys(upstream.seen[1]?.body ?? {})
  expect(told_.filter((field) => field in hints || field === 'metadata')).toEqual([])
  const [first, second] = await gateway.ended(2)
  expect(first?.losses).toEqual([])
  expect(second?.losses).toEqual([expect.objectContaining({ path: 'serviceTier', disposition: 'dropped' })])
})

test('whoever asks under a longer name than the provider takes is known to it by a digest', async () => {
  script = answers(text('Fine', '.'))
  const ask = async (user_id: string) =>
    gateway.call('/v1/messages', {
      body: { model: 'reading/m', max_tokens: 9, messages: [{ role: 'user', content: 'Speak.' }], metadata: { user_id } },
    })
  const record = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: 's' })
  for (const name of ['n'.repeat(64), record, record]) expect((await ask(name)).status).toBe(200)
  const digest = createHash('sha256').update(record).digest('hex')
  expect(upstream.seen.map(({ body }) => body['safety_identifier'])).toEqual(['n'.repeat(64), digest, digest])
  const rows = await gateway.ended(3)
  const lost = rows.map(({ losses }) => losses.filter(({ path }) => path === 'safetyIdentifier').length)
  expect(lost.toSorted()).toEqual([0, 1, 1])
})

test('what a target cannot include is declared, and refused where nothing may be dropped', async () => {
  script = (_, response) => json(response, {}, 500)
  const include = [
    'message.output_text.logprobs',
    'web_search_call.action.sources',
    'reasoning.encrypted_content',
    'newer.than_this',
  ]
  const body = { model: 'translated/m', input: 'Speak.', include }
  await gateway.call('/v1/responses', { body })
  const [row] = await gateway.ended(1)
  expect(row?.losses.map(({ path }) => path).toSorted()).toEqual(['include[1]', 'include[2]', 'include[3]'])
  const strict = await gateway.call('/v1/responses', { body, headers: { 'x-weir-translation': 'strict' } })
  expect(strict.status).toBe(400)
  expect(upstream.seen).toHaveLength(1)
})
