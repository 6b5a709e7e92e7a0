import { describe, expect, it } from 'vitest'
import type { ToolChoice } from '../canonical/request.js'
import { allows } from './allowed.js'

const f = { kind: 'function', name: 'f' } as const
const member = { kind: 'function', name: 'f', namespace: 'ns' } as const
const shell = { kind: 'shell', name: 'shell' } as const
const allowed = (...tools: Extract<ToolChoice, { type: 'allowed' }>['tools']): ToolChoice => ({
  type: 'allowed',
  mode: 'auto',
  tools,
})

describe('what a request allows', () => {
  it.each([
    ['nothing said', undefined, [f, member, shell], []],
    ['auto', { type: 'auto' }, [f, member, shell], []],
    ['required', { type: 'required' }, [f, member, shell], []],
    ['none', { type: 'none' }, [], [f, member, shell]],
    ['a function', { type: 'tool', kind: 'function', name: 'f' }, [f, member], [shell]],
    ['a function of a namespace', { type: 'tool', kind: 'function', name: 'f', namespace: 'ns' }, [member], [f, shell]],
    ['the shell', { type: 'tool', kind: 'shell', name: 'shell' }, [shell], [f, { kind: 'function', name: 'shell' }]],
    ['a list', allowed({ type: 'function', name: 'f' }, { type: 'shell' }), [f, member, shell], [{ kind: 'custom', name: 'g' }]],
    ['a namespace', allowed({ type: 'namespace', name: 'ns' }), [member], [f, shell]],
    ['hosted tools', allowed({ type: 'mcp' }, { type: 'web_search' }), [], [f, member, shell]],
    ['an empty list', allowed(), [], [f, shell]],
  ] as const)('by %s', (_, choice, yes, no) => {
    for (const tool of yes) expect(allows(choice, tool)).toBe(true)
    for (const tool of no) expect(allows(choice, tool)).toBe(false)
  })
})
