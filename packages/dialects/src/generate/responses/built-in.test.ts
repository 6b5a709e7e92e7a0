import { describe, expect, it } from 'vitest'
import type { Answering } from '../../dialect.js'
import { readAll } from '../../reader.js'
import type { ToolCallItem, ToolKind } from '../canonical/item.js'
import type { Generated } from '../canonical/response.js'
import { unfold } from '../canonical/unfold.js'
import { responses } from './responses.js'

const answering: Answering = {
  asked: { model: 'm', items: [], sampling: {}, stream: true, state: {} },
  id: 'resp_1',
  createdAt: 1,
  model: 'm',
  provider: 'p',
  stored: false,
}

const call = (kind: ToolKind, text: string, callId = 'call_1'): ToolCallItem => ({
  type: 'tool-call',
  id: `id_${callId}`,
  kind,
  name: kind,
  callId,
  arguments: text,
})

const answer = (...items: readonly ToolCallItem[]): Generated => ({ items, outcome: { status: 'completed' } })
const output = (item: ToolCallItem): unknown => responses.response.encode(answer(item), answering).output[0]

/** The frames of the items, without what they have in common. */
function frames(...items: readonly ToolCallItem[]): object[] {
  return readAll(responses.stream.encode(answering), unfold(answer(...items)))
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data) as { type: string; sequence_number: number })
    .filter(({ type }) => !/created|in_progress|completed/.test(type))
    .map((frame) => Object.fromEntries(Object.entries(frame).filter(([field]) => field !== 'sequence_number')))
}

describe('the call of a built-in tool', () => {
  it.each([
    ['shell', '{"commands":["ls","pwd"],"timeout_ms":5}', { commands: ['ls', 'pwd'], timeout_ms: 5, max_output_length: null }],
    // What a model that never saw the tool makes of its schema.
    ['shell', '{"command":"ls"}', { commands: ['ls'], timeout_ms: null, max_output_length: null }],
    ['shell', '["ls"]', { commands: ['ls'], timeout_ms: null, max_output_length: null }],
    ['shell', 'ls -la', { commands: ['ls -la'], timeout_ms: null, max_output_length: null }],
    ['shell', '', { commands: [], timeout_ms: null, max_output_length: null }],
  ] as const)('%s %j is a shell_call', (kind, text, action) => {
    const item = { id: 'id_call_1', type: 'shell_call', call_id: 'call_1', status: 'completed', environment: null, action }
    expect(output(call(kind, text))).toEqual(item)
  })

  it.each([
    ['{"command":["ls","-l"],"working_directory":"/srv"}', { command: ['ls', '-l'], env: {}, working_directory: '/srv' }],
    ['{"command":"ls -l"}', { command: ['sh', '-c', 'ls -l'], env: {} }],
  ])('local_shell %j is a local_shell_call', (text, action) => {
    const item = { id: 'id_call_1', type: 'local_shell_call', call_id: 'call_1', status: 'completed' }
    expect(output(call('local_shell', text))).toEqual({ ...item, action: { type: 'exec', ...action } })
  })

  it.each([
    ['{"type":"create_file","path":"a","diff":"+x"}', { type: 'create_file', path: 'a', diff: '+x' }],
    ['{"operation":{"type":"delete_file","path":"a"}}', { type: 'delete_file', path: 'a' }],
    ['{"type":"update_file","path":"a"}', { type: 'update_file', path: 'a', diff: '' }],
    // Nothing can be applied to a file without a name.
    [
      '{"type":"update_file","path":"a","diff":"-old',
      { type: 'update_file', path: '', diff: '{"type":"update_file","path":"a","diff":"-old' },
    ],
  ])('apply_patch %j is an apply_patch_call', (text, operation) => {
    const item = { id: 'id_call_1', type: 'apply_patch_call', call_id: 'call_1', status: 'completed', operation }
    expect(output(call('apply_patch', text))).toEqual(item)
  })

  it('that was broken off is not to be run', () => {
    const cut = output(call('shell', '{"commands":["rm -rf /srv/old'))
    expect(cut).toMatchObject({ type: 'shell_call', status: 'incomplete', action: { commands: [] } })
  })

  it('tool_search is a tool_search_call that the caller runs', () => {
    expect(output(call('tool_search', '{"query":"weather"}'))).toEqual({
      id: 'id_call_1',
      type: 'tool_search_call',
      execution: 'client',
      call_id: 'call_1',
      status: 'completed',
      arguments: { query: 'weather' },
    })
  })

  it('streams a shell with its item', () => {
    const place = { output_index: 0 }
    const item = { id: 'id_call_1', type: 'shell_call', call_id: 'call_1', environment: null }
    const limits = { timeout_ms: null, max_output_length: null }
    expect(frames(call('shell', '{"commands":["ls","pwd"]}'))).toEqual([
      {
        type: 'response.output_item.added',
        ...place,
        item: { ...item, status: 'in_progress', action: { ...limits, commands: [] } },
      },
      {
        type: 'response.output_item.done',
        ...place,
        item: { ...item, status: 'completed', action: { ...limits, commands: ['ls', 'pwd'] } },
      },
    ])
  })

  it('streams a patch, of which the file is known from the beginning', () => {
    const operation = { type: 'update_file', path: 'a.ts', diff: '@@\n-1\n+2' }
    const item = { id: 'id_call_1', type: 'apply_patch_call', call_id: 'call_1' }
    expect(frames(call('apply_patch', JSON.stringify(operation)))).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', operation: { ...operation, diff: '' } },
      },
      { type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'completed', operation } },
    ])
  })

  it('keeps its place where another begins before it is known', () => {
    const [first, second] = [call('apply_patch', '{"type":"delete_file","path":"a"}', 'call_1'), call('function', '{}', 'call_2')]
    const encoder = responses.stream.encode(answering)
    const events = [
      { type: 'turn-start' },
      { type: 'item-start', item: 0, start: { ...first, arguments: '' } },
      { type: 'item-start', item: 1, start: { ...second, arguments: '' } },
      { type: 'item-end', item: 0, end: first },
      { type: 'item-end', item: 1, end: second },
    ] as const
    const added = readAll(encoder, events).flatMap(({ data }) => (data.includes('output_item.added') ? [JSON.parse(data)] : []))
    expect(added).toMatchObject([
      { output_index: 0, item: { type: 'apply_patch_call' } },
      { output_index: 1, item: { type: 'function_call' } },
    ])
  })
})

it('a call that breaks off before it is known has begun all the same', () => {
  const start = { ...call('apply_patch', ''), status: 'in_progress' } as const
  const events = [
    { type: 'turn-start' },
    { type: 'item-start', item: 0, start },
    { type: 'arguments-delta', item: 0, text: '{"type":"upd' },
    { type: 'error', failure: { kind: 'cut', message: 'Cut.' } },
  ] as const
  const told = readAll(responses.stream.encode(answering), events).flatMap(({ data }) =>
    data === '[DONE]' ? [] : [JSON.parse(data) as { type: string; response?: { output: object[] } }],
  )
  expect(told.map(({ type }) => type).slice(2)).toEqual(['response.output_item.added', 'error', 'response.failed'])
  expect(told.at(-1)?.response?.output).toMatchObject([{ id: 'id_call_1', type: 'apply_patch_call', operation: { path: '' } }])
})

describe('the history of built-in tools', () => {
  const input = [
    {
      type: 'shell_call',
      id: 'sh_1',
      call_id: 'a',
      status: 'completed',
      action: { commands: ['ls'] },
      environment: { type: 'local' },
    },
    {
      type: 'shell_call_output',
      call_id: 'a',
      max_output_length: 100,
      output: [{ stdout: 'x\n', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
    },
    {
      type: 'local_shell_call',
      id: 'lsh_1',
      call_id: 'b',
      status: 'completed',
      action: { type: 'exec', command: ['ls'], env: {} },
    },
    { type: 'local_shell_call_output', id: 'b', output: 'y' },
    { type: 'apply_patch_call', call_id: 'c', status: 'completed', operation: { type: 'delete_file', path: 'a' } },
    { type: 'apply_patch_call_output', call_id: 'c', status: 'failed', output: 'No such file.' },
    { type: 'tool_search_call', call_id: 'd', execution: 'client', status: 'completed', arguments: { query: 'q' } },
    {
      type: 'tool_search_output',
      call_id: 'd',
      execution: 'client',
      status: 'completed',
      tools: [{ type: 'function', name: 'found', parameters: { type: 'object' }, defer_loading: true }],
    },
    { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'exec' }, { type: 'web_search' }] },
  ]

  it('goes back to a server that knows them as it came', () => {
    const asked = responses.request.decode({ model: 'm', input } as never)
    const { body, losses } = responses.request.encode(asked, { model: 'm' })
    expect(losses).toEqual([])
    // A limit that was not said is said to be none.
    const limits = { timeout_ms: null, max_output_length: null }
    expect(body.input).toEqual([{ ...input[0], environment: null, action: { commands: ['ls'], ...limits } }, ...input.slice(1)])
  })
})
