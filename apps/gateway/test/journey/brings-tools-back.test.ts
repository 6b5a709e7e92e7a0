import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { callsTools, says } from '../support/scripted.js'
import { startUpstream, type Script } from '../support/upstream.js'

const tools = [
  { type: 'custom', name: 'run_sql', description: 'Runs it.' },
  {
    type: 'namespace',
    name: 'crm',
    description: 'Customers.',
    tools: [{ type: 'function', name: 'find', parameters: { type: 'object', properties: {} } }],
  },
  { type: 'function', name: 'plain', parameters: { type: 'object', properties: {} } },
]
const wrapped = JSON.stringify({ input: 'SELECT "ü"\n;' })
const calls = [
  { id: 'call_1', type: 'function', function: { name: 'run_sql', arguments: wrapped } },
  { id: 'call_2', type: 'function', function: { name: 'crm__find', arguments: '{"id":7}' } },
  { id: 'call_3', type: 'function', function: { name: 'plain', arguments: '{}' } },
]

/** Calls every tool; says that it is done in the next turn. */
const callsThem: Script = (request, response, number) =>
  (number > 0
    ? says('Done.')
    : callsTools(...calls.map(({ id, function: called }) => [id, called.name, called.arguments] as const)))(
    request,
    response,
    number,
  )

async function ask(
  gateway: TestGateway,
  body: object,
): Promise<readonly [responses.ResponseObject, ReturnType<typeof framesOf>]> {
  const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', tools, ...body } })
  const text = await answer.text()
  if (!('stream' in body)) return [JSON.parse(text) as responses.ResponseObject, []]
  const frames = framesOf(text)
  return [frames.at(-1)?.['response'] as responses.ResponseObject, frames]
}

for (const more of [{}, { stream: true }])
  test(`${'stream' in more ? 'streamed' : 'plain'}: custom and namespace tools come back from a chat upstream, and go again with the next turn`, async () => {
    await using upstream = await startUpstream(callsThem)
    await using gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const [first, frames] = await ask(gateway, { input: 'Go.', ...more })
    expect(first.output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'run_sql', input: 'SELECT "ü"\n;', status: 'completed' },
      { type: 'function_call', call_id: 'call_2', name: 'find', namespace: 'crm', arguments: '{"id":7}' },
      { type: 'function_call', call_id: 'call_3', name: 'plain', arguments: '{}' },
    ])
    expect(first.output[0]?.id).toMatch(/^ctc_/)
    const told = (type: string): unknown[] => frames.filter((frame) => frame['type'] === type)
    if ('stream' in more) {
      expect(told('response.custom_tool_call_input.delta')).toMatchObject([
        { delta: 'SELEC' },
        { delta: 'T "ü' },
        { delta: '"\n;' },
      ])
      expect(told('response.output_item.added')).toMatchObject([
        { item: { type: 'custom_tool_call', name: 'run_sql' } },
        { item: { type: 'function_call', name: 'find', namespace: 'crm' } },
        { item: { type: 'function_call', name: 'plain' } },
      ])
    }

    const input = [
      { type: 'custom_tool_call_output', call_id: 'call_1', output: '1 row' },
      { type: 'function_call_output', call_id: 'call_2', output: 'Ada' },
      { type: 'function_call_output', call_id: 'call_3', output: 'ok' },
    ]
    const [second] = await ask(gateway, { previous_response_id: first.id, input, ...more })
    expect(second.status).toBe('completed')
    expect(upstream.seen[1]?.body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: 'call_1', content: '1 row' },
      { role: 'tool', tool_call_id: 'call_2', content: 'Ada' },
      { role: 'tool', tool_call_id: 'call_3', content: 'ok' },
    ])
    const kept = (await (await gateway.call(`/v1/responses/${first.id}`)).json()) as responses.ResponseObject
    expect(kept.output).toEqual(first.output)
  })
