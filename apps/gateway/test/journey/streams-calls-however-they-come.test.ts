import OpenAI from 'openai'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { describe, expect, test } from 'vitest'
import { keys, startGateway } from '../support/gateway.js'
import { data, startUpstream, stream, type Script } from '../support/upstream.js'

const parameters = { type: 'object', properties: {} }
const tools = [
  { type: 'function', name: 'f', parameters, strict: null },
  { type: 'custom', name: 'free' },
  { type: 'namespace', name: 'ns', description: 'Some.', tools: [{ type: 'function', name: 'g', parameters }] },
] as const

/** The chunks of a chat server, each the delta of its only choice. */
const chunks =
  (finish: string, ...deltas: readonly object[]): Script =>
  (_, response) => {
    const chunk = (delta: object, reason: string | null): string =>
      data({
        id: 'c',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      })
    stream(response)
    for (const delta of deltas) response.write(chunk(delta, null))
    response.end(chunk({}, finish) + data('[DONE]'))
  }

/** A delta of one call; what is absent is left out, as servers do after the first. */
const piece = (index: number, text: string | undefined, name?: string, id = `call_${index}`): object => ({
  tool_calls: [
    {
      index,
      ...(name !== undefined && { id, type: 'function' }),
      function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
    },
  ],
})

const letters = (text: string, index = 0): object[] => [...text].map((letter) => piece(index, letter))
const long = JSON.stringify({ text: 'ü🦀"\\\n'.repeat(40) })

const streams: Readonly<Record<string, readonly [Script, readonly object[]]>> = {
  'arguments in one piece': [chunks('tool_calls', piece(0, '{"a":1}', 'f')), [{ name: 'f', arguments: '{"a":1}' }]],
  'arguments letter by letter': [chunks('tool_calls', piece(0, '', 'f'), ...letters(long)), [{ name: 'f', arguments: long }]],
  'no arguments at all': [
    chunks('tool_calls', piece(0, undefined, 'f'), piece(1, '', 'ns__g')),
    [
      { name: 'f', arguments: '' },
      { name: 'g', namespace: 'ns', arguments: '' },
    ],
  ],
  'two calls in turns': [
    chunks(
      'tool_calls',
      piece(0, '', 'f'),
      piece(1, '', 'free'),
      piece(0, '{"a"'),
      piece(1, '{"input":"on'),
      piece(0, ':1}'),
      piece(1, 'e"}'),
    ),
    [
      { name: 'f', arguments: '{"a":1}' },
      { type: 'custom_tool_call', name: 'free', input: 'one' },
    ],
  ],
  'text before, between and after calls': [
    chunks(
      'tool_calls',
      { content: 'First ' },
      { content: 'this.' },
      piece(0, '{}', 'f'),
      { content: 'Then that.' },
      piece(1, '{}', 'ns__g'),
      { content: 'Done.' },
    ),
    [
      { type: 'message', content: [{ text: 'First this.' }] },
      { name: 'f' },
      { type: 'message', content: [{ text: 'Then that.' }] },
      { name: 'g', namespace: 'ns' },
      { type: 'message', content: [{ text: 'Done.' }] },
    ],
  ],
  'a name that comes late': [
    chunks(
      'tool_calls',
      { tool_calls: [{ index: 0, id: 'call_0', type: 'function', function: { arguments: '{"a"' } }] },
      piece(0, ':1}', 'f'),
    ),
    [{ name: 'f', arguments: '{"a":1}' }],
  ],
  'free text without its wrapping': [
    chunks('tool_calls', piece(0, 'SELECT ', 'free'), piece(0, '1')),
    [{ name: 'free', input: 'SELECT 1' }],
  ],
  'free text that is cut in an escape': [
    chunks('length', piece(0, '{"input":"a\\n', 'free'), piece(0, 'b\\u00')),
    [{ name: 'free', input: 'a\nb\\u00', status: 'incomplete' }],
  ],
  'a tool that nobody declared': [chunks('tool_calls', piece(0, '{}', 'made_up')), [{ type: 'function_call', name: 'made_up' }]],
}

/** Every call has a delta and a whole, and they agree. */
function checkCalls(events: readonly ResponseStreamEvent[], { output }: Response): void {
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, place) => place))
  const added = events.flatMap((event) => (event.type === 'response.output_item.added' ? [event.output_index] : []))
  expect(added).toEqual(output.map((_, place) => place))
  for (const [place, item] of output.entries()) {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') continue
    const own = events.filter((event) => 'output_index' in event && event.output_index === place)
    const deltas = own.flatMap((event) => ('delta' in event ? [event.delta] : []))
    const whole = item.type === 'function_call' ? item.arguments : item.input
    expect(deltas.length).toBeGreaterThan(0)
    expect(deltas.join('')).toBe(whole)
    const done = own.flatMap((event) =>
      event.type === 'response.function_call_arguments.done'
        ? [event.arguments]
        : event.type === 'response.custom_tool_call_input.done'
          ? [event.input]
          : [],
    )
    expect(done).toEqual([whole])
    expect(own.at(-1)).toMatchObject({ type: 'response.output_item.done', item: { id: item.id, name: item.name } })
  }
}

describe('the SDK puts together what a chat server streams', () => {
  test.each(Object.entries(streams))('%s', async (_, [script, expected]) => {
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
    const events: ResponseStreamEvent[] = []
    // Typed loosely: the SDK wants to know every parameter of a namespace's functions.
    const asked = { model: 'chat/m', input: 'Go.', tools: tools as unknown as [] }
    const sdk = client.responses.stream(asked)
    for await (const event of sdk) events.push(event)
    const response = await sdk.finalResponse()
    expect(response.output).toMatchObject(expected)
    expect(response.output).toHaveLength(expected.length)
    checkCalls(events, response)
    expect(response.output).toMatchObject((await client.responses.retrieve(response.id)).output)
  })
})

test('outputs of every form go back in order, behind the calls that they answer', async () => {
  const calls = [0, 1, 2, 3].map((index) => piece(index, '{}', 'f'))
  await using upstream = await startUpstream((request, response, number) =>
    (number === 0 ? chunks('tool_calls', ...calls) : chunks('stop', { content: 'Thanks.' }))(request, response, number),
  )
  await using gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const ask = async (body: object): Promise<Response> => {
    const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', tools, stream: true, ...body } })
    expect(answer.status).toBe(200)
    const ending = (await answer.text()).split('\n\n').find((frame) => frame.startsWith('event: response.completed'))
    return (JSON.parse(ending?.split('\ndata: ')[1] ?? '') as { response: Response }).response
  }
  const { id } = await ask({ input: 'Go.' })
  const large = 'x'.repeat(1024 * 1024)
  const image = (text: string): object => ({ type: 'input_image', image_url: `data:image/png;base64,${text}` })
  await ask({
    previous_response_id: id,
    client_metadata: { turn: '1' },
    input: [
      { type: 'function_call_output', call_id: 'call_0', output: [image('AAAA'), { type: 'input_text', text: 'one' }] },
      { type: 'function_call_output', call_id: 'call_1', output: '' },
      { type: 'acme:news', id: 'x_1', status: 'completed' },
      { type: 'agent_message', author: 'a', content: [{ type: 'input_text', text: 'From an agent.' }] },
      { type: 'function_call_output', call_id: 'call_2', output: large },
      { type: 'function_call_output', call_id: 'call_3', output: [image('BBBB')] },
      {
        type: 'message',
        role: 'assistant',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'Hm.', annotations: [] }],
      },
      { type: 'message', role: 'user', content: 'And?' },
    ],
  })
  const messages = upstream.seen[1]?.body['messages'] as { role: string; tool_call_id?: string; content: unknown }[]
  expect(messages.slice(2)).toEqual([
    { role: 'tool', tool_call_id: 'call_0', content: 'one' },
    { role: 'tool', tool_call_id: 'call_1', content: '' },
    { role: 'tool', tool_call_id: 'call_2', content: large },
    { role: 'tool', tool_call_id: 'call_3', content: 'The result is in the next message of the user.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'From the result of call call_0:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        { type: 'text', text: 'From the result of call call_3:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,BBBB' } },
      ],
    },
    { role: 'assistant', content: 'Hm.' },
    { role: 'user', content: 'And?' },
  ])
  const rows = await gateway.ended(2)
  const lost = rows[1]?.losses.filter(({ disposition }) => disposition === 'dropped').map(({ path }) => path)
  expect(lost).toEqual(expect.arrayContaining(['items[7]', 'items[8]', 'extras.responses.client_metadata']))
})
