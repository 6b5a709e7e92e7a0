import { GatewayError } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import type { Quirks } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import type { Part } from '../canonical/part.js'
import type { Generation, Tool } from '../canonical/request.js'
import { messages } from './messages.js'

const asking = (items: readonly Item[], more: Partial<Generation> = {}): Generation => ({
  model: 'm',
  items,
  sampling: {},
  stream: false,
  state: {},
  ...more,
})
const encode = (generation: Generation, quirks: Quirks = {}) => messages.request.encode(generation, { model: 'up', quirks })
const lossesAt = (generation: Generation, quirks: Quirks = {}): string[] =>
  encode(generation, quirks).losses.map(({ path, disposition }) => `${disposition} ${path}`)

type Role = 'user' | 'assistant' | 'system' | 'developer'
const saying = (role: Role, turn: number, ...content: Part[]): Item => ({ type: 'message', role, turn, content })
const text = (role: Role, said: string, turn: number): Item => saying(role, turn, { type: 'text', text: said })
const call = (callId: string, turn: number, more: object = {}): Item => ({
  type: 'tool-call',
  kind: 'function',
  name: 'f',
  callId,
  turn,
  arguments: '{"a":1}',
  ...more,
})
const result = (callId: string, turn: number): Item => ({
  type: 'tool-result',
  kind: 'function',
  callId,
  turn,
  output: `of ${callId}`,
})
const use = (id: string): object => ({ type: 'tool_use', id, name: 'f', input: { a: 1 } })
const answer = (id: string): object => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}` })
const f: Tool = { type: 'function', name: 'f', parameters: { type: 'object' } }
const g: Tool = { type: 'function', name: 'g', parameters: { type: 'object' } }
const go = text('user', 'go', 0)

describe('marks of the cache', () => {
  const control = { type: 'ephemeral' }

  it('are those of parts, calls, results and tools, of any dialect', () => {
    const marked: Tool = { ...f, cache: { ttl: '1h' } }
    const { body, losses } = encode(
      asking(
        [
          saying('system', 0, { type: 'text', text: 'calm', cache: { ttl: '1h' } }),
          go,
          call('c1', 1, { cache: {} }),
          { ...result('c1', 2), cache: { ttl: '5m' } } as Item,
        ],
        { tools: [marked] },
      ),
    )
    expect(body.tools).toMatchObject([{ cache_control: { type: 'ephemeral', ttl: '1h' } }])
    expect(body.system).toEqual([{ type: 'text', text: 'calm', cache_control: { type: 'ephemeral', ttl: '1h' } }])
    expect(body.messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ ...use('c1'), cache_control: control }] },
      { role: 'user', content: [{ ...answer('c1'), cache_control: { type: 'ephemeral', ttl: '5m' } }] },
    ])
    expect(losses).toEqual([])
  })

  it('are the last four of them, and one of the whole is one of the four', () => {
    const parts = ['a', 'b', 'c', 'd'].map((said): Part => ({ type: 'text', text: said, cache: {} }))
    const marked = asking([saying('user', 0, ...parts)], { tools: [{ ...f, cache: {} } as Tool] })
    const bearers = (generation: Generation): unknown[] => {
      const { tools, messages: said } = encode(generation).body
      const blocks = said.flatMap(({ content }) => (typeof content === 'string' ? [] : content))
      return [...(tools ?? []), ...blocks].flatMap((each) =>
        'cache_control' in each ? ('text' in each ? each.text : 'tool') : [],
      )
    }
    expect(bearers(marked)).toEqual(['a', 'b', 'c', 'd'])
    expect(bearers({ ...marked, cache: { ttl: '5m' } })).toEqual(['b', 'c', 'd'])
    expect(encode({ ...marked, cache: { ttl: '5m' } }).body.cache_control).toEqual({ type: 'ephemeral', ttl: '5m' })
    expect(encode(marked).losses).toEqual([])
  })

  it('keep what is not known of them, and go nowhere but to their own dialect with it', () => {
    const content = [
      { type: 'text' as const, text: 'a', cache_control: { type: 'ephemeral' as const, ttl: '1h' as const, scope: 'global' } },
      { type: 'text' as const, text: 'b', cache_control: { type: 'lasting' as 'ephemeral' } },
    ]
    const wire = { model: 'up', max_tokens: 10, messages: [{ role: 'user' as const, content }] }
    const generation = messages.request.decode(wire)
    expect(generation.items[0]).toMatchObject({
      content: [
        { cache: { ttl: '1h' }, extras: { messages: { cache_control: { scope: 'global' } } } },
        { extras: { messages: { cache_control: { type: 'lasting' } } } },
      ],
    })
    expect(encode(generation).body.messages).toEqual(wire.messages)
  })
})

describe('a conversation of items', () => {
  it('answers all calls of a turn in one message, before what the user says in it', () => {
    const { body, losses } = encode(
      asking([
        go,
        text('assistant', 'looking', 1),
        call('a', 1),
        call('b', 1),
        result('b', 2),
        result('a', 3),
        text('user', 'and?', 3),
        text('user', 'well?', 4),
      ]),
    )
    expect(losses).toEqual([])
    expect(body.messages).toEqual([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'text', text: 'looking' }, use('a'), use('b')] },
      { role: 'user', content: [answer('b'), answer('a'), { type: 'text', text: 'and?' }] },
      { role: 'user', content: 'well?' },
    ])
  })

  it('moves a result behind its call, and says so', () => {
    const generation = asking([go, call('a', 1), text('user', 'wait', 2), result('a', 3)])
    expect(encode(generation).body.messages.map(({ content }) => content)).toEqual(['go', [use('a')], [answer('a')], 'wait'])
    expect(lossesAt(generation)).toEqual(['approximated items[3]'])
  })

  it('keeps the order of thinking, text and calls', () => {
    const think = (payload: string, summary: string[] = []): Item => ({
      type: 'reasoning',
      turn: 1,
      summary,
      replay: { dialect: 'messages', payload },
    })
    const { body, losses } = encode(
      asking([go, think('sig1', ['hm']), call('a', 1), think('data:redacted'), think('sig2'), text('assistant', 'so', 1)]),
    )
    expect(losses).toEqual([])
    expect(body.messages[1]?.content).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'sig1' },
      use('a'),
      { type: 'redacted_thinking', data: 'data' },
      { type: 'thinking', thinking: '', signature: 'sig2' },
      { type: 'text', text: 'so' },
    ])
  })

  it('takes thinking back as it was given, whatever became of its text on the way', () => {
    const given = { type: 'thinking', thinking: 'hm', signature: 'sig' }
    const { items } = messages.response.decode({ type: 'message', content: [given] })
    const told = items.map((item): Item => ({ ...item, turn: 1, ...(item.type === 'reasoning' && { summary: ['h', 'm', ''] }) }))
    const { body, losses } = encode(asking([go, ...told, text('assistant', 'so', 1)]))
    expect(losses).toEqual([])
    expect(body.messages[1]?.content).toEqual([given, { type: 'text', text: 'so' }])
  })

  it('takes no thinking back without a signature of its own', () => {
    const generation = asking([go, { type: 'reasoning', turn: 1, summary: ['hm'] }, text('assistant', 'so', 1)])
    expect(encode(generation).body.messages[1]).toEqual({ role: 'assistant', content: 'so' })
    expect(lossesAt(generation)).toEqual(['dropped items[1]'])
  })

  it('leaves out what is empty: the API takes neither empty texts nor empty messages', () => {
    const generation = asking([go, saying('assistant', 1, { type: 'text', text: '' }), text('user', '  ', 2)])
    expect(encode(generation).body.messages).toEqual([{ role: 'user', content: 'go' }])
    expect(lossesAt(generation)).toEqual(['dropped items[2].content[0]'])
  })

  it.each([
    ['{"a":1}', { a: 1 }, []],
    ['', {}, []],
    ['[1]', { input: '[1]' }, ['approximated items[1].arguments']],
    ['{"a":', { input: '{"a":' }, ['approximated items[1].arguments']],
    ['null', { input: 'null' }, ['approximated items[1].arguments']],
  ])('makes an object of the arguments %s', (given, input, losses) => {
    const generation = asking([go, call('a', 1, { arguments: given }), result('a', 2)])
    expect(encode(generation).body.messages[1]?.content).toMatchObject([{ input }])
    expect(lossesAt(generation)).toEqual(losses)
  })
})

describe('a system prompt', () => {
  it('is all that stands before the conversation, whoever says it', () => {
    const items = [text('system', 'one', 0), text('developer', 'two', 1), text('user', 'go', 2)]
    const { body, losses } = encode(asking(items, { instructions: 'zero' }))
    expect(losses).toEqual([])
    expect(body.system).toEqual(['zero', 'one', 'two'].map((said) => ({ type: 'text', text: said })))
    expect(body.messages).toEqual([{ role: 'user', content: 'go' }])
  })

  it('amid the conversation is said by the user, unless the model takes it', () => {
    const generation = asking([go, text('developer', 'in verse', 1), text('assistant', 'yes', 2), text('system', 'stop', 3)])
    expect(encode(generation).body.messages.map(({ role }) => role)).toEqual(['user', 'user', 'assistant', 'user'])
    expect(lossesAt(generation)).toEqual(['approximated items[1]', 'approximated items[3]'])
    // Behind the assistant there is no place for one.
    expect(encode(generation, { systemMessages: true }).body.messages.map(({ role }) => role)).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ])
    expect(lossesAt(generation, { systemMessages: true })).toEqual(['approximated items[3]'])
  })

  it('alone is said by the user, for there must be a message', () => {
    const generation = asking([text('system', 'be', 0), text('system', 'go', 1)])
    expect(encode(generation).body).toMatchObject({ system: [{ text: 'be' }], messages: [{ role: 'user', content: 'go' }] })
    expect(lossesAt(generation)).toEqual(['approximated items[1]'])
  })
})

describe('a call id', () => {
  it.each(['toolu_01', 'call_9-x', 'functions.get_tide:0', 'ü', 'esc_x', ''])('%j leads back to itself', (id) => {
    const { body } = encode(asking([go, call(id, 1), result(id, 2)]))
    const content = body.messages[1]?.content
    const written = Array.isArray(content) && content[0]?.type === 'tool_use' ? String(content[0].id) : ''
    expect(written).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(body.messages[2]?.content).toMatchObject([{ tool_use_id: written }])
    expect(messages.request.decode(body).items).toMatchObject([{}, { callId: id }, { callId: id }])
  })

  it('that is too long is cut, the same at its call and its result, and says so', () => {
    const id = `${'x'.repeat(80)}.`
    const generation = asking([go, call(id, 1), result(id, 2)])
    const text = JSON.stringify(encode(generation).body)
    expect(new Set(text.match(/x{20,}-[0-9a-f]{8}/g)).size).toBe(1)
    expect(lossesAt(generation)).toEqual(['approximated items[1].callId', 'approximated items[2].callId'])
  })
})

describe('max_tokens', () => {
  it('is what the caller says, what the server allows, or 32000', () => {
    expect(encode(asking([go])).body.max_tokens).toBe(32_000)
    expect(encode(asking([go]), { defaultMaxTokens: 4096 }).body.max_tokens).toBe(4096)
    expect(encode(asking([go], { sampling: { maxOutputTokens: 5 } }), { defaultMaxTokens: 4096 }).body.max_tokens).toBe(5)
  })
})

describe('thinking', () => {
  const thinking = (more: Partial<Generation>, quirks: Quirks = {}) => {
    const generation = asking([go], more)
    const { body } = encode(generation, quirks)
    return { thinking: body.thinking, effort: body.output_config?.effort, losses: lossesAt(generation, quirks) }
  }

  it.each([
    [{ effort: 'high' }, { type: 'adaptive' }, 'high', []],
    [{ effort: 'minimal' }, { type: 'adaptive' }, 'low', ['approximated reasoning.effort']],
    [{ effort: 'max', summary: 'auto' }, { type: 'adaptive', display: 'summarized' }, 'max', []],
    [{ summary: 'concise' }, { type: 'adaptive', display: 'summarized' }, undefined, ['approximated reasoning.summary']],
    [{ effort: 'none' }, { type: 'disabled' }, undefined, []],
  ])('of %j is adaptive', (reasoning, wire, effort, losses) => {
    expect(thinking({ reasoning })).toEqual({ thinking: wire, effort, losses })
  })

  it.each([
    [{ effort: 'medium' }, 16_000, { type: 'enabled', budget_tokens: 8000 }, ['approximated reasoning.effort']],
    [{ effort: 'minimal' }, 2000, { type: 'enabled', budget_tokens: 1024 }, ['approximated reasoning.effort']],
    [{ effort: 'high' }, 1024, undefined, ['dropped reasoning.effort']],
    [{ summary: 'auto' }, 16_000, undefined, ['dropped reasoning']],
    [{ effort: 'none' }, 16_000, undefined, []],
  ])('of %j within %d tokens has a budget where the model knows no effort', (reasoning, maxOutputTokens, wire, losses) => {
    const said = thinking({ reasoning, sampling: { maxOutputTokens } }, { thinkingBudget: true })
    expect(said).toEqual({ thinking: wire, effort: undefined, losses })
  })

  it('gives way to a forced call, where it can', () => {
    const forced: Partial<Generation> = { reasoning: { effort: 'high' }, tools: [f, g], toolChoice: { type: 'required' } }
    expect(thinking(forced)).toEqual({ thinking: undefined, effort: 'high', losses: ['approximated reasoning.effort'] })
    expect(thinking(forced, { thinkingBudget: true }).losses).toEqual(['dropped reasoning.effort'])
  })

  it('within a budget cannot begin amid the calls of a turn', () => {
    const reasoning = { effort: 'high' }
    const amid = asking([go, call('a', 1), result('a', 2)], { reasoning })
    expect(encode(amid, { thinkingBudget: true }).body).not.toHaveProperty('thinking')
    expect(lossesAt(amid, { thinkingBudget: true })).toEqual(['dropped reasoning.effort'])
    expect(encode(amid).body.thinking).toEqual({ type: 'adaptive' })
    const begun: Item = { type: 'reasoning', turn: 1, summary: [], replay: { dialect: 'messages', payload: 'sig' } }
    const whole = asking([go, begun, call('a', 1), result('a', 2)], { reasoning })
    expect(encode(whole, { thinkingBudget: true }).body.thinking).toMatchObject({ type: 'enabled' })
  })

  it('stays on where it cannot be turned off, and leaves the call to the model', () => {
    const generation = asking([go], {
      reasoning: { effort: 'none' },
      tools: [f, g],
      toolChoice: { type: 'tool', kind: 'function', name: 'g' },
    })
    const { body } = encode(generation, { alwaysThinks: true })
    expect(body).toMatchObject({ tool_choice: { type: 'auto' }, tools: [{ name: 'g' }], output_config: { effort: 'low' } })
    expect(body).not.toHaveProperty('thinking')
    expect(lossesAt(generation, { alwaysThinks: true })).toEqual(['approximated toolChoice', 'approximated reasoning.effort'])
  })

  it('narrows how an answer is drawn', () => {
    const sampling = { temperature: 0.2, topP: 0.9 }
    const generation = asking([go], { reasoning: { effort: 'low' }, sampling })
    expect(encode(generation).body).not.toHaveProperty('temperature')
    expect(lossesAt(generation)).toEqual(['dropped sampling.temperature', 'dropped sampling.topP'])
    expect(lossesAt(asking([go], { sampling }))).toEqual(['dropped sampling.topP'])
    expect(encode(asking([go], { sampling: { temperature: 1.6 } })).body.temperature).toBe(1)
  })

  it('is read as an effort, for models that know no budget', () => {
    const decode = (wire: object) => messages.request.decode({ model: 'm', max_tokens: 10_000, messages: [], ...wire }).reasoning
    expect(decode({ thinking: { type: 'enabled', budget_tokens: 4000 } })).toMatchObject({ effort: 'medium' })
    expect(decode({ thinking: { type: 'enabled', budget_tokens: 64_000 } })).toMatchObject({ effort: 'high' })
    expect(decode({ thinking: { type: 'disabled' } })).toMatchObject({ effort: 'none' })
    expect(decode({ output_config: { effort: 'max' } })).toEqual({ effort: 'max' })
  })
})

describe('stops', () => {
  it('of white space alone are left out, which the API refuses', () => {
    const generation = asking([go], { sampling: { stop: ['\n', 'END', ' '] } })
    expect(encode(generation).body.stop_sequences).toEqual(['END'])
    expect(lossesAt(generation)).toEqual(['dropped sampling.stop[0]', 'dropped sampling.stop[2]'])
  })
})

describe('tools', () => {
  it.each([
    [{ toolChoice: { type: 'required' } }, { type: 'any' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallelToolCalls: true }, undefined],
    [
      { toolChoice: { type: 'tool', kind: 'function', name: 'g' }, parallelToolCalls: false },
      { type: 'tool', name: 'g', disable_parallel_tool_use: true },
    ],
  ] as const)('are chosen by %j', (more, choice) => {
    const { body, losses } = encode(asking([go], { tools: [f, g], ...more }))
    expect(body.tool_choice).toEqual(choice)
    expect(losses).toEqual([])
  })

  it('that are not allowed are not shown', () => {
    const generation = asking([go], {
      tools: [f, g],
      toolChoice: { type: 'allowed', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
    })
    expect(encode(generation).body).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } })
    expect(lossesAt(generation)).toEqual(['approximated toolChoice'])
  })

  it('that are none cannot be chosen between', () => {
    expect(encode(asking([go], { toolChoice: { type: 'auto' }, parallelToolCalls: false })).body).not.toHaveProperty(
      'tool_choice',
    )
    expect(lossesAt(asking([go], { toolChoice: { type: 'required' } }))).toEqual(['dropped toolChoice'])
  })

  it('without parameters say that they take an object', () => {
    const { body } = encode(asking([go], { tools: [{ type: 'function', name: 'now' }] }))
    expect(body.tools).toEqual([{ name: 'now', input_schema: { type: 'object', properties: {} } }])
  })

  it('of free text and of a namespace become functions that lead back', () => {
    const tools: Tool[] = [
      { type: 'custom', name: 'patch' },
      { type: 'namespace', name: 'sea', tools: [f] },
    ]
    const items: Item[] = [go, { ...call('a', 1), kind: 'custom', name: 'patch', arguments: 'x "y"' } as Item, result('a', 2)]
    const { body, names } = encode(asking(items, { tools }))
    expect(body.tools?.map(({ name }) => name)).toEqual(['patch', 'sea__f'])
    expect(body.messages[1]?.content).toMatchObject([{ name: 'patch', input: { input: 'x "y"' } }])
    expect(names?.get('sea__f')).toEqual({ kind: 'function', name: 'f', namespace: 'sea' })
    expect(names?.get('patch')).toEqual({ kind: 'custom', name: 'patch' })
  })

  it('of the web go as the version that the server has, where it has one', () => {
    const tools: Tool[] = [
      {
        type: 'hosted',
        tool: 'web_search',
        extras: { responses: { type: 'web_search', filters: { allowed_domains: ['a.example'] } } },
      },
    ]
    const quirks = { webSearch: 'web_search_20250305' }
    expect(encode(asking([go], { tools }), quirks).body.tools).toEqual([
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'] },
    ])
    expect(lossesAt(asking([go], { tools }))).toEqual(['dropped tools[0]'])
  })
})

describe('an answer in a form', () => {
  const schema = { type: 'object', properties: {}, additionalProperties: false }

  it('follows a schema, and no bare wish for JSON', () => {
    const asked = asking([go], { format: { type: 'json-schema', name: 'answer', schema, strict: true } })
    expect(encode(asked).body.output_config).toEqual({ format: { type: 'json_schema', schema } })
    expect(lossesAt(asked)).toEqual([])
    expect(lossesAt(asked, { noSchemas: true })).toEqual(['dropped format'])
    expect(lossesAt(asking([go], { format: { type: 'json' } }))).toEqual(['dropped format'])
  })
})

describe('a part', () => {
  const file = (part: object): unknown => encode(asking([saying('user', 0, part as Part)])).body.messages[0]?.content

  it.each([
    [
      { type: 'image', url: 'data:image/png;base64,aGk=' },
      { type: 'base64', media_type: 'image/png', data: 'aGk=' },
    ],
    [
      { type: 'image', url: 'https://a.example/i' },
      { type: 'url', url: 'https://a.example/i' },
    ],
    [
      { type: 'image', fileId: 'file_1' },
      { type: 'file', file_id: 'file_1' },
    ],
    [
      { type: 'file', data: 'JVBERi0xLjcK' },
      { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjcK' },
    ],
    [
      { type: 'file', data: 'data:text/csv;charset=utf-8;base64,YSxi', filename: 'a.csv' },
      { type: 'text', media_type: 'text/plain', data: 'a,b' },
    ],
    [
      { type: 'file', data: 'w6Q=', filename: 'a.md' },
      { type: 'text', media_type: 'text/plain', data: 'ä' },
    ],
    [
      { type: 'file', data: 'data:image/webp;base64,aGk=' },
      { type: 'base64', media_type: 'image/webp', data: 'aGk=' },
    ],
    [
      { type: 'file', url: 'https://a.example/a.pdf' },
      { type: 'url', url: 'https://a.example/a.pdf' },
    ],
  ])('%j has the source %j', (part, source) => {
    expect(file(part)).toMatchObject([{ source }])
  })

  it.each([
    { type: 'file', data: 'UEsDBA==', filename: 'a.docx' },
    { type: 'file', data: 'data:text/plain;base64,/w==' },
    { type: 'image', url: 'data:image/svg+xml,%3Csvg%3E' },
    { type: 'audio', data: 'aGk=', format: 'wav' },
  ])('that cannot be read is a declared loss: %j', (part) => {
    const generation = asking([saying('user', 0, { type: 'text', text: 'x' }, part as Part)])
    expect(lossesAt(generation)).toContain('dropped items[0].content[1]')
    expect(encode(generation).body.messages).toEqual([{ role: 'user', content: 'x' }])
  })
})

describe('what a server rejects', () => {
  it('is left out on both lanes, and says so', () => {
    const quirks: Quirks = { rejects: ['temperature', 'top_k', 'model'] }
    expect(lossesAt(asking([go], { sampling: { temperature: 0.5 } }), quirks)).toEqual(['dropped sampling.temperature'])
    const body = { model: 'm', max_tokens: 1, messages: [], temperature: 0.5, top_k: 3, speed: 'fast' }
    expect(messages.retarget(body, { model: 'up', quirks })).toEqual({
      body: { model: 'up', max_tokens: 1, messages: [], speed: 'fast' },
      losses: [
        { path: 'sampling.temperature', disposition: 'dropped', reason: 'The server rejects temperature.' },
        { path: 'sampling.topK', disposition: 'dropped', reason: 'The server rejects top_k.' },
      ],
    })
  })
})

describe('a request that cannot be understood', () => {
  it.each([
    [{ messages: 'x' }, 'messages'],
    [{ messages: [7] }, 'messages[0]'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [7] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'assistant', content: [7] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }, 'messages[0].content[0].tool_use_id'],
  ])('is refused at the field at fault: %j', (wire, param) => {
    const decode = () => messages.request.decode({ model: 'm', max_tokens: 1, ...wire } as never)
    expect(decode).toThrow(GatewayError)
    expect(decode).toThrow(expect.objectContaining({ param }))
  })
})
