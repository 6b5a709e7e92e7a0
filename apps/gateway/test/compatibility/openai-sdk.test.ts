import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { Completion } from 'openai/resources/completions'
import type { FunctionTool, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { json, startUpstream } from '../support/upstream.js'
import { talkers } from '../support/talkers.js'

/** The official SDK as its users have it: only the base URL and the key are changed. */
const sdk = (gateway: TestGateway, apiKey: string = keys.alice): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey })

const weather: FunctionTool = {
  type: 'function',
  name: 'weather',
  description: 'Tells the weather.',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' } },
    required: ['city', 'days'],
    additionalProperties: false,
  },
}
const { type: _, ...weatherFunction } = weather
const chatWeather = {
  type: 'function',
  function: { ...weatherFunction, parameters: weather.parameters ?? {}, description: 'Tells the weather.' },
} as const

/** Those whose dialect has no word for the likelihood of a token. */
const wordless: ReadonlySet<string> = new Set(['simulator-messages/talker', 'simulator-converse/talker'])

for (const model of talkers) {
  test(`${model}: responses.create, retrieve, input items and delete`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const response = await client.responses.create({
      model,
      input: 'Hello!',
      instructions: 'Be kind.',
      metadata: { team: 'search' },
    })
    expect(response.output_text).toContain('You said: Hello!')
    expect(response).toMatchObject({ status: 'completed', instructions: 'Be kind.', metadata: { team: 'search' }, error: null })
    expect(response._request_id).toMatch(/^req_/)

    expect(await client.responses.retrieve(response.id)).toEqual(response)
    const items = await client.responses.inputItems.list(response.id)
    expect(items.data).toMatchObject([{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] }])
    await client.responses.delete(response.id)
    await expect(client.responses.retrieve(response.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  test(`${model}: input items are paged by the SDK itself`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const input = Array.from({ length: 7 }, (_, place) => ({ role: 'user' as const, content: `line ${place}` }))
    const { id } = await client.responses.create({ model, input })
    const texts: string[] = []
    for await (const item of client.responses.inputItems.list(id, { limit: 3, order: 'asc' }))
      if (item.type === 'message') for (const part of item.content) if (part.type === 'input_text') texts.push(part.text)
    expect(texts).toEqual(input.map(({ content }) => content))
  })

  test(`${model}: a stream of create ends with the response that is stored`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const events: ResponseStreamEvent[] = []
    for await (const event of await client.responses.create({ model, input: 'Hello!', stream: true })) events.push(event)
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, place) => place))
    const said = events.flatMap((event) => (event.type === 'response.output_text.delta' ? [event.delta] : [])).join('')
    expect(said).toContain('You said: Hello!')
    const last = events.at(-1)
    if (last?.type !== 'response.completed') throw new Error(`The stream ended with ${last?.type}.`)
    const { output_text: text, ...stored } = await client.responses.retrieve(last.response.id)
    expect(text).toBe(said)
    expect(last.response).toMatchObject(stored)
  })

  for (const [name, body] of [
    ['text', { input: 'Hello to you!' }],
    ['reasoning', { input: 'Think.', reasoning: { effort: 'high', summary: 'auto' } }],
    ['a call', { input: 'Weather?', tools: [weather] }],
    ['a cut', { input: 'A long story, please, longer than that.', max_output_tokens: 8 }],
    ['a refusal', { input: 'Hi', metadata: { simulator_script: '[{"say":"I must say: "},{"refuse":"I will not."}]' } }],
  ] as const)
    test(`${model}: the accumulator of responses.stream() agrees with what is stored: ${name}`, async () => {
      await using gateway = await startGateway()
      const client = sdk(gateway)
      const stream = client.responses.stream({ model, ...body, tools: 'tools' in body ? [...body.tools] : [] })
      const final = await stream.finalResponse()
      const stored = await client.responses.retrieve(final.id)
      expect(withoutParsed(final)).toEqual(withoutParsed(stored))
      expect(stored.output).not.toEqual([])
    })

  test(`${model}: responses.parse reads what a zod schema describes, plain and streamed`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const Person = z.object({ name: z.string(), age: z.int(), tags: z.array(z.enum(['a', 'b'])) })
    const text = { format: zodTextFormat(Person, 'person') }
    const parsed = await client.responses.parse({ model, input: 'Who?', text })
    expect(Person.parse(parsed.output_parsed)).toEqual(JSON.parse(parsed.output_text))
    expect(parsed.text?.format).toMatchObject({ type: 'json_schema', name: 'person', strict: true })
    const final = await client.responses.stream({ model, input: 'Who?', text }).finalResponse()
    expect(final.output_parsed).toEqual(parsed.output_parsed)
  })

  test(`${model}: a tool loop: call, output, answer`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const first = await client.responses.create({ model, input: 'Weather in Ulm?', tools: [weather] })
    const [call] = first.output
    if (call?.type !== 'function_call') throw new Error(`The first item is ${call?.type}.`)
    expect(call).toMatchObject({ name: 'weather', status: 'completed', call_id: expect.stringMatching(/^call_/) })
    expect(JSON.parse(call.arguments)).toEqual({ city: expect.any(String), days: expect.any(Number) })

    const output = { type: 'function_call_output', call_id: call.call_id, output: 'Sun, 21 degrees.' } as const
    const second = await client.responses.create({ model, previous_response_id: first.id, input: [output], tools: [weather] })
    expect(second.output_text).toContain('A tool answered: Sun, 21 degrees.')
    // The same without state: the caller sends everything again.
    const stateless = await client.responses.create({
      model,
      input: [{ role: 'user', content: 'Weather in Ulm?' }, call, output],
      tools: [weather],
      store: false,
    })
    expect(stateless.output_text).toBe(second.output_text)
  })

  test(`${model}: chat completions, plain and streamed with usage`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const messages = [
      { role: 'developer' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'Hello!' },
    ]
    const plain = await client.chat.completions.create({ model, messages })
    expect(plain.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } })
    expect(plain.choices[0]?.message.content).toContain('You said: Hello!')

    const streamed = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } })
    const final = await streamed.finalChatCompletion()
    expect(final.choices[0]?.message.content).toBe(plain.choices[0]?.message.content)
    expect(await streamed.totalUsage()).toMatchObject({
      prompt_tokens: plain.usage?.prompt_tokens,
      completion_tokens: plain.usage?.completion_tokens,
      total_tokens: plain.usage?.total_tokens,
    })
    expect(plain.usage?.total_tokens).toBeGreaterThan(0)
  })

  test(`${model}: text completions, plain and streamed with usage`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const asked = { model, prompt: 'Hello!', max_tokens: 40 }
    const { data: plain, response: answer } = await client.completions.create({ ...asked, logprobs: 1 }).withResponse()
    const [choice] = plain.choices
    expect(plain).toMatchObject({ id: expect.stringMatching(/^cmpl-/), object: 'text_completion' })
    expect(choice).toMatchObject({ index: 0, finish_reason: 'stop' })
    expect(choice?.text).toContain('You said: Hello!')
    if (wordless.has(model)) {
      expect(choice?.logprobs).toBeNull()
      expect(answer.headers.get('x-weir-losses')).toContain('logprobs dropped')
    } else {
      expect(choice?.logprobs?.tokens?.join('')).toBe(choice?.text)
      expect(choice?.logprobs?.text_offset?.[0]).toBe('Hello!'.length)
    }

    const streamed: Completion[] = []
    const stream = await client.completions.create({ ...asked, stream: true, stream_options: { include_usage: true } })
    for await (const chunk of stream) streamed.push(chunk)
    const choices = streamed.flatMap((chunk) => chunk.choices)
    expect(choices.length).toBeGreaterThan(2)
    expect(choices.map(({ text }) => text).join('')).toBe(choice?.text)
    expect(choices.at(-1)?.finish_reason).toBe('stop')
    expect(streamed.at(-1)?.usage).toEqual(plain.usage)
    expect(plain.usage?.total_tokens).toBeGreaterThan(0)

    // The SDK does not know that a completion can be kept.
    const toKeep = { ...asked, echo: true, store: true }
    const { data: echoed, response } = await client.completions.create(toKeep).withResponse()
    expect(echoed.choices[0]?.text).toBe(`Hello!${choice?.text}`)
    const kept = await client.responses.retrieve(response.headers.get('x-weir-response-id') ?? '')
    expect(kept.output_text).toBe(choice?.text)

    const several = client.completions.create({ model, prompt: ['a', 'b'] })
    await expect(several).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'prompt' })
  })

  test(`${model}: a chat tool loop, plain and streamed`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const question = { role: 'user' as const, content: 'Weather in Ulm?' }
    const plain = await client.chat.completions.create({ model, messages: [question], tools: [chatWeather] })
    const streamed = await client.chat.completions
      .stream({ model, messages: [question], tools: [chatWeather] })
      .finalChatCompletion()
    for (const { choices } of [plain, streamed]) {
      expect(choices[0]?.finish_reason).toBe('tool_calls')
      const message = choices[0]?.message
      const [call] = message?.tool_calls ?? []
      if (!message || call?.type !== 'function') throw new Error('There is no call.')
      expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String), days: expect.any(Number) })
      const answer = await client.chat.completions.create({
        model,
        messages: [
          question,
          { role: 'assistant', content: message.content, tool_calls: [call] },
          { role: 'tool', tool_call_id: call.id, content: 'Sun.' },
        ],
        tools: [chatWeather],
      })
      expect(answer.choices[0]?.message.content).toContain('A tool answered: Sun.')
    }
  })
}

/** The SDK puts what it parsed beside the wire, and an accumulator does where there is nothing to parse, too. */
const withoutParsed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, entry: unknown) =>
    ['parsed', 'output_parsed', 'parsed_arguments', 'output_text', '_request_id'].includes(key) ? undefined : entry,
  )

test('models.list and models.retrieve', async () => {
  await using gateway = await startGateway()
  const client = sdk(gateway)
  const ids: string[] = []
  for await (const model of client.models.list()) ids.push(model.id)
  expect(ids).toContain('simulator/talker')
  expect(await client.models.retrieve('simulator/talker')).toMatchObject({ id: 'simulator/talker', object: 'model' })
})

test("errors are the SDK's own classes, with code, param and request id", async () => {
  await using upstream = await startUpstream((_, response) =>
    json(
      response,
      { error: { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } },
      429,
      { 'retry-after': '7' },
    ),
  )
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai', baseURL: upstream.url } } })
  const client = sdk(gateway)
  const caught = async (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => undefined,
      (error: unknown) => error,
    )
  const request = { model: 'simulator/talker', input: 'Hi' }

  const unauthorized = await caught(sdk(gateway, 'nobody').responses.create(request))
  expect(unauthorized).toBeInstanceOf(OpenAI.AuthenticationError)
  expect(unauthorized).toMatchObject({
    status: 401,
    code: 'invalid_api_key',
    type: 'authentication_error',
    requestID: expect.stringMatching(/^req_/),
  })

  const unknown = await caught(client.responses.create({ ...request, model: 'nobody/knows' }))
  expect(unknown).toBeInstanceOf(OpenAI.NotFoundError)
  expect(unknown).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })

  const wrong = await caught(client.responses.create({ ...request, temperature: 7 }))
  expect(wrong).toBeInstanceOf(OpenAI.BadRequestError)
  expect(wrong).toMatchObject({
    status: 400,
    code: 'invalid_value',
    param: 'temperature',
    requestID: expect.stringMatching(/^req_/),
  })

  const limited = await caught(client.responses.create({ ...request, model: 'up/gpt-4.1' }, { maxRetries: 0 }))
  expect(limited).toBeInstanceOf(OpenAI.RateLimitError)
  expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
  if (limited instanceof OpenAI.RateLimitError) expect(limited.headers.get('retry-after')).toBe('7')
  expect(upstream.seen).toHaveLength(1)
})
