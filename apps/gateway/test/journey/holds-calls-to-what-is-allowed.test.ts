import OpenAI from 'openai'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { callsTools, says, type Call } from '../support/scripted.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

const tools = ['look', 'touch', 'take'].map(
  (name) => ({ type: 'function', name, strict: null, parameters: { type: 'object', properties: {} } }) as const,
)
const allowing = (...names: readonly string[]) =>
  ({ type: 'allowed_tools', mode: 'auto', tools: names.map((name) => ({ type: 'function', name })) }) as const

const look: Call = ['call_1', 'look', '{"at":"the sea"}']
const touch: Call = ['call_2', 'touch', '{}']
const take: Call = ['call_3', 'take', '{"what":"a shell"}']

async function open(calls: readonly Call[]): Promise<readonly [TestGateway, OpenAI, Upstream]> {
  const upstream = await startUpstream(calls.length > 0 ? callsTools(...calls) : says('Nothing to call.'))
  const gateway = await startGateway({
    accounts: {
      translated: { provider: 'openai-compatible', baseURL: upstream.url },
      native: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' },
      trusted: { provider: 'openai', baseURL: upstream.url },
      keeping: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses', keepsState: true },
    },
  })
  return [gateway, new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice }), upstream]
}

/** The answer as the SDK puts it together, and its events. */
async function ask(
  client: OpenAI,
  body: object,
  streamed: boolean,
): Promise<readonly [Response, readonly ResponseStreamEvent[]]> {
  const asked = { model: 'm', input: 'Go.', tools, ...body }
  if (!streamed) return [await client.responses.create(asked), []]
  const events: ResponseStreamEvent[] = []
  const stream = client.responses.stream(asked)
  for await (const event of stream) events.push(event)
  return [await stream.finalResponse(), events]
}

/** What a client sees of the items while they come: their places and their ends. */
function placesOf(events: readonly ResponseStreamEvent[]): unknown {
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, place) => place))
  const added = events.flatMap((event) => (event.type === 'response.output_item.added' ? [event.output_index] : []))
  const ended = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item.id] : []))
  return [added, ended]
}

for (const lane of ['translated', 'native'])
  for (const streamed of [false, true]) {
    const how = `${lane}, ${streamed ? 'streamed' : 'plain'}`
    const model = `${lane}/m`

    test.each([
      [
        'that is not among the allowed tools',
        { tool_choice: allowing('take', 'look') },
        [look, touch, take],
        ['call_1', 'call_3'],
      ],
      ['that comes first', { tool_choice: allowing('take') }, [look, touch, take], ['call_3']],
      ['beside the one that is demanded', { tool_choice: { type: 'function', name: 'touch' } }, [look, touch], ['call_2']],
      ['beside another, where one is allowed', { parallel_tool_calls: false }, [look, touch, take], ['call_1']],
      [
        'beside another, where the first was not allowed',
        { parallel_tool_calls: false, tool_choice: allowing('touch', 'take') },
        [look, touch, take],
        ['call_2'],
      ],
    ] as const)(`${how}: a call %s is withheld, and on record`, async (_, body, calls, left) => {
      const [gateway, client, upstream] = await open(calls)
      await using both = { gateway, [Symbol.asyncDispose]: () => close(gateway, upstream) }
      const [response, events] = await ask(client, { model, ...body }, streamed)
      const callIds = response.output.map((item) => (item.type === 'function_call' ? item.call_id : item.type))
      expect(callIds).toEqual(left)
      expect(response.output).toMatchObject(
        calls.filter(([id]) => callIds.includes(id)).map(([, name, text]) => ({ name, arguments: text, status: 'completed' })),
      )
      if (streamed) expect(placesOf(events)).toEqual([left.map((_, place) => place), response.output.map(({ id }) => id)])
      // The SDK adds to its items what it makes of them.
      expect(response.output).toMatchObject((await client.responses.retrieve(response.id)).output)
      const [row] = await both.gateway.ended(1)
      expect(row?.lane).toBe(lane)
      expect(row?.losses.filter(({ reason }) => reason.startsWith('The model called'))).toHaveLength(calls.length - left.length)
      // The tools stay as they were asked for.
      expect(response.tools).toHaveLength(lane === 'native' ? 0 : 3)
    })

    test(`${how}: of two calls under one id the first stays, where one is allowed`, async () => {
      const [gateway, client, upstream] = await open([look, ['call_1', 'touch', '{}']])
      await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
      const [response] = await ask(client, { model, parallel_tool_calls: false }, streamed)
      expect(response.output).toMatchObject([{ type: 'function_call', call_id: 'call_1', name: 'look' }])
      expect((await client.responses.retrieve(response.id)).output).toMatchObject([{ call_id: 'call_1', name: 'look' }])
    })

    test(`${how}: an answer of which no call is left says why`, async () => {
      const [gateway, client, upstream] = await open([look, touch])
      await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
      const [response, events] = await ask(client, { model, tool_choice: 'none' }, streamed)
      expect(response).toMatchObject({
        status: 'completed',
        output: [
          {
            type: 'message',
            status: 'completed',
            content: [{ type: 'refusal', refusal: expect.stringContaining('look, touch') }],
          },
        ],
      })
      if (streamed) {
        expect(placesOf(events)).toEqual([[0], response.output.map(({ id }) => id)])
        expect(events.map(({ type }) => type).slice(2)).toEqual([
          'response.output_item.added',
          'response.content_part.added',
          'response.refusal.delta',
          'response.refusal.done',
          'response.content_part.done',
          'response.output_item.done',
          'response.completed',
        ])
      }
      expect(response.output).toMatchObject((await client.responses.retrieve(response.id)).output)
      const other = await client.responses.create({ model, input: 'Go on.', previous_response_id: response.id, tools })
      expect(other.output).toMatchObject([{ call_id: 'call_1' }, { call_id: 'call_2' }])
    })
  }

test('the events of a server that numbers none are numbered without a gap, whatever is taken out', async () => {
  const upstream = await startUpstream(async (request, response) => {
    const write = response.write.bind(response)
    // Only strings are written to it.
    response.write = (text: unknown) => write(String(text).replaceAll(/,"sequence_number":\d+/g, ''))
    await callsTools(look, touch, take)(request, response, 0)
  })
  const gateway = await startGateway({
    accounts: { native: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
  for (const [body, left] of [
    [{ tool_choice: allowing('take') }, ['function_call']],
    [{ tool_choice: 'none' }, ['message']],
  ] as const) {
    const [response, events] = await ask(client, { model: 'native/m', ...body }, true)
    expect(response.output.map(({ type }) => type)).toEqual(left)
    expect(events.at(-1)?.type).toBe('response.completed')
    expect(placesOf(events)).toEqual([[0], response.output.map(({ id }) => id)])
  }
})

test('frames that break no limit pass as they came', async () => {
  const [gateway, , upstream] = await open([look, take])
  await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
  const body = { model: 'native/m', input: 'Go.', tools, stream: true }
  const deltas = async (more: object): Promise<string[]> => {
    const text = await (await gateway.call('/v1/responses', { body: { ...body, ...more } })).text()
    return text.split('\n').filter((line) => line.startsWith('data:') && !line.includes('"response":'))
  }
  const plain = await deltas({})
  expect(plain.length).toBeGreaterThan(5)
  expect(await deltas({ tool_choice: allowing('take', 'look') })).toEqual(plain)
})

test('an upstream that keeps its responses is told the conversation as the caller knows it, where it knows a call too many', async () => {
  const [gateway, client, upstream] = await open([look, touch])
  await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
  const answers = [{ type: 'function_call_output' as const, call_id: 'call_1', output: 'Waves.' }]
  for (const body of [{}, { parallel_tool_calls: false }]) {
    const [{ id }] = await ask(client, { model: 'keeping/m', ...body }, false)
    await client.responses.create({ model: 'keeping/m', input: answers, previous_response_id: id, tools })
  }
  const [, continued, , replayed] = upstream.seen.map((seen) => seen.body)
  expect(continued).toMatchObject({ previous_response_id: 'resp_upstream', input: [{ call_id: 'call_1' }] })
  expect(replayed?.['previous_response_id']).toBeUndefined()
  expect(replayed?.['input']).toMatchObject([
    { role: 'user' },
    { type: 'function_call', call_id: 'call_1' },
    { type: 'function_call_output', call_id: 'call_1' },
  ])
})

test('a provider that holds the limits itself is not looked after', async () => {
  const [gateway, client, upstream] = await open([look, touch])
  await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
  const [response] = await ask(client, { model: 'trusted/m', parallel_tool_calls: false }, false)
  expect(response.output).toHaveLength(2)
})

test('a chat caller gets no call of a Responses model that it did not allow', async () => {
  const [gateway, client, upstream] = await open([look, touch])
  await using _ = { [Symbol.asyncDispose]: () => close(gateway, upstream) }
  const chat = { model: 'native/m', messages: [{ role: 'user' as const, content: 'Go.' }] }
  const named = tools.map(({ name, parameters }) => ({ type: 'function', function: { name, parameters } }) as const)
  const one = await client.chat.completions.create({ ...chat, tools: named, parallel_tool_calls: false })
  expect(one.choices).toMatchObject([{ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'call_1' }] } }])
  expect(one.choices[0]?.message.tool_calls).toHaveLength(1)
  const none = await client.chat.completions.create({ ...chat, tools: named, tool_choice: 'none' })
  expect(none.choices).toMatchObject([{ finish_reason: 'stop', message: { refusal: expect.stringContaining('look, touch') } }])
  expect(none.choices[0]?.message.tool_calls).toBeUndefined()
})

async function close(gateway: TestGateway, upstream: Upstream): Promise<void> {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
}
