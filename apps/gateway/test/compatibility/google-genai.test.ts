import {
  ApiError,
  FunctionCallingConfigMode,
  GoogleGenAI,
  type Content,
  type FunctionDeclaration,
  type Part,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actors } from '../support/dialects/actors/actors.js'
import type { Failing, SpokenName } from '../support/dialects/plain.js'
import { answer as saying, text } from '../support/dialects/scenes.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { looked, thinkerNames, thinkers, thinks } from '../support/thinkers.js'
import { json, startUpstream, type Script, type Upstream } from '../support/upstream.js'
import { pdf, png, simulators } from '../support/simulators.js'

/** The official SDK as its users have it: only the base URL and the key are changed. */
const sdk = (gateway: TestGateway, apiKey: string = keys.alice): GoogleGenAI =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } })

const weather: FunctionDeclaration = {
  name: 'weather',
  description: 'Tells the weather.',
  parametersJsonSchema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
    additionalProperties: false,
  },
}

let gateway: TestGateway
let client: GoogleGenAI

beforeAll(async () => {
  gateway = await startGateway()
  client = sdk(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const caughtOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each(simulators)('%s', (account) => {
  const model = `${account}/talker`
  const asked = { model, contents: 'Hello!' }

  test('generateContent, with its usage and the id of the request', async () => {
    const config = { systemInstruction: 'Be kind.', temperature: 0.5, maxOutputTokens: 2000, stopSequences: ['never'] }
    const answer = await client.models.generateContent({ ...asked, config })
    expect(answer.text).toContain('You said: Hello!')
    expect(answer.candidates?.[0]).toMatchObject({ finishReason: 'STOP', index: 0, content: { role: 'model' } })
    const { promptTokenCount: prompt = 0, candidatesTokenCount: said = 0, totalTokenCount: total } = answer.usageMetadata ?? {}
    expect(prompt).toBeGreaterThan(0)
    expect(said).toBeGreaterThan(0)
    expect(total).toBe(prompt + said)
    expect(answer.sdkHttpResponse?.headers?.['x-request-id']).toMatch(/^req_/)
  })

  test('generateContentStream gives in pieces what generateContent gives whole', async () => {
    const plain = await client.models.generateContent(asked)
    const chunks = []
    for await (const chunk of await client.models.generateContentStream(asked)) chunks.push(chunk)
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(plain.text)
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    expect(chunks.at(-1)?.usageMetadata).toMatchObject({
      promptTokenCount: plain.usageMetadata?.promptTokenCount,
      candidatesTokenCount: plain.usageMetadata?.candidatesTokenCount,
    })
    expect(new Set(chunks.map(({ responseId }) => responseId)).size).toBe(1)
  })

  test('a loop over a function, plain and streamed', async () => {
    const config = { tools: [{ functionDeclarations: [weather] }] }
    const plain = await client.models.generateContent({ ...asked, config })
    const streamed: Part[] = []
    for await (const chunk of await client.models.generateContentStream({ ...asked, config }))
      streamed.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    for (const parts of [plain.candidates?.[0]?.content?.parts ?? [], streamed]) {
      const call = parts.find(({ functionCall }) => functionCall)?.functionCall
      expect(call).toMatchObject({ name: 'weather', args: { city: expect.any(String), days: expect.any(Number) } })
      const contents: Content[] = [
        { role: 'user', parts: [{ text: 'Hello!' }] },
        { role: 'model', parts },
        {
          role: 'user',
          parts: [{ functionResponse: { ...(call?.id && { id: call.id }), name: 'weather', response: { output: 'Sun.' } } }],
        },
      ]
      const answer = await client.models.generateContent({ model, contents, config })
      expect(answer.text).toContain('A tool answered: Sun.')
    }
    expect(plain.functionCalls?.[0]?.name).toBe('weather')
  })

  test('a mode of calling is kept', async () => {
    const choosing = async (mode: FunctionCallingConfigMode): Promise<number> => {
      const config = { tools: [{ functionDeclarations: [weather] }], toolConfig: { functionCallingConfig: { mode } } }
      return (await client.models.generateContent({ ...asked, config })).functionCalls?.length ?? 0
    }
    expect(await choosing(FunctionCallingConfigMode.NONE)).toBe(0)
    expect(await choosing(FunctionCallingConfigMode.ANY)).toBe(1)
  })

  test('a chat of the SDK goes on with its own history', async () => {
    const chat = client.chats.create({ model })
    expect((await chat.sendMessage({ message: 'First.' })).text).toContain('You said: First.')
    let text = ''
    for await (const chunk of await chat.sendMessageStream({ message: 'Second.' })) text += chunk.text ?? ''
    expect(text).toContain('You said: Second.')
    // The SDK keeps a stream as its chunks.
    expect(chat.getHistory(true).length).toBeGreaterThan(4)
    expect((await chat.sendMessage({ message: 'Third.' })).text).toContain('You said: Third.')
  })

  test('thoughts come before the text, plain and streamed', async () => {
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } }
    const plain = await client.models.generateContent({ ...asked, config })
    const thoughts = (parts: readonly Part[] = []): string => parts.map(({ thought, text }) => (thought ? text : '')).join('')
    let streamed = ''
    for await (const chunk of await client.models.generateContentStream({ ...asked, config }))
      streamed += thoughts(chunk.candidates?.[0]?.content?.parts)
    // Converse has no words of its own for how much to think: each family of models has others.
    if (account === 'simulator-converse') expect(streamed).toBe('')
    else {
      expect(streamed).toMatch(/characters long/)
      expect(plain.usageMetadata?.thoughtsTokenCount).toBeGreaterThan(0)
    }
    expect(thoughts(plain.candidates?.[0]?.content?.parts)).toBe(streamed)
    expect(plain.text).toContain('You said: Hello!')
  })

  test('images and documents are seen', async () => {
    const parts = [
      { text: 'Look.' },
      { inlineData: { mimeType: 'image/png', data: png } },
      { inlineData: { mimeType: 'application/pdf', data: pdf } },
    ]
    const answer = await client.models.generateContent({ model, contents: [{ role: 'user', parts }] })
    expect(answer.text).toMatch(/1 image and 1 file/)
  })

  test('an answer follows a schema, plain and streamed', async () => {
    const responseJsonSchema = {
      type: 'object',
      properties: { name: { type: 'string' }, tags: { type: 'array', items: { enum: ['a', 'b'] } } },
      required: ['name', 'tags'],
      additionalProperties: false,
    }
    const config = { responseMimeType: 'application/json', responseJsonSchema }
    const plain = await client.models.generateContent({ ...asked, config })
    expect(JSON.parse(plain.text ?? '')).toMatchObject({ name: expect.any(String), tags: expect.any(Array) })
    let streamed = ''
    for await (const chunk of await client.models.generateContentStream({ ...asked, config })) streamed += chunk.text ?? ''
    expect(streamed).toBe(plain.text)
  })

  test('a cut says so', async () => {
    const cut = await client.models.generateContent({ ...asked, config: { maxOutputTokens: 5 } })
    expect(cut.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(cut.usageMetadata?.candidatesTokenCount).toBe(5)
  })

  test('countTokens counts what is given', async () => {
    const { totalTokens: few = 0 } = await client.models.countTokens(asked)
    const { totalTokens: more = 0 } = await client.models.countTokens({ model, contents: 'Hello, and how are you today?' })
    expect(few).toBeGreaterThan(0)
    expect(more).toBeGreaterThan(few)
  })

  test('a stream that its caller aborts ends upstream', async () => {
    const leaving = new AbortController()
    let id: string | undefined
    const read = async (): Promise<void> => {
      const request = { ...asked, model: `${account}/fault-stall-5`, config: { abortSignal: leaving.signal } }
      for await (const chunk of await client.models.generateContentStream(request)) {
        id = chunk.sdkHttpResponse?.headers?.['x-request-id']
        leaving.abort()
      }
    }
    expect(await caughtOf(read())).toMatchObject({ name: 'AbortError' })
    expect(id).toMatch(/^req_/)
    const rows = await gateway.ended(1)
    await expect.poll(() => rows.find((row) => row.id === id)?.outcome).toBe('client_closed')
  })

  test('a stream that breaks throws, and has no end', async () => {
    const reasons: unknown[] = []
    const read = async (): Promise<void> => {
      const request = { ...asked, model: `${account}/fault-cut-5` }
      for await (const chunk of await client.models.generateContentStream(request))
        reasons.push(chunk.candidates?.[0]?.finishReason)
    }
    expect(await caughtOf(read())).toBeInstanceOf(ApiError)
    expect(reasons.length).toBeGreaterThan(0)
    expect(reasons.filter(Boolean)).toEqual([])
  })

  test("errors are the SDK's own class", async () => {
    for (const [status, given, name] of [
      [400, 400, 'INVALID_ARGUMENT'],
      [404, 404, 'NOT_FOUND'],
      [429, 429, 'RESOURCE_EXHAUSTED'],
      [503, 503, 'UNAVAILABLE'],
    ] as const) {
      const error = await caughtOf(client.models.generateContent({ ...asked, model: `${account}/fault-status-${status}` }))
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status: given })
      const { error: told } = JSON.parse((error as ApiError).message) as { error: object }
      expect(told).toMatchObject({ code: given, status: name, message: expect.stringContaining('simulator') })
    }
  })
})

// The keys of a record are of the type of its keys.
const languages = Object.keys(actors) as SpokenName[]

/** An upstream in every language, and a client of a gateway before them. */
async function before(script: Script): Promise<AsyncDisposable & { readonly upstream: Upstream; readonly client: GoogleGenAI }> {
  const upstream = await startUpstream(script)
  const accounts = languages.map((dialect) => {
    const provider = dialect === 'chat-completions' ? 'openai-compatible' : thinkers[dialect].provider
    return [dialect, { provider, baseURL: upstream.url, dialect }]
  })
  const own = await startGateway({ accounts: Object.fromEntries(accounts) })
  return {
    upstream,
    client: sdk(own),
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const look: FunctionDeclaration = {
  name: 'look',
  parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe.each(thinkerNames)('a model that thinks in %s', (spoken) => {
  const thinker = thinkers[spoken]

  test.each([false, true])(
    'has its thoughts and parallel calls brought back by a chat of the SDK as they were (streamed: %s)',
    async (streams) => {
      await using stage = await before(thinks)
      const config = {
        tools: [{ functionDeclarations: [look] }],
        thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 },
      }
      const chat = stage.client.chats.create({ model: `${spoken}/${thinker.model}`, config })
      const ask = async (message: string | Part[]): Promise<Part[]> => {
        if (!streams) return (await chat.sendMessage({ message })).candidates?.[0]?.content?.parts ?? []
        const parts: Part[] = []
        for await (const chunk of await chat.sendMessageStream({ message }))
          parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
        return parts
      }
      const first = await ask('Ulm and Bern?')
      expect(first.map(({ text, thought }) => (thought ? text : '')).join('')).toBe('Two cities to look at.\n\nBoth at once.')
      const calls = first.flatMap(({ functionCall }) => functionCall ?? [])
      expect(calls.map(({ name, args }) => [name, args])).toEqual([
        ['look', { city: 'Ulm' }],
        ['look', { city: 'Bern' }],
      ])
      const results = calls.map(({ id, name = '' }) => ({
        functionResponse: { ...(id !== undefined && { id }), name, response: { output: 'Grey.' } },
      }))
      const second = await ask(results)
      expect(second.map(({ text }) => text).join('')).toBe(looked)
      // Google's own models are sent the contents as the SDK keeps them.
      const { contents, ...body } = stage.upstream.seen[1]?.body ?? {}
      expect(thinker.turn({ ...body, contents: together(contents) })).toEqual(thinker.given)
    },
  )
})

/** What a model said in one content after the other, in one. */
function together(contents: unknown): Content[] {
  const joined: Content[] = []
  for (const content of (contents ?? []) as Content[]) {
    const last = joined.at(-1)
    if (last?.role === 'model' && content.role === 'model')
      joined[joined.length - 1] = {
        role: 'model',
        parts: [...(last.parts ?? []), ...(content.parts ?? [])].filter(({ text }) => text !== ''),
      }
    else joined.push(content)
  }
  return joined
}

test('what a chat of the SDK keeps in chunks is one message to a provider of any other language', async () => {
  await using stage = await before((request, response) => {
    const spoken = languages.find((name) => request.path.includes(name === 'converse' ? '/model/' : name)) ?? 'responses'
    const actor = actors[request.path.endsWith('/chat/completions') ? 'chat-completions' : spoken]
    const answer = saying([text('Once upon a time there was')])
    if (!actor.asked(request).stream) return json(response, actor.whole(answer))
    response.writeHead(200, { 'content-type': actor.streamType })
    const { opening, content, closing } = actor.streams(answer)
    for (const bytes of [...opening, ...content, ...closing]) response.write(bytes)
    response.end()
  })
  for (const spoken of ['chat-completions', 'responses', 'messages', 'converse'] as const) {
    const chat = stage.client.chats.create({ model: `${spoken}/some/model` })
    let said = ''
    for await (const chunk of await chat.sendMessageStream({ message: 'Tell.' })) said += chunk.text ?? ''
    expect(said).toBe('Once upon a time there was')
    await chat.sendMessage({ message: 'Go on.' })
    const [last] = stage.upstream.seen.slice(-1)
    expect(last && actors[spoken].asked(last).words).toEqual([
      { type: 'user', pieces: [{ type: 'text', text: 'Tell.' }] },
      { type: 'text', text: said },
      { type: 'user', pieces: [{ type: 'text', text: 'Go on.' }] },
    ])
  }
})

const failings: readonly (readonly [Failing, number, string])[] = [
  ['rejected', 400, 'INVALID_ARGUMENT'],
  ['too long', 400, 'INVALID_ARGUMENT'],
  ['not found', 404, 'NOT_FOUND'],
  ['rate limited', 429, 'RESOURCE_EXHAUSTED'],
  ['overloaded', 503, 'UNAVAILABLE'],
  ['failed', 502, 'INTERNAL'],
]

const told = (error: unknown): { code: number; status: string; message: string } =>
  (JSON.parse((error as ApiError).message) as { error: { code: number; status: string; message: string } }).error

describe.each(languages)('a provider that speaks %s', (spoken) => {
  const asked = { model: `${spoken}/some/model`, contents: 'Hello!' }

  test.each(failings)("fails (%s) as the SDK's own class", async (failing, status, name) => {
    const refusal = actors[spoken].refuses(failing)
    await using stage = await before((_, response) => json(response, refusal.body, refusal.status, refusal.headers))
    for (const error of [
      await caughtOf(stage.client.models.generateContent(asked)),
      await caughtOf(stage.client.models.generateContentStream(asked)),
    ]) {
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status })
      expect(told(error)).toMatchObject({ code: status, status: name, message: expect.any(String) })
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
    let said = ''
    const read = async (): Promise<void> => {
      for await (const chunk of await stage.client.models.generateContentStream(asked)) said += chunk.text ?? ''
    }
    expect(await caughtOf(read())).toBeInstanceOf(ApiError)
    expect(said).toBe('Once upon a time')
  })
})

test('what a request lacks is said by its own field, and a stranger is told so', async () => {
  const asked = { model: 'simulator/talker', contents: 'Hello!' }
  const wrong: readonly (readonly [object, string])[] = [
    [{ temperature: 'hot' }, 'generationConfig.temperature'],
    [{ maxOutputTokens: 1.5 }, 'generationConfig.maxOutputTokens'],
    [{ stopSequences: [7] }, 'generationConfig.stopSequences[0]'],
  ]
  for (const [config, field] of wrong) {
    const error = await caughtOf(client.models.generateContent({ ...asked, config }))
    expect(error).toMatchObject({ status: 400 })
    expect(told(error)).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(field) })
  }
  const stranger = sdk(gateway, 'nobody')
  for (const refused of [
    () => stranger.models.generateContent(asked),
    () => stranger.models.generateContentStream(asked),
    () => stranger.models.countTokens(asked),
  ]) {
    const error = await caughtOf(refused())
    expect(error).toMatchObject({ status: 401 })
    expect(told(error)).toMatchObject({ code: 401, status: 'UNAUTHENTICATED' })
  }
  for (const model of ['nobody/knows', 'simulator/nothing', 'nothing'])
    for (const refused of [
      () => client.models.generateContent({ ...asked, model }),
      () => client.models.countTokens({ ...asked, model }),
    ]) {
      const error = await caughtOf(refused())
      expect(error).toMatchObject({ status: 404 })
      expect(told(error)).toMatchObject({ code: 404, status: 'NOT_FOUND', message: expect.stringContaining(model) })
    }
})

test("a model's own name may hold slashes and colons", async () => {
  await using stage = await before(({ path }, response) =>
    json(response, path.endsWith('/count_tokens') ? { input_tokens: 11 } : actors.messages.whole(saying([text('Here.')]))),
  )
  const model = 'messages/org/deep/model:free'
  for (const named of [model, `models/${model}`])
    expect((await stage.client.models.generateContent({ model: named, contents: 'Where?' })).text).toBe('Here.')
  expect((await stage.client.models.countTokens({ model, contents: 'Where?' })).totalTokens).toBe(11)
  expect(stage.upstream.seen.map(({ body }) => body['model'])).toEqual(Array(3).fill('org/deep/model:free'))
})

test('the key may stand in the header of its clients, in that of others, or in the URL', async () => {
  const body = { contents: [{ parts: [{ text: 'Hello!' }] }] }
  const path = '/v1beta/models/simulator/talker'
  const ask = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    gateway.call(url, { body, key: null, headers })
  for (const verb of [':generateContent', ':streamGenerateContent?alt=sse', ':countTokens']) {
    const mark = verb.includes('?') ? '&' : '?'
    for (const [query, headers, status] of [
      [`${mark}key=${keys.alice}`, {}, 200],
      ['', { 'x-goog-api-key': keys.alice }, 200],
      ['', { authorization: `Bearer ${keys.alice}` }, 200],
      [`${mark}key=nobody`, {}, 401],
      // What came in a header counts.
      [`${mark}key=${keys.alice}`, { 'x-goog-api-key': 'nobody' }, 401],
      ['', {}, 401],
    ] as const) {
      const answer = await ask(path + verb + query, headers)
      expect([verb, query, answer.status]).toEqual([verb, query, status])
      expect(await answer.text()).not.toContain(keys.alice)
    }
  }
})
