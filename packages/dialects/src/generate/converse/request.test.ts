import { describe, expect, it } from 'vitest'
import type { Quirks } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import type { Loss } from '../canonical/loss.js'
import type { Generation } from '../canonical/request.js'
import { restoreCall } from '../tools/restore-call.js'
import { converse } from './converse.js'
import type { ContentBlock, ConverseRequest, Message } from './wire.js'

const asked = (items: readonly Item[], more: Partial<Generation> = {}): Generation => ({
  model: 'm',
  items,
  sampling: { maxOutputTokens: 100 },
  stream: false,
  state: {},
  ...more,
})
const encode = (generation: Generation, quirks?: Quirks) =>
  converse.request.encode(generation, { model: 'm', ...(quirks && { quirks }) })
const body = (generation: Generation, quirks?: Quirks): ConverseRequest => encode(generation, quirks).body
const messages = (items: readonly Item[]): Message[] => body(asked(items)).messages ?? []
const lossesOf = (losses: readonly Loss[]): string[] => losses.map(({ disposition, path }) => `${disposition} ${path}`)

const says = (role: 'user' | 'assistant' | 'system' | 'developer', text: string, turn?: number): Item => ({
  type: 'message',
  role,
  ...(turn !== undefined && { turn }),
  content: text === '' ? [] : [{ type: 'text', text }],
})
const calls = (callId: string, text = '{}', name = 'look', turn?: number): Item => ({
  type: 'tool-call',
  kind: 'function',
  name,
  callId,
  arguments: text,
  ...(turn !== undefined && { turn }),
})
const gives = (callId: string, output: string, turn?: number): Item => ({
  type: 'tool-result',
  kind: 'function',
  callId,
  output,
  ...(turn !== undefined && { turn }),
})
const look = { type: 'function', name: 'look' } as const

describe('cache points', () => {
  const hour = { type: 'text', text: 'a', cache: { ttl: '1h' } } as const
  const short = { type: 'text', text: 'b', cache: {} } as const
  const tools: Generation['tools'] = [{ ...look, cache: { ttl: '5m' } }]
  const marked = asked(
    [
      { type: 'message', role: 'system', content: [hour] },
      { type: 'message', role: 'user', content: [short, { type: 'text', text: 'c' }] },
      { ...calls('x'), cache: {} } as Item,
      { ...gives('x', ''), output: [short, { type: 'text', text: 'd' }] } as Item,
    ],
    { tools },
  )
  const point = { cachePoint: { type: 'default' } }

  it('stand behind what bears a mark, the last four, and behind a result that bears one within', () => {
    const { body, losses } = encode(marked, { cacheMarks: ['tools', 'ttl'] })
    expect(body.toolConfig?.tools).toHaveLength(1)
    expect(body.system).toEqual([{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }])
    expect(body.messages?.map(({ content }) => content)).toEqual([
      [{ text: 'b' }, point, { text: 'c' }],
      [expect.objectContaining({ toolUse: expect.anything() }), point],
      [{ toolResult: { toolUseId: 'x', content: [{ text: 'b' }, { text: 'd' }] } }, point],
    ])
    expect(losses).toEqual([])
  })

  it('stand behind tools, and with how long to keep them, where the model takes that', () => {
    const { system, toolConfig } = body(asked([{ type: 'message', role: 'system', content: [hour] }], { tools }), {
      cacheMarks: ['tools'],
    })
    expect(toolConfig?.tools).toEqual([expect.anything(), point])
    expect(system).toEqual([{ text: 'a' }, point])
    expect(body(marked, { cacheMarks: ['ttl'] }).toolConfig?.tools).toHaveLength(1)
  })

  it('are none for a model that refuses them, without loss', () => {
    const { body, losses } = encode({ ...marked, cache: {} })
    expect(JSON.stringify(body)).not.toContain('cachePoint')
    expect(losses).toEqual([])
  })

  it('stand behind the last message where all of the prompt is marked, once', () => {
    const whole = asked([says('user', 'Hi')], { cache: { ttl: '1h' } })
    const behind = [{ text: 'Hi' }, { cachePoint: { type: 'default', ttl: '1h' } }]
    expect(body(whole, { cacheMarks: ['ttl'] }).messages).toEqual([{ role: 'user', content: behind }])
    const twice = asked([{ type: 'message', role: 'user', content: [short] }], { cache: {} })
    expect(body(twice, { cacheMarks: [] }).messages).toEqual([{ role: 'user', content: [{ text: 'b' }, point] }])
  })

  it('keep fields and types that are not known', () => {
    const content: ContentBlock[] = [
      { text: 'a' },
      { cachePoint: { type: 'default', ttl: '2h', pool: 1 } as { type: string } },
      { text: 'b' },
      { cachePoint: { type: 'lasting' } },
    ]
    const generation = converse.request.decode({ model: 'm', messages: [{ role: 'user', content }] })
    expect(generation.items[0]).toMatchObject({
      content: [{ cache: {} }, { extras: { converse: { cachePoint: { type: 'lasting' } } } }],
    })
    expect(body(generation, { cacheMarks: [] }).messages).toEqual([
      { role: 'user', content: content.with(1, { cachePoint: { type: 'default', pool: 1 } as { type: string } }) },
    ])
    expect(body(generation, { cacheMarks: ['ttl'] }).messages).toEqual([{ role: 'user', content }])
  })
})

describe('messages', () => {
  it('are one of the assistant and one of all results, in the order in which things were said', () => {
    const items = [
      says('user', 'Go.', 0),
      says('assistant', 'I look.', 1),
      calls('a', '{}', 'look', 1),
      calls('b', '{}', 'look', 1),
    ]
    const results = [gives('a', 'Sea.', 2), gives('b', 'Sky.', 3), says('user', 'And?', 4)]
    expect(messages([...items, ...results])).toEqual([
      { role: 'user', content: [{ text: 'Go.' }] },
      {
        role: 'assistant',
        content: [
          { text: 'I look.' },
          { toolUse: { toolUseId: 'a', name: 'look', input: {} } },
          { toolUse: { toolUseId: 'b', name: 'look', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: 'Sea.' }] } },
          { toolResult: { toolUseId: 'b', content: [{ text: 'Sky.' }] } },
          { text: 'And?' },
        ],
      },
    ])
    expect(encode(asked([...items, ...results], { tools: [look] })).losses).toEqual([])
  })

  it('take turns: two of one side become one, which is told', () => {
    const items = [
      says('user', 'One.', 0),
      says('user', 'Two.', 1),
      says('assistant', 'Three.', 2),
      says('assistant', 'Four.', 3),
    ]
    expect(messages(items).map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 2],
      ['assistant', 2],
    ])
    expect(lossesOf(encode(asked(items)).losses)).toEqual(['approximated items[1]', 'approximated items[3]'])
  })

  it('begin with the user, whoever began', () => {
    const { body, losses } = encode(asked([says('assistant', 'Hello!')]))
    expect(body.messages?.map(({ role }) => role)).toEqual(['user', 'assistant'])
    expect(lossesOf(losses)).toEqual(['approximated items[0]'])
  })

  it('have results directly behind their calls, before what was said in between', () => {
    const items = [says('user', 'Go.', 0), calls('a', '{}', 'look', 1), says('user', 'Hurry.', 2), gives('a', 'Sea.', 3)]
    const { body, losses } = encode(asked(items, { tools: [look] }))
    expect(body.messages?.[2]?.content.map((block) => Object.keys(block)[0])).toEqual(['toolResult', 'text'])
    expect(lossesOf(losses)).toEqual(['approximated items[3]'])
  })

  it('find a late result its place, however much came between', () => {
    const items = [
      says('user', 'Go.', 0),
      calls('a'),
      calls('b'),
      gives('a', 'Sea.'),
      says('assistant', 'So far.', 4),
      gives('b', 'Sky.', 5),
    ]
    const { body, losses } = encode(asked(items, { tools: [look] }))
    expect(body.messages?.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 1],
      ['assistant', 2],
      ['user', 2],
      ['assistant', 1],
    ])
    expect(lossesOf(losses)).toEqual(['approximated items[5]'])
  })

  it('say a result in words whose call is not there', () => {
    const { body, losses } = encode(asked([gives('a', 'Sea.')]))
    expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'The result of the call a:' }, { text: 'Sea.' }] }])
    expect(lossesOf(losses)).toEqual(['approximated items[0]'])
  })

  it('leave out what says nothing, for Converse takes no empty text', () => {
    const blank: Item = {
      type: 'message',
      role: 'user',
      content: [
        { type: 'text', text: ' \n' },
        { type: 'text', text: 'Hi' },
      ],
    }
    expect(messages([blank])).toEqual([{ role: 'user', content: [{ text: 'Hi' }] }])
    const { body, losses } = encode(asked([says('user', ''), calls('a'), gives('a', '')], { tools: [look] }))
    expect(body.messages?.at(-1)?.content[0]?.toolResult?.content).toEqual([{ text: 'The tool said nothing.' }])
    expect(lossesOf(losses)).toEqual(['approximated items[0]', 'approximated items[1]', 'approximated items[2].output'])
  })

  it('have instructions apart, those that came later as well', () => {
    const items = [says('developer', 'Be brief.', 0), says('user', 'Hi', 1), says('system', 'Be kind.', 2)]
    const { body, losses } = encode(asked(items, { instructions: 'Be calm.' }))
    expect(body.system).toEqual([{ text: 'Be calm.' }, { text: 'Be brief.' }, { text: 'Be kind.' }])
    expect(body.messages).toHaveLength(1)
    expect(lossesOf(losses)).toEqual(['approximated items[2]'])
  })

  it('drop a result together with a call that only another dialect knows', () => {
    const foreign: Item = { type: 'foreign', dialect: 'responses', callId: 'x', wire: { type: 'new_call' } }
    const { body, losses } = encode(asked([says('user', 'Hi'), foreign, gives('x', 'y')]))
    expect(body.messages).toHaveLength(1)
    expect(lossesOf(losses)).toEqual(['dropped items[1]', 'dropped items[2]'])
  })
})

describe('a call', () => {
  const called = (item: Item): ContentBlock['toolUse'] =>
    body(asked([says('user', 'Go.'), item], { tools: [look] })).messages?.[1]?.content[0]?.toolUse

  it.each([
    ['call_abc-1', 'call_abc-1'],
    ['call:1', 'weir-call_3a1'],
    ['a_b.c', 'weir-a_5fb_2ec'],
    ['ü🌊', 'weir-_fc_ud83c_udf0a'],
    ['weir-x', 'weir-weir-x'],
    ['', 'weir-'],
  ])('of the id %j goes by %j and comes back', (callId, toolUseId) => {
    expect(called(calls(callId))?.toolUseId).toBe(toolUseId)
    const wire = body(asked([says('user', 'Go.'), calls(callId), gives(callId, 'x')], { tools: [look] }))
    expect(converse.request.decode(wire).items.slice(1)).toMatchObject([{ callId }, { callId }])
  })

  it('of a long id goes by a short one, and its result by the same', () => {
    const [first, second] = ['a', 'b'].map((end) => called(calls('x'.repeat(80) + end))?.toolUseId)
    expect(first).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(first).not.toBe(second)
    const long = 'y'.repeat(80)
    const { body, losses } = encode(asked([says('user', 'Go.'), calls(long), gives(long, 'x')], { tools: [look] }))
    expect(body.messages?.[2]?.content[0]?.toolResult?.toolUseId).toBe(body.messages?.[1]?.content[0]?.toolUse?.toolUseId)
    expect(lossesOf(losses)).toEqual(['approximated items[1].callId', 'approximated items[2].callId'])
  })

  it.each([
    ['', {}, []],
    ['{"a":[1]}', { a: [1] }, []],
    ['{"a":', { input: '{"a":' }, ['approximated items[1].arguments']],
    ['[1]', { input: '[1]' }, ['approximated items[1].arguments']],
    ['{"id":9007199254740993}', { id: 9007199254740992 }, ['approximated items[1].arguments']],
    ['{"id":9007199254740992}', { id: 9007199254740992 }, []],
  ])('with the arguments %j asks for %j', (text, input, losses) => {
    expect(called(calls('a', text))?.input).toEqual(input)
    expect(lossesOf(encode(asked([says('user', 'Go.'), calls('a', text)], { tools: [look] })).losses)).toEqual(losses)
  })
})

describe('tools', () => {
  const toolOf = (more: Partial<Generation>, quirks?: Quirks) => encode(asked([says('user', 'Go.')], more), quirks)

  it('have plain names, which lead back', () => {
    const tools = [
      { type: 'function', name: 'files.read' },
      { type: 'custom', name: 'sql' },
    ] as const
    const { body, losses, names } = toolOf({ tools, toolChoice: { type: 'tool', kind: 'function', name: 'files.read' } })
    expect(body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name)).toEqual(['files_read', 'sql'])
    expect(body.toolConfig?.toolChoice).toEqual({ tool: { name: 'files_read' } })
    expect(lossesOf(losses)).toEqual(['approximated tools[1]', 'approximated tools[0].name', 'approximated toolChoice'])
    const call = { type: 'tool-call', kind: 'function', name: 'files_read', callId: 'c', arguments: '{}' } as const
    expect(restoreCall(call, names ?? new Map()).name).toBe('files.read')
  })

  it('have a schema of an object, always', () => {
    const tools = [look, { ...look, name: 'any', parameters: { properties: {} } }]
    expect(toolOf({ tools }).body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.inputSchema)).toEqual([
      { json: { type: 'object' } },
      { json: { type: 'object', properties: {} } },
    ])
  })

  it('are held to their schemas where the model can be', () => {
    const tools = [{ ...look, strict: true }]
    expect(toolOf({ tools }, { strictTools: true }).body.toolConfig?.tools[0]?.toolSpec?.strict).toBe(true)
    const { body, losses } = toolOf({ tools })
    expect(body.toolConfig?.tools[0]?.toolSpec).not.toHaveProperty('strict')
    expect(lossesOf(losses)).toEqual(['approximated tools[0].strict'])
  })

  it.each([
    [{ type: 'auto' }, { auto: {} }],
    [{ type: 'required' }, { any: {} }],
    [{ type: 'tool', kind: 'function', name: 'look' }, { tool: { name: 'look' } }],
  ] as const)('are chosen by %j as %j', (toolChoice, wire) => {
    const { body, losses } = toolOf({ tools: [look], toolChoice })
    expect(body.toolConfig?.toolChoice).toEqual(wire)
    expect(losses).toEqual([])
  })

  it('are withheld where none may be called', () => {
    const { body, losses } = toolOf({ tools: [look], toolChoice: { type: 'none' } })
    expect(body.toolConfig).toBeUndefined()
    expect(lossesOf(losses)).toEqual(['approximated tools'])
  })

  it('are shown all the same where the history has calls, which Converse reads with tools only', () => {
    const items = [says('user', 'Go.'), calls('a'), gives('a', 'Sea.')]
    const { body, losses } = encode(asked(items, { tools: [look], toolChoice: { type: 'none' } }))
    expect(body.toolConfig).toEqual({ tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }] })
    expect(lossesOf(losses)).toEqual(['approximated toolChoice'])
  })

  it('are made up where the history has calls and nobody declares any', () => {
    const { body, losses } = encode(asked([says('user', 'Go.'), calls('a', '{}', 'gone'), gives('a', 'Sea.')]))
    expect(body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name)).toEqual(['gone'])
    expect(lossesOf(losses)).toEqual(['approximated tools'])
  })

  it('are only those that are allowed', () => {
    const tools = [look, { ...look, name: 'other' }]
    const toolChoice = { type: 'allowed', mode: 'required', tools: [{ type: 'function', name: 'other' }] } as const
    const { body, losses } = toolOf({ tools, toolChoice })
    expect(body.toolConfig?.tools.map(({ toolSpec }) => toolSpec?.name)).toEqual(['other'])
    expect(body.toolConfig?.toolChoice).toEqual({ any: {} })
    expect(lossesOf(losses)).toEqual(['approximated toolChoice'])
  })

  it('may not be called side by side, which the answer is held to', () => {
    expect(lossesOf(toolOf({ tools: [look], parallelToolCalls: false }).losses)).toEqual(['approximated parallelToolCalls'])
    expect(toolOf({ parallelToolCalls: false }).losses).toEqual([])
  })

  it('are no choice where the chosen one is not there', () => {
    const { body, losses } = toolOf({ tools: [look], toolChoice: { type: 'tool', kind: 'function', name: 'gone' } })
    expect(body.toolConfig?.toolChoice).toBeUndefined()
    expect(lossesOf(losses)).toEqual(['dropped toolChoice'])
  })
})

describe('an effort of reasoning', () => {
  const reasons = (effort: string, quirks: Quirks, more: Partial<Generation> = {}) =>
    encode(asked([says('user', 'Hi')], { reasoning: { effort }, ...more }), quirks)

  it('is a declared loss where the model takes none', () => {
    expect(lossesOf(reasons('high', {}).losses)).toEqual(['dropped reasoning.effort'])
  })

  it('stands in the field that the model reads', () => {
    expect(reasons('high', { effortAs: 'output-config' }).body.outputConfig).toEqual({ effort: 'high' })
    const adaptive = reasons('minimal', { effortAs: 'adaptive-thinking' })
    expect(adaptive.body.additionalModelRequestFields).toEqual({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
    })
    expect(lossesOf(adaptive.losses)).toEqual(['approximated reasoning.effort'])
    expect(reasons('none', { effortAs: 'thinking-budget' }).body.additionalModelRequestFields).toEqual({
      thinking: { type: 'disabled' },
    })
  })

  it.each([
    ['medium', undefined, 8192, 4096 + 8192],
    ['low', 50_000, 2048, 50_000],
    ['max', 20_000, 20_000 - 1024, 20_000],
  ])('of %s with a limit of %s is a budget of %i tokens below the limit %i', (effort, maxOutputTokens, budget, maxTokens) => {
    const sampling = maxOutputTokens === undefined ? {} : { maxOutputTokens }
    const { body, losses } = reasons(effort, { effortAs: 'thinking-budget' }, { sampling })
    expect(body.additionalModelRequestFields).toEqual({ thinking: { type: 'enabled', budget_tokens: budget } })
    expect(body.inferenceConfig?.maxTokens).toBe(maxTokens)
    expect(lossesOf(losses)).toEqual(['approximated reasoning.effort'])
  })

  it('is none where the limit leaves no room, or a tool must be called', () => {
    const small = reasons('low', { effortAs: 'thinking-budget' })
    expect(small.body.additionalModelRequestFields).toBeUndefined()
    expect(lossesOf(small.losses)).toEqual(['dropped reasoning.effort'])
    const more = { tools: [look], toolChoice: { type: 'required' } } as const
    expect(lossesOf(reasons('low', { effortAs: 'adaptive-thinking' }, more).losses)).toEqual(['dropped reasoning.effort'])
  })

  it('takes the temperature away, which such a model does not take', () => {
    const sampling = { temperature: 0.2, topP: 0.5, maxOutputTokens: 9000 }
    const { body, losses } = reasons('low', { effortAs: 'adaptive-thinking' }, { sampling })
    expect(body.inferenceConfig).toEqual({ maxTokens: 9000 })
    expect(lossesOf(losses)).toEqual(['dropped sampling.temperature', 'dropped sampling.topP'])
    expect(reasons('none', { effortAs: 'adaptive-thinking' }, { sampling }).body.inferenceConfig).toEqual({
      maxTokens: 9000,
      temperature: 0.2,
      topP: 0.5,
    })
  })
})

describe('parameters', () => {
  it('always name a limit of tokens', () => {
    const open = asked([says('user', 'Hi')], { sampling: {} })
    expect(body(open).inferenceConfig).toEqual({ maxTokens: 4096 })
    expect(body(open, { defaultMaxTokens: 32_000 }).inferenceConfig).toEqual({ maxTokens: 32_000 })
  })

  it('that the model rejects are left out, wherever they stand', () => {
    const generation = asked([says('user', 'Hi')], { sampling: { topP: 0.5, maxOutputTokens: 9 }, serviceTier: 'flex' })
    const quirks = { rejects: ['topP', 'serviceTier', 'temperature', 'model'] }
    const { body, losses } = encode(generation, quirks)
    expect(body).toEqual({
      model: 'm',
      stream: false,
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 9 },
    })
    expect(lossesOf(losses)).toEqual(['dropped sampling.topP', 'dropped serviceTier'])
    const wire = { model: 'x', inferenceConfig: { topP: 1, maxTokens: 9 }, serviceTier: { type: 'flex' }, mine: 1 }
    expect(converse.retarget(wire, { model: 'm', quirks }).body).toEqual({
      model: 'm',
      inferenceConfig: { maxTokens: 9 },
      mine: 1,
    })
    expect(wire.inferenceConfig).toEqual({ topP: 1, maxTokens: 9 })
  })

  it('of a tier that Converse does not have are a declared loss', () => {
    expect(lossesOf(encode(asked([], { serviceTier: 'scale' })).losses)).toEqual(['dropped serviceTier'])
    expect(encode(asked([], { serviceTier: 'auto' })).losses).toEqual([])
  })
})

describe('the address', () => {
  it('holds the model and whether to stream, and the body neither', () => {
    const model = 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-v2:0'
    const encoded = 'arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.anthropic.claude-v2%3A0'
    const messages: Message[] = [{ role: 'user', content: [{ text: 'Hi' }] }]
    expect(converse.address({ model, stream: true, messages })).toEqual({
      path: `/model/${encoded}/converse-stream`,
      body: { messages },
    })
    expect(converse.address({ model: 'a', stream: false, messages }).path).toBe('/model/a/converse')
    expect(converse.address({ model: 'a', messages }).path).toBe('/model/a/converse')
  })
})

describe('what cannot be understood', () => {
  it.each([
    [{ model: 'm', messages: [1] }, 'messages[0]'],
    [{ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }, 'messages[0].content'],
  ])('is named: %j', (wire, param) => {
    // What a caller may send, whatever the type says.
    expect(() => converse.request.decode(wire as never)).toThrow(expect.objectContaining({ param }))
  })
})
