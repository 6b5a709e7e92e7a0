import { ApiError, FunctionCallingConfigMode, GoogleGenAI, type Content, type FunctionDeclaration, type Part } from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'

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

/** A transparent pixel, and a page with nothing on it. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')

let gateway: TestGateway
let client: GoogleGenAI

beforeAll(async () => {
  gateway = await startGateway()
  client = sdk(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const accounts = ['simulator', 'simulator-chat-completions', 'simulator-messages', 'simulator-generate-content', 'simulator-converse']

const caughtOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each(accounts)('%s', (account) => {
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
    let streamed: Part[] = []
    for await (const chunk of await client.models.generateContentStream({ ...asked, config }))
      streamed = [...streamed, ...(chunk.candidates?.[0]?.content?.parts ?? [])]
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
    expect(chat.getHistory(true).map(({ role }) => role)).toEqual(['user', 'model', 'user', 'model'])
  })

  test('thoughts come before the text, plain and streamed', async () => {
    const config = { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } }
    const plain = await client.models.generateContent({ ...asked, config })
    const thoughts = (parts: readonly Part[] = []): string =>
      parts.map(({ thought, text }) => (thought ? text : '')).join('')
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
