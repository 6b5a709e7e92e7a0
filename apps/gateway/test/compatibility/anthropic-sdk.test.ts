import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import type { ContentBlock, Message, MessageParam, Tool } from '@anthropic-ai/sdk/resources/messages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'

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

/** A transparent pixel, and a page with nothing on it. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')

let gateway: TestGateway
let client: Anthropic

beforeAll(async () => {
  gateway = await startGateway()
  client = sdk(gateway)
})
afterAll(() => gateway[Symbol.asyncDispose]())

const accounts = ['simulator', 'simulator-chat-completions', 'simulator-messages', 'simulator-generate-content', 'simulator-converse']

describe.each(accounts)('%s', (account) => {
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
    const { input_tokens: more } = await client.messages.countTokens({ ...counted, system: 'Be kind to whoever asks.', tools: [weather] })
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
    await expect.poll(() => rows.find(({ id }) => id === stream.response?.headers.get('x-request-id'))?.outcome).toBe('client_closed')
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
      expect(overloaded).toMatchObject({ type: status === 503 ? 'overloaded_error' : expect.stringMatching(/overloaded_error|api_error/) })
    }
    expect(await caught(400)).toBeInstanceOf(Anthropic.BadRequestError)
    expect(await caught(404)).toBeInstanceOf(Anthropic.NotFoundError)
  })
})
