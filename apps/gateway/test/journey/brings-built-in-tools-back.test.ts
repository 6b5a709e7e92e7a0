import OpenAI from 'openai'
import type { ResponseCreateParamsStreaming, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { expect, test } from 'vitest'
import { callsTools, says } from '../support/scripted.js'
import { keys, startGateway } from '../support/gateway.js'
import { startUpstream, type Script } from '../support/upstream.js'

const parameters = { type: 'object', properties: {} }

// Typed loosely: the SDK in use is older than some of them.
const tools = [
  { type: 'shell', environment: { type: 'local' } },
  { type: 'local_shell' },
  { type: 'apply_patch' },
  { type: 'tool_search', execution: 'client', description: 'Finds tools.', parameters },
  // A function that a user has called as a built-in tool is called.
  { type: 'function', name: 'shell', parameters, strict: null },
] as unknown as ResponseCreateParamsStreaming['tools'] & object

const patch = { type: 'update_file', path: 'a.ts', diff: '@@\n-1\n+2' }
const nothing = { timeout_ms: null, max_output_length: null }

/** Calls what the request has declared, in pieces; then says that it is done. */
const callsEverything: Script = (request, response, number) => {
  if (number > 0) return says('Done.')(request, response, number)
  const declared = (request.body['tools'] as { function: { name: string } }[]).map((tool) => tool.function.name)
  const shell = declared.find((name) => name.startsWith('shell_')) ?? 'none'
  return callsTools(
    ['call_1', shell, '{"commands":["ls","pwd"]}'],
    ['call_2', 'local_shell', '{"command":["ls"]}'],
    ['call_3', 'apply_patch', JSON.stringify(patch)],
    ['call_4', 'tool_search', '{"query":"weather"}'],
    ['call_5', 'shell', '{"mine":true}'],
  )(request, response, number)
}

test('built-in tools come back from a chat upstream in their own forms, streamed as the SDK reads them, and go again', async () => {
  await using upstream = await startUpstream(callsEverything)
  await using gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice })
  const events: ResponseStreamEvent[] = []
  const stream = client.responses.stream({ model: 'chat/m', input: 'Go.', tools })
  for await (const event of stream) events.push(event)
  const { output } = await stream.finalResponse()
  expect(output).toMatchObject([
    {
      type: 'shell_call',
      call_id: 'call_1',
      status: 'completed',
      environment: null,
      action: { ...nothing, commands: ['ls', 'pwd'] },
    },
    { type: 'local_shell_call', call_id: 'call_2', action: { type: 'exec', command: ['ls'], env: {} } },
    { type: 'apply_patch_call', call_id: 'call_3', status: 'completed', operation: patch },
    { type: 'tool_search_call', call_id: 'call_4', execution: 'client', arguments: { query: 'weather' } },
    { type: 'function_call', call_id: 'call_5', name: 'shell', arguments: '{"mine":true}' },
  ])
  expect(output.map(({ id }) => id?.split('_')[0])).toEqual(['sh', 'lsh', 'apc', 'tsc', 'fc'])
  const ended = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []))
  expect(ended).toMatchObject(output.map(({ id, type }) => ({ id, type })))

  const input = [
    {
      type: 'shell_call_output',
      call_id: 'call_1',
      output: [{ stdout: 'a.ts\n', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    { type: 'local_shell_call_output', id: 'call_2', output: 'a.ts' },
    { type: 'apply_patch_call_output', call_id: 'call_3', status: 'failed', output: 'No such line.' },
    {
      type: 'tool_search_output',
      call_id: 'call_4',
      execution: 'client',
      tools: [
        { type: 'namespace', name: 'sky', description: 'Weather.', tools: [{ type: 'function', name: 'now', parameters }] },
      ],
    },
    { type: 'function_call_output', call_id: 'call_5', output: [] },
    { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }] },
  ]
  const stored = events.at(-1)
  const previous = stored?.type === 'response.completed' ? stored.response.id : ''
  const next = await gateway.call('/v1/responses', {
    body: { model: 'chat/m', previous_response_id: previous, input, tools: [] },
  })
  expect(next.status).toBe(200)
  const [first, second] = upstream.seen
  const named = (seen: typeof first): string[] =>
    ((seen?.body['tools'] ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name)
  // The history keeps its names although its tools are declared no more.
  const calls = (seen: typeof first): unknown[] =>
    ((seen?.body['messages'] ?? []) as { tool_calls?: { function: { name: string } }[] }[]).flatMap(
      ({ tool_calls: each }) => each?.map((call) => call.function.name) ?? [],
    )
  expect(named(first)).toEqual([
    expect.stringMatching(/^shell_[0-9a-f]{8}$/),
    'local_shell',
    'apply_patch',
    'tool_search',
    'shell',
  ])
  expect(named(second)).toEqual(['sky__now', 'exec'])
  expect(calls(second)).toEqual(['shell', 'local_shell', 'apply_patch', 'tool_search', 'shell'])
  const { messages } = second?.body ?? {}
  expect((messages as object[]).slice(2)).toEqual([
    {
      role: 'tool',
      tool_call_id: 'call_1',
      content: '[{"stdout":"a.ts\\n","stderr":"","outcome":{"type":"exit","exit_code":0}}]',
    },
    { role: 'tool', tool_call_id: 'call_2', content: 'a.ts' },
    { role: 'tool', tool_call_id: 'call_3', content: '{"status":"failed","output":"No such line."}' },
    { role: 'tool', tool_call_id: 'call_4', content: 'These tools can be called now: sky__now.' },
    { role: 'tool', tool_call_id: 'call_5', content: '' },
  ])
})

test.each(['shell_call_output', 'apply_patch_call_output'])(
  'a %s that no call asked for is refused by its place',
  async (type) => {
    await using upstream = await startUpstream(says('Never.'))
    await using gateway = await startGateway({ accounts: { chat: { provider: 'openai-compatible', baseURL: upstream.url } } })
    const input = [
      { role: 'user', content: 'Go.' },
      { type, call_id: 'call_0', status: 'completed', output: [] },
    ]
    const answer = await gateway.call('/v1/responses', { body: { model: 'chat/m', input } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { param: 'input[1].call_id' } })
    expect(upstream.seen).toHaveLength(0)
  },
)
