import { describe, expect, it } from 'vitest'
import type { ToolCallItem } from '../canonical/item.js'
import { flattenTools, restoreCall, wrapInput } from './tools.js'

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

describe('flat tools', () => {
  const { tools: flat, names, nameOf } = flattenTools(tools, { customTools: false })
  const flatNames = flat.map(({ tool }) => (tool.type === 'hosted' ? tool.tool : tool.name))

  it('have names that are unique, short enough and the same every time', () => {
    expect(new Set(flatNames).size).toBe(flat.length)
    for (const name of flatNames) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(flattenTools(tools, { customTools: false }).names).toEqual(names)
    expect(nameOf('read', 'files')).not.toBe('files__read')
    expect(nameOf('patch', 'files')).toBe('files__patch')
  })

  it('lead back to what the caller knows', () => {
    expect(restoreCall(called(nameOf('read', 'files'), '{"path":"x"}'), names)).toMatchObject({
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
    expect(restoreCall(called(nameOf('first_tool', long), '{}'), names)).toMatchObject({ namespace: long, name: 'first_tool' })
    expect(restoreCall(called('plain', '{}'), names)).toEqual(called('plain', '{}'))
    expect(restoreCall(called('files__read', '{}'), names)).toEqual(called('files__read', '{}'))
  })

  it('leave arguments alone that are not the wrapping', () => {
    for (const text of ['{"inp', '{"other":1}', 'select 1']) expect(restoreCall(called('sql', text), names).arguments).toBe(text)
  })

  it('keep free text where the server knows it', () => {
    const kept = flattenTools(tools, { customTools: true })
    expect(kept.tools[1]?.tool).toEqual({ type: 'custom', name: 'sql' })
    expect(kept.names.has('sql')).toBe(false)
  })
})
