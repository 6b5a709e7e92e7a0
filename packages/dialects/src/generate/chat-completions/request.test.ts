import { GatewayError } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import type { Generation } from '../canonical/request.js'
import { chatCompletions } from './chat-completions.js'

const asking = (items: readonly Item[], more: Partial<Generation> = {}): Generation => ({
  model: 'm',
  items,
  sampling: {},
  stream: false,
  state: {},
  ...more,
})
const encode = (generation: Generation, quirks: Target['quirks'] = {}) =>
  chatCompletions.request.encode(generation, { model: 'up', quirks })
const text = (role: 'user' | 'assistant' | 'developer', said: string, turn: number): Item => ({
  type: 'message',
  role,
  turn,
  content: [{ type: 'text', text: said }],
})
const call = (callId: string, turn: number): Item => ({
  type: 'tool-call',
  kind: 'function',
  name: 'f',
  callId,
  turn,
  arguments: '{}',
})
const result = (callId: string, turn: number): Item => ({
  type: 'tool-result',
  kind: 'function',
  callId,
  turn,
  output: `of ${callId}`,
})

describe('a conversation of items', () => {
  it('becomes one assistant message for all that was said and done in a turn', () => {
    const { body, losses } = encode(
      asking(
        [
          text('user', 'go', 0),
          { type: 'reasoning', turn: 1, id: 'rs_1', summary: [], content: ['hm'] },
          text('assistant', 'looking', 1),
          call('a', 1),
          call('b', 1),
          result('b', 2),
          result('a', 3),
        ],
        { instructions: 'be brief' },
      ),
      { reasoningField: 'reasoning' },
    )
    expect(losses).toEqual([])
    expect(body.messages).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: 'looking',
        reasoning: 'hm',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'of b' },
      { role: 'tool', tool_call_id: 'a', content: 'of a' },
    ])
  })

  it('keeps assistant messages of two turns apart', () => {
    const { body } = encode(asking([text('assistant', 'one', 0), text('assistant', 'two', 1), call('a', 2)]))
    expect(body.messages).toHaveLength(3)
  })

  it('moves what stands between a call and its result behind the result, and says so', () => {
    const { body, losses } = encode(asking([call('a', 0), text('user', 'wait', 1), result('a', 2)]))
    expect(body.messages.map((message) => message.role)).toEqual(['assistant', 'tool', 'user'])
    expect(losses).toEqual([{ path: 'items[2]', disposition: 'approximated', reason: expect.any(String) }])
  })

  it('pairs a call id that comes again with the latest call', () => {
    const { body, losses } = encode(asking([call('a', 0), result('a', 1), call('a', 2), result('a', 3)]))
    expect(body.messages.map((message) => message.role)).toEqual(['assistant', 'tool', 'assistant', 'tool'])
    expect(losses).toEqual([])
  })

  it('shows an image of a result in a user message behind the last result', () => {
    const seen: Item = {
      type: 'tool-result',
      kind: 'function',
      callId: 'a',
      turn: 1,
      output: [
        { type: 'text', text: 'a chart' },
        { type: 'image', url: 'https://example.org/c.png' },
      ],
    }
    const { body, losses } = encode(asking([call('a', 0), call('b', 0), seen, result('b', 2)]))
    expect(body.messages.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'a chart' },
      { role: 'tool', tool_call_id: 'b', content: 'of b' },
      {
        role: 'user',
        content: [
          expect.objectContaining({ type: 'text' }),
          { type: 'image_url', image_url: { url: 'https://example.org/c.png' } },
        ],
      },
    ])
    expect(losses).toEqual([{ path: 'items[2].output[1]', disposition: 'approximated', reason: expect.any(String) }])
  })

  it('drops a call newer than the code together with its result', () => {
    const wire = { type: 'quantum_call', call_id: 'q' }
    const { body, losses } = encode(
      asking([{ type: 'foreign', dialect: 'responses', callId: 'q', turn: 0, wire }, result('q', 1), text('user', 'x', 2)]),
    )
    expect(body.messages).toEqual([{ role: 'user', content: 'x' }])
    expect(losses.map((loss) => [loss.path, loss.disposition])).toEqual([
      ['items[0]', 'dropped'],
      ['items[1]', 'dropped'],
    ])
  })
})

describe('what chat cannot carry', () => {
  it('is declared, each with its path, and state is not among it', () => {
    const { body, losses } = encode(
      asking(
        [
          {
            type: 'reasoning',
            turn: 0,
            summary: ['s'],
            replay: { dialect: 'responses', payload: 'opaque' },
            extras: { responses: { weight: 1 } },
          },
          {
            type: 'message',
            role: 'assistant',
            turn: 0,
            phase: 'final_answer',
            content: [{ type: 'text', text: 'x', extras: { messages: { cache_control: {} } } }],
          },
          { type: 'hosted-tool-call', dialect: 'responses', tool: 'web_search', turn: 0, wire: {} },
        ],
        {
          tools: [{ type: 'hosted', tool: 'web_search', extras: { responses: { type: 'web_search' } } }],
          toolChoice: { type: 'required' },
          include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
          truncation: 'auto',
          maxToolCalls: 3,
          reasoning: { effort: 'low', summary: 'auto' },
          state: { previousResponseId: 'resp_1', background: true },
          extras: { responses: { prompt: { id: 'p' } } },
        },
      ),
    )
    expect(losses.map((loss) => loss.path).toSorted()).toEqual([
      'extras.responses.prompt',
      'include[0]',
      'items[0]',
      'items[0].extras.responses.weight',
      'items[0].replay',
      'items[1].content[0].extras.messages.cache_control',
      'items[1].phase',
      'items[2]',
      'maxToolCalls',
      'reasoning.summary',
      'toolChoice',
      'tools[0]',
      'truncation',
    ])
    expect(body).toEqual({
      model: 'up',
      messages: [{ role: 'assistant', content: 'x' }],
      logprobs: true,
      reasoning_effort: 'low',
      stream: false,
    })
    expect(JSON.stringify(body)).not.toContain('opaque')
  })

  it('goes as a function where free text is unknown, in the tools, the history and the choice', () => {
    const { body, losses } = encode(
      asking([{ type: 'tool-call', kind: 'custom', name: 'sql', callId: 'c', turn: 0, arguments: 'select "1"' }], {
        tools: [{ type: 'custom', name: 'sql', description: 'Runs SQL', grammar: { syntax: 'lark', definition: 'start: "x"' } }],
        toolChoice: { type: 'tool', kind: 'custom', name: 'sql' },
      }),
    )
    expect(body.tools).toMatchObject([
      {
        type: 'function',
        function: { name: 'sql', description: expect.stringContaining('start: "x"'), parameters: { required: ['input'] } },
      },
    ])
    expect(body.messages).toMatchObject([
      { tool_calls: [{ type: 'function', function: { name: 'sql', arguments: '{"input":"select \\"1\\""}' } }] },
    ])
    expect(body.tool_choice).toEqual({ type: 'function', function: { name: 'sql' } })
    expect(losses.map(({ path, disposition }) => `${path} ${disposition}`)).toEqual([
      'tools[0] approximated',
      'items[0] approximated',
      'toolChoice approximated',
    ])
  })

  it('gives the stand-in of a free-text tool only the fields that it has a place for', () => {
    const wire = {
      model: 'm',
      messages: [],
      tools: [{ type: 'custom', custom: { name: 'sql', dialect: 'ansi' }, cache_control: {} }],
    }
    const { body, losses } = encode(chatCompletions.request.decode(wire as never))
    expect(body.tools?.map((tool) => Object.keys(tool).toSorted())).toEqual([['cache_control', 'function', 'type']])
    expect(losses.map((loss) => loss.path)).toContain('tools[0].extras.chat-completions.custom')
  })

  it('leaves no empty list where no part could be carried', () => {
    const image = { type: 'image', fileId: 'file-1' } as const
    const { body, losses } = encode(
      asking([
        { type: 'message', role: 'user', turn: 0, content: [image] },
        call('a', 1),
        { type: 'tool-result', kind: 'function', callId: 'a', turn: 2, output: [image] },
      ]),
    )
    expect(body.messages.map((message) => message.content)).toEqual(['', null, ''])
    expect(losses.map((loss) => loss.path)).toEqual(['items[0].content[0]', 'items[2].output[0]'])
  })

  it('chooses a tool of a namespace by its flat name', () => {
    const tools = [{ type: 'namespace', name: 'ns', tools: [{ type: 'function', name: 'f' }] }] as const
    const { body } = encode(asking([], { tools, toolChoice: { type: 'tool', kind: 'function', name: 'f' } }))
    expect(body).toMatchObject({ tools: [{ function: { name: 'ns__f' } }], tool_choice: { function: { name: 'ns__f' } } })
  })

  it('shows the allowed tools only where the choice of them is unknown', () => {
    const tools = ['f', 'g', 'h'].map((name) => ({ type: 'function', name }) as const)
    const toolChoice = { type: 'allowed', mode: 'required', tools: [{ type: 'function', name: 'g' }] } as const
    expect(encode(asking([], { tools, toolChoice })).body).toMatchObject({
      tools: [{ function: { name: 'g' } }],
      tool_choice: 'required',
    })
    expect(encode(asking([], { tools, toolChoice }), { allowedTools: true }).body.tools).toHaveLength(3)
  })

  it('drops a choice that requires one of the allowed tools where none of them is left', () => {
    const tools = [{ type: 'function', name: 'f' }] as const
    const toolChoice = { type: 'allowed', mode: 'required', tools: [{ type: 'web_search' }] } as const
    const { body, losses } = encode(asking([], { tools, toolChoice }))
    expect(body).not.toHaveProperty('tool_choice')
    expect(losses).toMatchObject([{ path: 'toolChoice', disposition: 'dropped' }])
  })
})

describe('a server that differs', () => {
  const asked = asking([text('developer', 'x', 0)], {
    stream: true,
    sampling: { maxOutputTokens: 5, seed: 1, logitBias: { 5: 1 } },
  })

  it('gets the names, roles and options that it knows', () => {
    expect(encode(asked).body).toMatchObject({
      max_completion_tokens: 5,
      stream_options: { include_usage: true },
      messages: [{ role: 'developer' }],
    })
    const { body, losses } = encode(asked, {
      legacyMaxTokens: true,
      noStreamUsage: true,
      noDeveloperRole: true,
      rejects: ['logit_bias'],
    })
    expect(body).toEqual({ model: 'up', messages: [{ role: 'system', content: 'x' }], max_tokens: 5, seed: 1, stream: true })
    expect(losses).toEqual([{ path: 'sampling.logitBias', disposition: 'dropped', reason: expect.any(String) }])
  })

  it('gets no stream options where it rejects them, not even those that nobody knows', () => {
    const wire = { model: 'm', messages: [], stream: true, stream_options: { continuous_usage_stats: true } }
    const { body, losses } = encode(chatCompletions.request.decode(wire as never), { noStreamUsage: true })
    expect(body).not.toHaveProperty('stream_options')
    expect(losses.map((loss) => loss.path)).toEqual(['streamOptions'])
  })

  it.each([
    ['high', 'high', []],
    ['minimal', 'none', ['approximated']],
    // Half-way between two: the greater.
    ['low', 'high', ['approximated']],
    ['max', 'high', ['approximated']],
    ['tremendous', undefined, ['dropped']],
  ])('that knows two efforts is told of %s as %s, on both lanes', (asked, told, declared) => {
    const quirks = { efforts: ['none', 'high'] }
    const translated = encode(asking([], { reasoning: { effort: asked } }), quirks)
    const wire = { model: 'm', messages: [], reasoning_effort: asked }
    const native = chatCompletions.retarget(wire, { model: 'up', quirks })
    for (const { body, losses } of [translated, native]) {
      expect(body.reasoning_effort).toBe(told)
      expect(losses.map(({ path, disposition }) => [path, disposition])).toEqual(
        declared.map((disposition) => ['reasoning.effort', disposition]),
      )
    }
    expect(wire.reasoning_effort).toBe(asked)
  })

  it('gets the same on the native lane, beside the fields that nobody knows', () => {
    const wire = {
      model: 'm',
      messages: [{ role: 'developer', content: 'x' } as const],
      max_completion_tokens: 5,
      seed: 1,
      logit_bias: { 5: 1 },
      top_k: 3,
      stream: true,
      stream_options: { include_usage: true },
    }
    const { body, losses } = chatCompletions.retarget(wire, {
      model: 'up',
      quirks: { legacyMaxTokens: true, noStreamUsage: true, noDeveloperRole: true, rejects: ['logit_bias', 'top_k'] },
    })
    expect(body).toEqual({ model: 'up', messages: [{ role: 'system', content: 'x' }], max_tokens: 5, seed: 1, stream: true })
    expect(losses.map((loss) => loss.path)).toEqual(['sampling.logitBias', 'extras.chat-completions.top_k'])
    expect(wire.messages[0]?.role).toBe('developer')
  })
})

describe('a request', () => {
  it('says of every function whether it is strict, since other dialects take silence for yes', () => {
    const tools = [{ name: 'f' }, { name: 'g', strict: true }].map((called) => ({ type: 'function', function: called }) as const)
    const asked = chatCompletions.request.decode({ model: 'm', messages: [], tools })
    expect(asked.tools).toMatchObject([{ strict: false }, { strict: true }])
  })

  it('may bring the legacy form of a call and its result', () => {
    const { items } = chatCompletions.request.decode({
      model: 'm',
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } } as never,
        { role: 'function', name: 'f', content: 'done' },
      ],
    })
    expect(items).toMatchObject([
      { type: 'tool-call', name: 'f' },
      { type: 'tool-result', output: 'done' },
    ])
    expect(items[0]).toHaveProperty('callId', items[1]?.type === 'tool-result' ? items[1].callId : '')
  })

  it('pairs the legacy form of a result with the latest call of its name', () => {
    const call = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } } as never
    const result = { role: 'function', name: 'f', content: 'done' } as const
    const { items } = chatCompletions.request.decode({ model: 'm', messages: [call, result, call, result] })
    expect(items.map((item) => 'callId' in item && item.callId)).toEqual(['call_0', 'call_0', 'call_2', 'call_2'])
  })

  it('of many messages is read in time that grows with their number only', () => {
    const turn = [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } } as never,
      { role: 'function', name: 'g', content: '' } as const,
    ]
    const messages = Array.from({ length: 30_000 }, () => turn).flat()
    const started = performance.now()
    expect(chatCompletions.request.decode({ model: 'm', messages }).items).toHaveLength(60_000)
    // Looking through all calls for every result takes seconds.
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it.each([
    [{ model: 'm' }, 'messages'],
    [{ model: 'm', messages: ['hi'] }, 'messages[0]'],
    [{ model: 'm', messages: [{ role: 'user', content: { text: 'x' } }] }, 'messages[0].content'],
    [{ model: 'm', messages: [{ role: 'user', content: [7] }] }, 'messages[0].content[0]'],
    [{ model: 'm', messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  ])('that cannot be understood is refused with the field at fault: %j', (wire, param) => {
    const refusal = (): unknown => chatCompletions.request.decode(wire as never)
    expect(refusal).toThrow(GatewayError)
    expect(refusal).toThrow(expect.objectContaining({ param }))
  })
})

it('keeps a grammar as it came that says its definition in no text', () => {
  const format = { type: 'grammar', grammar: { syntax: { toString: 'lark' }, definition: 7 } }
  const body = {
    model: 'm',
    messages: [{ role: 'user', content: 'Go.' }],
    tools: [{ type: 'custom', custom: { name: 'sql', format } }],
  }
  const { tools } = chatCompletions.request.decode(body as never)
  expect(tools).toEqual([{ type: 'custom', name: 'sql', extras: { 'chat-completions': { custom: { format } } } }])
})
