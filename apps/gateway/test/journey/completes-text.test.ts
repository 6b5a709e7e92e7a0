import type { completions as wire, responses } from '@weir/contracts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { type Face, faces, speak, speech } from '../support/faces.js'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { answers, message, text, type Answer } from '../support/tongues.js'
import { data, json, startUpstream, type Script, type Upstream } from '../support/upstream.js'

let script: Script
let upstream: Upstream
let gateway: TestGateway

const prompt = 'Once upon a time'
const pieces = [', there ', 'was a gateway.']
const said = pieces.join('')

beforeEach(async () => {
  script = ({ path, body }, response) =>
    speak(response, body['stream'] === true, speech(path.endsWith('/responses') ? 'responses' : 'chat-completions', pieces))
  upstream = await startUpstream((...given) => script(...given))
  const account = (dialect: Face) => ({ provider: 'openai-compatible', baseURL: upstream.url, dialect })
  gateway = await startGateway({
    accounts: { responses: account('responses'), 'chat-completions': account('chat-completions') },
  })
})
afterEach(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const complete = (spoken: Face, fields: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  gateway.call('/v1/completions', { body: { model: `${spoken}/m`, prompt, ...fields }, headers })

// The frames of a stream of completions.
const chunksOf = (stream: string): wire.Completion[] => framesOf(stream) as unknown as wire.Completion[]

/** The text of each choice, whole or streamed. */
async function textsOf(answer: Response): Promise<string[]> {
  expect(answer.status).toBe(200)
  const streams = answer.headers.get('content-type')?.includes('event-stream') === true
  const parts = streams ? chunksOf(await answer.text()) : [await read<wire.Completion>(answer)]
  const texts: string[] = []
  for (const choice of parts.flatMap(({ choices }) => choices)) texts[choice.index] = (texts[choice.index] ?? '') + choice.text
  return texts
}

describe.each(faces)('over an upstream that speaks %s:', (spoken) => {
  test('a text is gone on with, whole', async () => {
    const answer = await complete(spoken, { max_tokens: 20, temperature: 0.5, user: 'ada' })
    expect(await read(answer)).toEqual({
      id: expect.stringMatching(/^cmpl-[\w-]{16,}$/),
      object: 'text_completion',
      created: expect.any(Number),
      model: 'm',
      provider: spoken,
      choices: [{ text: said, index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 5,
        total_tokens: 8,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    })
    const [sent] = upstream.seen
    expect(sent?.path).toBe(spoken === 'responses' ? '/v1/responses' : '/v1/chat/completions')
    expect(sent?.body).toMatchObject(
      spoken === 'responses'
        ? { input: [{ role: 'user', content: prompt }], max_output_tokens: 20, store: false }
        : { messages: [{ role: 'user', content: prompt }], max_tokens: 20 },
    )
    expect(sent?.body).toMatchObject({ model: 'm', temperature: 0.5, user: 'ada' })
    expect((await gateway.ended(1))[0]).toMatchObject({
      dialect: 'completions',
      lane: 'translated',
      outcome: 'completed',
      losses: [],
    })
  })

  test('a text is gone on with, in chunks that end with [DONE]', async () => {
    const answer = await complete(spoken, { stream: true })
    const stream = await answer.text()
    expect(stream.endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = chunksOf(stream)
    expect(chunks.map(({ choices }) => choices)).toEqual([
      ...pieces.map((piece) => [{ text: piece, index: 0, logprobs: null, finish_reason: null }]),
      [{ text: '', index: 0, logprobs: null, finish_reason: 'stop' }],
    ])
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ id: chunks[0]?.id, object: 'text_completion', created: chunks[0]?.created, model: 'm' })
      expect(chunk).not.toHaveProperty('usage')
    }
    expect(chunks[0]?.id).toMatch(/^cmpl-/)
  })

  test('a stream tells its usage to whoever asks', async () => {
    const answer = await complete(spoken, { stream: true, stream_options: { include_usage: true } })
    const chunks = chunksOf(await answer.text())
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } })
  })

  for (const stream of [false, true]) {
    const how = stream ? 'streamed' : 'whole'

    test(`an echo begins with the prompt, ${how}`, async () => {
      expect(await textsOf(await complete(spoken, { stream, echo: true }))).toEqual([prompt + said])
      const row = (await gateway.ended(1))[0]
      expect(row?.losses).toEqual([])
      expect(JSON.stringify(upstream.seen[0]?.body)).not.toContain('echo')
    })

    test(`what is kept on request is a response, ${how}`, async () => {
      const answer = await complete(spoken, { stream, store: true, echo: true, metadata: { team: 'search' } })
      const id = answer.headers.get('x-weir-response-id')
      expect(id).toMatch(/^resp_/)
      expect(await textsOf(answer)).toEqual([prompt + said])
      expect(await read<responses.ResponseObject>(await gateway.call(`/v1/responses/${id}`))).toMatchObject({
        id,
        status: 'completed',
        store: true,
        metadata: { team: 'search' },
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] }],
      })
      expect(await read(await gateway.call(`/v1/responses/${id}/input_items`))).toMatchObject({
        data: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] }],
      })
      const next = await gateway.call('/v1/responses', {
        body: { model: `${spoken}/m`, input: 'Go on.', previous_response_id: id },
      })
      expect(next.status).toBe(200)
      expect(JSON.stringify(upstream.seen.at(-1)?.body)).toContain(said)
    })

    test(`nothing is kept of what does not ask for it, ${how}`, async () => {
      const answer = await complete(spoken, { stream })
      expect(answer.headers.has('x-weir-response-id')).toBe(false)
      await answer.text()
      expect((await gateway.ended(1))[0]).toMatchObject({ stored: false, responseId: null })
    })

    test(`a repeated create is answered once, ${how}`, async () => {
      const ask = async (): Promise<Response> => complete(spoken, { stream, echo: true }, { 'idempotency-key': 'k' })
      const first = await textsOf(await ask())
      const second = await ask()
      expect(second.headers.get('idempotent-replayed')).toBe('true')
      expect(await textsOf(second)).toEqual(first)
      expect(upstream.seen).toHaveLength(1)
    })

    test(`a refusal is text, and reasoning none, ${how}`, async () => {
      script = answers(refusing)
      expect(await textsOf(await complete(spoken, { stream }))).toEqual(['I will not.'])
    })

    test(`log probabilities come in lists that count from the prompt on, ${how}`, async () => {
      script = answers(probable)
      const answer = await complete(spoken, { stream, logprobs: 1 })
      const parts = stream ? chunksOf(await answer.text()) : [await read<wire.Completion>(answer)]
      const told = parts.flatMap(({ choices }) => choices.flatMap(({ logprobs: of }) => of ?? []))
      expect(told.flatMap(({ tokens }) => tokens)).toEqual(['Ye', 's.'])
      expect(told.flatMap(({ token_logprobs: of }) => of)).toEqual([-0.1, -0.2])
      expect(told.flatMap(({ top_logprobs: of }) => of)).toEqual([{ Ye: -0.1, No: -2 }, { 's.': -0.2 }])
      expect(told.flatMap(({ text_offset: of }) => of)).toEqual([prompt.length, prompt.length + 2])
      expect(upstream.seen[0]?.body).toMatchObject({ top_logprobs: 1 })
    })
  }

  test('an answer that its limit cut short says so', async () => {
    const answer = text('Half ', 'an')
    script = answers({
      chat: { ...answer.chat, choice: { finish_reason: 'length' } },
      responses: { ...answer.responses, response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } } },
    })
    expect(await read(await complete(spoken, { max_tokens: 2 }))).toMatchObject({
      choices: [{ text: 'Half an', finish_reason: 'length' }],
    })
    expect(chunksOf(await (await complete(spoken, { max_tokens: 2, stream: true })).text()).at(-1)).toMatchObject({
      choices: [{ text: '', finish_reason: 'length' }],
    })
  })

  test('a best of more than is shown is a declared loss, and refused where none may be', async () => {
    const answer = await complete(spoken, { best_of: 3 })
    expect(answer.headers.get('x-weir-losses')).toBe('1; extras.completions.best_of dropped')
    await answer.text()
    const strict = await complete(spoken, { best_of: 3 }, { 'x-weir-translation': 'strict' })
    expect(strict.status).toBe(400)
    expect(await errorOf(strict)).toMatchObject({ code: 'untranslatable', param: 'extras.completions.best_of' })
    expect(upstream.seen).toHaveLength(1)
  })

  test("a provider's error is told as OpenAI tells it", async () => {
    script = (_, response) =>
      json(
        response,
        { error: { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } },
        429,
      )
    for (const stream of [false, true]) {
      const answer = await complete(spoken, { stream })
      expect(answer.status).toBe(429)
      expect(await read(answer)).toEqual({
        error: { message: expect.any(String), type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' },
      })
    }
  })

  test('a stream that breaks off says why, and does not end well', async () => {
    script = (_, response) => {
      const { opening, deltas } = speech(spoken, pieces)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(
        opening + deltas.join('') + data({ type: 'error', error: { message: 'The model fell over.', code: 'server_error' } }),
      )
    }
    const stream = await (await complete(spoken, { stream: true })).text()
    const chunks = framesOf(stream)
    expect(chunks.slice(0, -1).map((chunk) => (chunk['choices'] as wire.CompletionChoice[])[0]?.text)).toEqual(pieces)
    expect(chunks.at(-1)).toEqual({
      error: { message: 'The model fell over.', type: 'server_error', param: null, code: expect.any(String) },
    })
    expect(stream).not.toContain('[DONE]')
  })
})

test('several choices come side by side, from an upstream that gives them', async () => {
  script = ({ body }, response) => {
    const choice = (index: number, word: string): object => ({
      index,
      message: { role: 'assistant', content: word },
      finish_reason: 'stop',
    })
    const head = { id: 'c', created: 1, model: 'm' }
    if (body['stream'] !== true)
      return json(response, { ...head, object: 'chat.completion', choices: [choice(0, 'one'), choice(1, 'two')] })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [index, content] of [
      [1, 'tw'],
      [0, 'one'],
      [1, 'o'],
    ] as const)
      response.write(data({ ...head, choices: [{ index, delta: { content }, finish_reason: null }] }))
    for (const index of [0, 1]) response.write(data({ ...head, choices: [{ index, delta: {}, finish_reason: 'stop' }] }))
    response.end(data('[DONE]'))
  }
  for (const stream of [false, true]) {
    expect(await textsOf(await complete('chat-completions', { n: 2, stream }))).toEqual(['one', 'two'])
    expect(upstream.seen.at(-1)?.body).toMatchObject({ n: 2 })
  }
})

test.each([
  ['several prompts', { prompt: ['a', 'b'] }, 'prompt'],
  ['a prompt of tokens', { prompt: [464, 2159] }, 'prompt'],
  ['prompts of tokens', { prompt: [[464], [2159]] }, 'prompt'],
  ['a suffix', { suffix: 'The end.' }, 'suffix'],
  ['the log probabilities of an echo', { echo: true, logprobs: 1 }, 'echo'],
] as const)('%s cannot be had, which is said before any model is asked', async (_, fields, param) => {
  for (const stream of [false, true]) {
    const answer = await complete('chat-completions', { ...fields, stream })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toMatchObject({ code: 'unsupported_parameter', param, type: 'invalid_request_error' })
  }
  expect(upstream.seen).toEqual([])
})

test.each([
  ['no prompt', { prompt: undefined }, 'missing_required_parameter', 'prompt'],
  ['a prompt that is null', { prompt: null }, 'invalid_value', 'prompt'],
  ['a prompt of objects', { prompt: [{}] }, 'invalid_value', 'prompt[0]'],
  ['more probabilities than there are', { logprobs: 6 }, 'invalid_value', 'logprobs'],
  ['a best of fewer than are asked for', { n: 3, best_of: 2 }, 'invalid_value', 'best_of'],
  ['a field in another case', { Prompt: 'x' }, 'ambiguous_field', 'Prompt'],
] as const)('%s is refused by name', async (_, fields, code, param) => {
  const answer = await complete('chat-completions', fields)
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code, param })
  expect(upstream.seen).toEqual([])
})

test('it answers under every prefix, and to no other method', async () => {
  for (const prefix of ['', '/v1', '/api/llm', '/api/llm/v1', '/api/llm/api/inference/openai']) {
    const body = { model: 'simulator/talker', prompt }
    expect(await read(await gateway.call(`${prefix}/completions`, { body }))).toMatchObject({ object: 'text_completion' })
  }
  expect((await gateway.call('/v1/completions')).status).toBe(405)
})

const thinking = { id: 'rs_up', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }
const refused = message({ type: 'refusal', refusal: 'I will not.' }, [
  { type: 'response.refusal.delta', delta: 'I will ' },
  { type: 'response.refusal.delta', delta: 'not.' },
  { type: 'response.refusal.done', refusal: 'I will not.' },
])
const refusing: Answer = {
  chat: {
    message: { refusal: 'I will not.', reasoning_content: 'Hm.' },
    deltas: [[{ reasoning_content: 'Hm.' }], [{ refusal: 'I will ' }], [{ refusal: 'not.' }]],
  },
  responses: {
    output: [thinking, ...refused.output],
    events: [
      { type: 'response.output_item.added', output_index: 0, item: { ...thinking, summary: [] } },
      { type: 'response.output_item.done', output_index: 0, item: thinking },
      ...refused.events.map((event) => ({ ...event, output_index: 1 })),
    ],
  },
}

const token = (of: string, logprob: number, others: readonly object[] = []): { token: string; [field: string]: unknown } => {
  const own = { token: of, logprob, bytes: [...Buffer.from(of)] }
  return { ...own, top_logprobs: [own, ...others] }
}
const logprobs = [token('Ye', -0.1, [{ token: 'No', logprob: -2, bytes: [78, 111] }]), token('s.', -0.2)]
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
