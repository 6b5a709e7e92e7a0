import { describe, expect, it } from 'vitest'
import type { ToolCallItem } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import { flattenTools } from './flatten.js'
import { restoreCall } from './restore-call.js'
import type { ToolOrigin } from './tool-origin.js'
import { wrapInput } from './unwrap.js'

const long = 'a_very_long_name_for_a_namespace_that_nobody_would_choose'
const tools = [
  { type: 'function', name: 'plain' },
  { type: 'custom', name: 'sql' },
  {
    type: 'namespace',
    name: 'files',
    tools: [
      { type: 'function', name: 'read' },
      { type: 'custom', name: 'patch' },
    ],
  },
  {
    type: 'namespace',
    name: long,
    tools: [
      { type: 'function', name: 'first_tool' },
      { type: 'function', name: 'first_tool_again' },
    ],
  },
  { type: 'function', name: 'files__read' },
] as const

const called = (name: string, text: string): ToolCallItem => ({
  type: 'tool-call',
  kind: 'function',
  name,
  callId: 'c',
  arguments: text,
})

const member = (name: string, namespace: string): ToolOrigin => ({ kind: 'function', name, namespace })

describe('flat tools', () => {
  const { tools: flat, names, nameOf } = flattenTools({ tools, items: [] }, { customTools: false })
  const flatNames = flat.map(({ tool }) => (tool.type === 'hosted' ? tool.tool : tool.name))

  it('have names that are unique, short enough and the same every time', () => {
    expect(new Set(flatNames).size).toBe(flat.length)
    for (const name of flatNames) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(flattenTools({ tools, items: [] }, { customTools: false }).names).toEqual(names)
    expect(nameOf(member('read', 'files'))).not.toBe('files__read')
    expect(nameOf(member('patch', 'files'))).toBe('files__patch')
  })

  it('lead back to what the caller knows', () => {
    expect(restoreCall(called(nameOf(member('read', 'files')), '{"path":"x"}'), names)).toMatchObject({
      kind: 'function',
      name: 'read',
      namespace: 'files',
      arguments: '{"path":"x"}',
    })
    expect(restoreCall(called('files__patch', wrapInput('*** Begin\n"x"')), names)).toMatchObject({
      kind: 'custom',
      name: 'patch',
      namespace: 'files',
      arguments: '*** Begin\n"x"',
    })
    expect(restoreCall(called(nameOf(member('first_tool', long)), '{}'), names)).toMatchObject({
      namespace: long,
      name: 'first_tool',
    })
    expect(restoreCall(called('plain', '{}'), names)).toEqual(called('plain', '{}'))
    expect(restoreCall(called('files__read', '{}'), names)).toEqual(called('files__read', '{}'))
  })

  it('leave arguments alone that are not the wrapping', () => {
    for (const text of ['{"inp', '{"other":1}', 'select 1']) expect(restoreCall(called('sql', text), names).arguments).toBe(text)
  })

  it('keep free text where the server knows it', () => {
    const kept = flattenTools({ tools, items: [] }, { customTools: true })
    expect(kept.tools[1]?.tool).toEqual({ type: 'custom', name: 'sql' })
    expect(kept.names.has('sql')).toBe(false)
  })

  it('take no name that a user has given', () => {
    const names = ['files__read', 'shell', 'a'.repeat(80)] as const
    const mine = names.map((name) => ({ type: 'function', name }) as const)
    const theirs = [
      { type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'read' }] },
      { type: 'namespace', name: 'fil', tools: [{ type: 'function', name: 'es__read' }] },
      { type: 'namespace', name: 'x', tools: [{ type: 'function', name: 'y__z' }] },
      { type: 'namespace', name: 'x__y', tools: [{ type: 'function', name: 'z' }] },
      { type: 'built-in', kind: 'shell' },
    ] as const
    for (const tools of [
      [...mine, ...theirs],
      [...theirs, ...mine],
    ]) {
      const flat = flattenTools({ tools, items: [] }, { customTools: false })
      const wire = flat.tools.map(({ tool }) => (tool.type === 'hosted' ? '' : tool.name))
      expect(new Set(wire).size).toBe(8)
      for (const name of wire) expect(name.length).toBeLessThanOrEqual(64)
      expect(wire).toEqual(expect.arrayContaining(['files__read', 'shell']))
      expect([...flat.names.values()]).toEqual(
        expect.arrayContaining([
          { kind: 'function', name: 'read', namespace: 'files' },
          { kind: 'function', name: 'z', namespace: 'x__y' },
          { kind: 'function', name: 'a'.repeat(80) },
          { kind: 'shell', name: 'shell' },
        ]),
      )
    }
  })

  it('have plain names where the server takes no others, each for one tool only', () => {
    const names = ['my.tool', 'my_tool', 'tool:1', '', 'plain'] as const
    const tools = names.map((name) => ({ type: 'function', name }) as const)
    const flat = flattenTools({ tools, items: [] }, { customTools: false, plainNames: true })
    const wire = flat.tools.map(({ tool }) => (tool.type === 'hosted' ? '' : tool.name))
    expect(new Set(wire).size).toBe(5)
    for (const name of wire) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(wire).toEqual(expect.arrayContaining(['my_tool', 'tool_1', 'plain']))
    expect(wire.map((name) => restoreCall(called(name, '{}'), flat.names).name)).toEqual(names)
    expect(flattenTools({ tools, items: [] }, { customTools: false }).names.size).toBe(0)
  })

  it('are known by the names that models make of theirs, where these can mean one tool only', () => {
    const names = flattenTools(
      {
        tools: [
          { type: 'function', name: 'read' },
          {
            type: 'namespace',
            name: 'files',
            tools: [
              { type: 'function', name: 'read' },
              { type: 'custom', name: 'patch' },
            ],
          },
          { type: 'namespace', name: 'a', tools: [{ type: 'function', name: 'twice' }] },
          { type: 'namespace', name: 'b', tools: [{ type: 'function', name: 'twice' }] },
        ],
        items: [],
      },
      { customTools: false },
    ).names
    expect(restoreCall(called('patch', '{"input":"x"}'), names)).toMatchObject({
      namespace: 'files',
      kind: 'custom',
      arguments: 'x',
    })
    expect(restoreCall(called('files.read', '{}'), names)).toMatchObject({ namespace: 'files', name: 'read' })
    expect(restoreCall(called('b.twice', '{}'), names)).toMatchObject({ namespace: 'b', name: 'twice' })
    for (const name of ['read', 'twice', 'files']) expect(restoreCall(called(name, '{}'), names)).toEqual(called(name, '{}'))
  })

  it('know the calls of a history whose tools are gone', () => {
    const flat = flattenTools({ tools: [{ type: 'function', name: 'old__tool' }], items: [] }, { customTools: false })
    expect(flat.nameOf({ kind: 'custom', name: 'sql' })).toBe('sql')
    expect(flat.nameOf(member('tool', 'old'))).toMatch(/^old__tool_[0-9a-f]{8}$/)
    expect(flat.nameOf(member('tool', 'old'))).toBe(flat.nameOf(member('tool', 'old')))
    expect(restoreCall(called('sql', '{"input":"select 1"}'), flat.names)).toMatchObject({
      kind: 'custom',
      arguments: 'select 1',
    })
    expect(restoreCall(called(flat.nameOf(member('tool', 'old')), '{}'), flat.names)).toMatchObject({
      name: 'tool',
      namespace: 'old',
    })
  })

  it('include what the conversation brings along, the latest of a name', () => {
    const losses: Loss[] = []
    const flat = flattenTools(
      {
        tools: [{ type: 'function', name: 'seen', description: 'before' }],
        items: [
          { type: 'tools', origin: 'additional_tools', tools: [{ type: 'custom', name: 'exec' }] },
          {
            type: 'tool-result',
            kind: 'tool_search',
            callId: 'c',
            output: '',
            tools: [
              { type: 'function', name: 'seen', description: 'after' },
              { type: 'namespace', name: 'ns', tools: [{ type: 'function', name: 'found' }] },
            ],
          },
        ],
      },
      { customTools: true },
      losses,
    )
    expect(flat.tools.map(({ tool }) => tool)).toEqual([
      { type: 'function', name: 'seen', description: 'after' },
      { type: 'custom', name: 'exec' },
      { type: 'function', name: 'ns__found' },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['items[1].tools[1]', 'tools[0]'])
  })
})
