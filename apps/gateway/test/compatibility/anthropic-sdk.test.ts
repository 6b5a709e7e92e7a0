import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import type { ContentBlock, Message, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { actors } from '../support/dialects/actors/actors.js'
import type { Failing, SpokenName } from '../support/dialects/plain.js'
import { answer as saying, text } from '../support/dialects/scenes.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { looked, thinkerNames, thinkers, thinks } from '../support/thinkers.js'
import { json, startUpstream, type Script, type Upstream } from '../support/upstream.js'
import { pdf, png, simulators } from '../support/simulators.js'

/** The official SDK as its users have it: only the base URL and the key are changed. */
const sdk = (gateway: TestGateway, apiKey: string = keys.alice): Anthropic => new Anthropic({ baseURL: gateway.url, apiKey })

const weather: Tool = {
  name: 'weather',
  description: 'Tells the weather.',
  input_schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
    additionalProperties: false,
  },
}

const hello: MessageParam = { role: 'user', content: 'Hello!' }

const textOf = ({ content }: Message): string => content.map((block) => (block.type === 'text' ? block.text : '')).join('')

const kindsOf = (content: readonly ContentBlock[]): string[] => content.map(({ type }) => type)

let gateway: TestGateway
let client: Anthropic

beforeAll(async () => {
  gateway = await startGateway()
  client = sdk(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe.each(simulators)('%s', (account) => {
  const model = `${account}/talker`
  const asked = { model, max_tokens: 2000, messages: [hello] }

  test('messages.create, with the usage and the id of the request', async () => {
    const message = await client.messages.create({ ...asked, system: 'Be kind.', stop_sequences: ['never'] })
    expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null })
    expect(message.id).toMatch(/^msg_/)
    expect(textOf(message)).toContain('You said: Hello!')
    expect(message.usage.input_tokens).toBeGreaterThan(0)
    expect(message.usage.output_tokens).toBeGreaterThan(0)
    expect(message._request_id).toMatch(/^req_/)
  })

  test('the accumulator of messages.stream() makes the message that create gives', async () => {
    const plain = await client.messages.create(asked)
    const stream = client.messages.stream(asked)
    const pieces: string[] = []
    stream.on('text', (piece) => pieces.push(piece))
    const final = await stream.finalMessage()
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces.join('')).toBe(textOf(plain))
    expect(final).toMatchObject({ role: 'assistant', model: plain.model, stop_reason: 'end_turn', content: plain.content })
    expect(final.usage).toMatchObject({ input_tokens: plain.usage.input_tokens, output_tokens: plain.usage.output_tokens })
    expect(stream.request_id).toMatch(/^req_/)
  })

  test('a loop over a tool, plain and streamed', async () => {
    const request = { ...asked, tools: [weather] }
    for (const message of [await client.messages.create(request), await client.messages.stream(request).finalMessage()]) {
      expect(message.stop_reason).toBe('tool_use')
      const call = message.content.find((block) => block.type === 'tool_use')
      if (!call) throw new Error('There is no call.')
      expect(call).toMatchObject({ name: 'weather', input: { city: expect.any(String), days: expect.any(Number) } })
      const result: MessageParam = {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: call.id, content: [{ type: 'text', text: 'Sun.' }] }],
      }
      const messages = [hello, { role: message.role, content: message.content }, result]
      const answer = await client.messages.create({ ...request, messages })
      expect(answer.stop_reason).toBe('end_turn')
      expect(textOf(answer)).toContain('A tool answered: Sun.')
    }
  })

  test('a choice of tools is kept', async () => {
    const none = await client.messages.create({ ...asked, tools: [weather], tool_choice: { type: 'none' } })
    expect(kindsOf(none.content)).toEqual(['text'])
    const named = await client.messages.create({ ...asked, tools: [weather], tool_choice: { type: 'tool', name: 'weather' } })
    expect(kindsOf(named.content)).toEqual(['tool_use'])
  })

  test('thinking comes before the text, plain and streamed', async () => {
    const request = { ...asked, thinking: { type: 'enabled', budget_tokens: 1024 } } as const
    const plain = await client.messages.create(request)
    const stream = client.messages.stream(request)
    let thought = ''
    stream.on('thinking', (piece) => (thought += piece))
    const final = await stream.finalMessage()
    // Converse has no words of its own for how much to think: each family of models has others.
    const thinks = account !== 'simulator-converse'
    expect(kindsOf(plain.content)).toEqual(thinks ? ['thinking', 'text'] : ['text'])
    expect(kindsOf(final.content)).toEqual(kindsOf(plain.content))
    expect(final.content[0]).toMatchObject(thinks ? { thinking: thought } : { type: 'text' })
    if (thinks) expect(thought).toMatch(/characters long/)
    const messages = [hello, { role: plain.role, content: plain.content }, hello]
    expect((await client.messages.create({ ...request, messages })).stop_reason).toBe('end_turn')
  })

  test('images and documents are seen', async () => {
    const message = await client.messages.create({
      ...asked,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
            { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
          ],
        },
      ],
    })
    expect(textOf(message)).toMatch(/1 image and 1 file/)
  })

  test('messages.parse reads what a zod schema describes, plain and streamed', async () => {
    const Person = z.object({ name: z.string(), age: z.int(), tags: z.array(z.enum(['a', 'b'])) })
    const request = { ...asked, output_config: { format: zodOutputFormat(Person) } }
    const parsed = await client.messages.parse(request)
    expect(Person.parse(parsed.parsed_output)).toEqual(JSON.parse(textOf(parsed)))
    expect((await client.messages.stream(request).finalMessage()).parsed_output).toEqual(parsed.parsed_output)
  })

  test('a cut says so', async () => {
    const cut = await client.messages.create({ ...asked, max_tokens: 5 })
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
  })

  test('messages.countTokens counts what create is given', async () => {
    const { max_tokens: _, ...counted } = asked
    const { input_tokens: few } = await client.messages.countTokens(counted)
    const { input_tokens: more } = await client.messages.countTokens({
      ...counted,
      system: 'Be kind to whoever asks.',
      tools: [weather],
    })
    expect(few).toBeGreaterThan(0)
    expect(more).toBeGreaterThan(few)
  })

  test('a stream that its caller aborts ends upstream', async () => {
    const stream = client.messages.stream({ ...asked, model: `${account}/fault-stall-3` })
    const left = stream.emitted('abort')
    stream.on('text', () => stream.abort())
    expect(await left).toBeInstanceOf(Anthropic.APIUserAbortError)
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError)
    expect(stream.response?.headers.get('x-request-id')).toMatch(/^req_/)
    const rows = await gateway.ended(1)
    await expect
      .poll(() => rows.find(({ id }) => id === stream.response?.headers.get('x-request-id'))?.outcome)
      .toBe('client_closed')
  })

  test('a stream that breaks rejects, and is no message', async () => {
    const stream = client.messages.stream({ ...asked, model: `${account}/fault-cut-5` })
    let text = ''
    stream.on('text', (piece) => (text += piece))
    await expect(stream.finalMessage()).rejects.toMatchObject({ error: { type: 'error', error: { type: 'api_error' } } })
    expect(text).not.toBe('')
  })

  test("errors are the SDK's own classes", async () => {
    const caught = (status: number): Promise<unknown> =>
      client.messages.create({ ...asked, model: `${account}/fault-status-${status}` }, { maxRetries: 0 }).then(
        () => undefined,
        (error: unknown) => error,
      )
    const limited = await caught(429)
    expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
    expect(limited).toMatchObject({ status: 429, type: 'rate_limit_error', requestID: expect.stringMatching(/^req_/) })
    if (limited instanceof Anthropic.RateLimitError) expect(limited.headers.get('retry-after')).toBe('2')
    for (const status of [503, 529]) {
      const overloaded = await caught(status)
      expect(overloaded).toBeInstanceOf(Anthropic.InternalServerError)
      expect(overloaded).toMatchObject({
        type: status === 503 ? 'overloaded_error' : expect.stringMatching(/overloaded_error|api_error/),
      })
    }
    expect(await caught(400)).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await caught(404)).toBeInstanceOf(Anthropic.NotFoundError)
  })
})

// The keys of a record are of the type of its keys.
const languages = Object.keys(actors) as SpokenName[]

/** An upstream in every language, and a client of a gateway before them. */
async function before(script: Script): Promise<AsyncDisposable & { readonly upstream: Upstream; readonly client: Anthropic }> {
  const upstream = await startUpstream(script)
  const accounts = languages.map((dialect) => {
    const provider = dialect === 'chat-completions' ? 'openai-compatible' : thinkers[dialect].provider
    return [dialect, { provider, baseURL: upstream.url, dialect }]
  })
  const own = await startGateway({ accounts: Object.fromEntries(accounts) })
  return {
    upstream,
    client: new Anthropic({ baseURL: own.url, apiKey: keys.alice, maxRetries: 0 }),
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const caughtOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

const look: Tool = {
  name: 'look',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe.each(thinkerNames)('a model that thinks in %s', (spoken) => {
  const thinker = thinkers[spoken]

  test.each([false, true])(
    'has its thoughts and parallel calls brought back by the SDK as they were (streamed: %s)',
    async (streams) => {
      await using stage = await before(thinks)
      const request = {
        model: `${spoken}/${thinker.model}`,
        max_tokens: 4000,
        thinking: { type: 'adaptive' as const },
        tools: [look],
        messages: [{ role: 'user' as const, content: 'Ulm and Bern?' }],
      }
      const ask = (messages: MessageParam[]): Promise<Message> => {
        const asks = { ...request, messages }
        return streams ? stage.client.messages.stream(asks).finalMessage() : stage.client.messages.create(asks)
      }
      const first = await ask(request.messages)
      expect(first.stop_reason).toBe('tool_use')
      expect(first.content.find((block) => block.type === 'thinking')?.thinking).toBe('Two cities to look at.\n\nBoth at once.')
      const calls = first.content.filter((block) => block.type === 'tool_use')
      expect(calls.map(({ name, input }) => [name, input])).toEqual([
        ['look', { city: 'Ulm' }],
        ['look', { city: 'Bern' }],
      ])
      const results = calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'Grey.' }))
      const second = await ask([
        ...request.messages,
        { role: 'assistant', content: first.content },
        { role: 'user', content: results },
      ])
      expect(textOf(second)).toBe(looked)
      expect(thinker.turn(stage.upstream.seen[1]?.body ?? {})).toEqual(thinker.given)
    },
  )
})

const classes: readonly (readonly [Failing, new (...given: never[]) => Error, string])[] = [
  ['rejected', Anthropic.BadRequestError, 'invalid_request_error'],
  ['too long', Anthropic.BadRequestError, 'invalid_request_error'],
  ['not found', Anthropic.NotFoundError, 'not_found_error'],
  ['rate limited', Anthropic.RateLimitError, 'rate_limit_error'],
  ['overloaded', Anthropic.InternalServerError, 'overloaded_error'],
  ['failed', Anthropic.InternalServerError, 'api_error'],
]

describe.each(languages)('a provider that speaks %s', (spoken) => {
  const asked = { model: `${spoken}/some/model`, max_tokens: 90, messages: [hello] }

  test.each(classes)("fails (%s) as the SDK's own class", async (failing, kind, type) => {
    const { status, headers, body } = actors[spoken].refuses(failing)
    await using stage = await before((_, response) => json(response, body, status, headers))
    for (const error of [
      await caughtOf(stage.client.messages.create(asked)),
      await caughtOf(stage.client.messages.stream(asked).finalMessage()),
    ]) {
      expect(error).toBeInstanceOf(kind)
      expect(error).toMatchObject({ type, requestID: expect.stringMatching(/^req_/) })
      // Bedrock does not say how long to wait.
      const waits = spoken === 'converse' ? '1' : '7'
      if (failing === 'rate limited')
        expect((error as InstanceType<typeof Anthropic.APIError>).headers?.get('retry-after')).toBe(waits)
    }
    expect(stage.upstream.seen).toHaveLength(2)
  })

  test('that breaks off in its stream is an error, behind what was said', async () => {
    const { opening, content } = actors[spoken].streams(saying([text('Once upon a time')]))
    await using stage = await before((_, response) => {
      response.writeHead(200, { 'content-type': actors[spoken].streamType })
      for (const bytes of [...opening, ...content, actors[spoken].breaks]) response.write(bytes)
      response.end()
    })
    const stream = stage.client.messages.stream(asked)
    let said = ''
    stream.on('text', (piece) => (said += piece))
    expect(await caughtOf(stream.finalMessage())).toMatchObject({
      type: 'overloaded_error',
      requestID: expect.stringMatching(/^req_/),
    })
    expect(said).toBe('Once upon a time')
  })
})

test('what a request lacks is said by its own field, and a stranger is told so', async () => {
  const asked = { model: 'simulator/talker', max_tokens: 90, messages: [hello] }
  const wrong: readonly (readonly [object, string])[] = [
    [{ max_tokens: 'many' }, 'max_tokens'],
    [{ max_tokens: undefined }, 'max_tokens'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', data: 7 } }] }] },
      'messages[0].content[0].source',
    ],
    [{ tools: [{ name: 'x' }] }, 'tools[0].input_schema'],
    [{ tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    [{ thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
  ]
  for (const [fields, field] of wrong) {
    const error = await caughtOf(client.messages.create({ ...asked, ...fields }))
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ type: 'invalid_request_error', requestID: expect.stringMatching(/^req_/) })
    expect((error as Error).message).toContain(field)
  }
  const { max_tokens: _, ...counted } = asked
  const stranger = sdk(gateway, 'nobody')
  for (const refused of [() => stranger.messages.create(asked), () => stranger.messages.countTokens(counted)]) {
    const error = await caughtOf(refused())
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error).toMatchObject({ type: 'authentication_error', requestID: expect.stringMatching(/^req_/) })
  }
  for (const model of ['nobody/knows', 'simulator/nothing', 'nothing']) {
    const refusals = [() => client.messages.create({ ...asked, model }), () => client.messages.countTokens({ ...counted, model })]
    for (const refused of refusals) {
      const error = await caughtOf(refused())
      expect(error).toBeInstanceOf(Anthropic.NotFoundError)
      expect(error).toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/^req_/) })
      expect((error as Error).message).toContain(model)
    }
  }
})

test('a key may be a bearer token, and the beta face of the SDK is the same', async () => {
  const bearer = new Anthropic({ baseURL: gateway.url, authToken: keys.alice, apiKey: null })
  const asked = { model: 'simulator-messages/talker', max_tokens: 90, messages: [hello] }
  expect(textOf(await bearer.messages.create(asked))).toContain('You said: Hello!')
  const beta = await client.beta.messages.create({ ...asked, betas: ['interleaved-thinking-2025-05-14'] })
  expect(beta.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('You said: Hello!') })
  const { max_tokens: _, ...counted } = asked
  expect((await client.beta.messages.countTokens(counted)).input_tokens).toBeGreaterThan(0)
})
