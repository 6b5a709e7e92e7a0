import { describe, expect, it } from 'vitest'
import type { generateContent as wire } from '@weir/contracts'
import type { Target } from '../../dialect.js'
import type { Item, ToolCallItem } from '../canonical/item.js'
import type { Generation, Tool } from '../canonical/request.js'
import { generateContent } from './generate-content.js'

const asking = (items: readonly Item[], more: Partial<Generation> = {}): Generation => ({
  model: 'm',
  items,
  sampling: {},
  stream: false,
  state: {},
  ...more,
})
const encode = (generation: Generation, quirks: Target['quirks'] = {}) =>
  generateContent.request.encode(generation, { model: 'up', quirks })
const decode = (body: Omit<wire.GenerateContentRequest, 'model'>): Generation =>
  generateContent.request.decode({ model: 'm', ...body })
const text = (role: 'user' | 'assistant' | 'developer', said: string, turn: number): Item => ({
  type: 'message',
  role,
  turn,
  content: [{ type: 'text', text: said }],
})
const call = (callId: string, turn: number, more: Partial<ToolCallItem> = {}): Item => ({
  type: 'tool-call',
  kind: 'function',
  name: 'f',
  callId,
  turn,
  arguments: '{"a":1}',
  ...more,
})
const result = (callId: string, turn: number, output = `of ${callId}`): Item => ({
  type: 'tool-result',
  kind: 'function',
  callId,
  turn,
  output,
})
const signed = (payload: string) => ({ replay: { dialect: 'generate-content', payload } as const })
const fn = (name: string): Tool => ({ type: 'function', name })
const reply = (id: string, output = `of ${id}`) => ({ functionResponse: { id, name: 'f', response: { output } } })
const called = (id: string) => ({ functionCall: { id, name: 'f', args: { a: 1 } } })

describe('a conversation of items', () => {
  it('becomes contents, what the system says standing beside them', () => {
    const { body, losses } = encode(
      asking([text('developer', 'short', 0), text('user', 'go', 1), text('assistant', 'gone', 2)], { instructions: 'be kind' }),
    )
    expect(losses).toEqual([])
    expect(body).toEqual({
      model: 'up',
      stream: false,
      systemInstruction: { parts: [{ text: 'be kind' }, { text: 'short' }] },
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        { role: 'model', parts: [{ text: 'gone' }] },
      ],
    })
  })

  it('answers parallel calls in the one content behind them, whatever stood between', () => {
    const { body, losses } = encode(asking([call('a', 1), call('b', 1), text('user', 'wait', 2), result('b', 3), result('a', 4)]))
    expect(body.contents).toEqual([
      { role: 'model', parts: [called('a'), called('b')] },
      { role: 'user', parts: [reply('b'), reply('a')] },
      { role: 'user', parts: [{ text: 'wait' }] },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['items[3]', 'items[4]'])
  })

  it('moves a late word of the system to the front, and says so', () => {
    const { body, losses } = encode(asking([text('user', 'go', 0), text('developer', 'slowly', 1)]))
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'slowly' }] })
    expect(losses).toMatchObject([{ path: 'items[1]', disposition: 'approximated' }])
  })

  it('lets the user say what the system says where nobody else speaks', () => {
    const { body, losses } = encode(asking([text('developer', 'go', 0)]))
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'go' }] }])
    expect(body.systemInstruction).toBeUndefined()
    expect(losses).toMatchObject([{ path: 'items[0]', disposition: 'approximated' }])
  })

  it('names the function of a result by its call, and by the id where there is none', () => {
    const { body, losses } = encode(asking([result('lonely', 0)]))
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ functionResponse: { id: 'lonely', name: 'lonely', response: { output: 'of lonely' } } }] },
    ])
    expect(losses).toMatchObject([{ path: 'items[0]', disposition: 'approximated' }])
  })

  it('gives a result that is an object as one, and leaves numbers that it would round as text', () => {
    const { body } = encode(
      asking([call('a', 0), result('a', 1, '{"x":1}'), call('b', 2), result('b', 3, '{"x":12345678901234567890}')]),
    )
    const responses = JSON.stringify(body.contents)
    expect(responses).toContain('"response":{"x":1}')
    expect(responses).toContain('"response":{"output":"{\\"x\\":12345678901234567890}"}')
  })

  it.each([
    ['', {}, []],
    ['{"n":12345678901234567890}', { n: Number('12345678901234567890') }, ['items[0].arguments']],
    ['{"n":"12345678901234567890"}', { n: '12345678901234567890' }, []],
    ['{"broken', { arguments: '{"broken' }, ['items[0].arguments']],
    ['[1]', { arguments: '[1]' }, ['items[0].arguments']],
  ])('carries the arguments %s as an object', (given, args, paths) => {
    const { body, losses } = encode(asking([call('a', 0, { arguments: given })]))
    expect(body.contents).toEqual([{ role: 'model', parts: [{ functionCall: { id: 'a', name: 'f', args } }] }])
    expect(losses.map(({ path }) => path)).toEqual(paths)
  })

  it('drops both halves of a call of which one is of another dialect', () => {
    const foreign: Item = { type: 'foreign', dialect: 'responses', callId: 'a', turn: 0, wire: { type: 'odd_call' } }
    const { body, losses } = encode(asking([foreign, result('a', 1), text('user', 'go', 2)]))
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'go' }] }])
    expect(losses.map(({ path }) => path)).toEqual(['items[0]', 'items[1]'])
  })
})

describe('what a model said in several contents', () => {
  const chunk = (...parts: wire.Part[]): wire.Content => ({ role: 'model', parts })
  const thought = (said: string) => ({ text: said, thought: true })

  it('is one turn, and the pieces of a stream are one text again', () => {
    const { items } = decode({
      contents: [
        { role: 'user', parts: [{ text: 'go' }] },
        chunk(thought('Let ')),
        chunk(thought('me see.')),
        chunk({ ...thought(''), thoughtSignature: 'sig1' }),
        chunk({ text: 'Loo' }),
        chunk({ text: 'king.' }),
        chunk({ text: '' }),
        chunk(called('a')),
        chunk({ text: '' }),
        { role: 'user', parts: [reply('a')] },
      ],
    })
    expect(items).toEqual([
      text('user', 'go', 0),
      { type: 'reasoning', turn: 1, summary: ['Let me see.'], ...signed('sig1') },
      text('assistant', 'Looking.', 1),
      call('a', 1),
      result('a', 9),
    ])
  })

  it('stays apart where a content has more than parts, or the user spoke between', () => {
    const contents: wire.Content[] = [
      chunk({ text: 'a' }),
      Object.assign(chunk({ text: 'b' }), { extra: 1 }),
      { role: 'user', parts: [{ text: 'c' }] },
      chunk({ text: 'd' }),
    ]
    expect(encode(decode({ contents })).body.contents).toEqual(contents)
  })
})

describe('a signature', () => {
  it('goes back on the very part that it came with', () => {
    const parts: wire.Part[] = [
      { text: 'Hm.', thought: true, thoughtSignature: 'c2lnMQ==' },
      { text: 'first' },
      { text: 'second', thoughtSignature: 'c2lnMg==' },
      { text: 'third' },
      { functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2lnMw==' },
      { functionCall: { name: 'f', args: {} } },
      { text: '', thoughtSignature: 'c2lnNA==' },
    ]
    const asked = decode({ contents: [{ role: 'model', parts }] })
    expect(asked.items.map(({ type, replay }) => [type, replay?.payload])).toEqual([
      ['reasoning', 'c2lnMQ=='],
      ['message', 'c2lnMg=='],
      ['message', undefined],
      ['tool-call', 'c2lnMw=='],
      ['tool-call', undefined],
      ['reasoning', 'c2lnNA=='],
    ])
    expect(encode(asked).body.contents).toEqual([{ role: 'model', parts }])
  })

  it('of another issuer never leaves, and what it stood on goes without', () => {
    const { body, losses } = encode(asking([call('a', 0, { replay: { dialect: 'messages', payload: 'secret' } })]))
    expect(body.contents).toEqual([{ role: 'model', parts: [called('a')] }])
    expect(losses).toMatchObject([{ path: 'items[0].replay', disposition: 'dropped' }])
  })

  it('that is no base64 travels as base64 all the same, for SDKs decode it', () => {
    const payload = 'weir1.google.gemini-3.fc_1.c2ln/é'
    const { body } = encode(asking([call('a', 0, signed(payload))]))
    const sent = JSON.stringify(body.contents)
    expect(sent).not.toContain('weir1')
    expect(/"thoughtSignature":"([A-Za-z0-9+/]+=*)"/.test(sent)).toBe(true)
    expect(generateContent.request.decode(body).items[0]?.replay).toEqual({ dialect: 'generate-content', payload })
  })

  it.each([
    ['the first of calls where none is signed', [call('a', 0), call('b', 0)], ['skip', undefined]],
    ['no call where one is signed', [call('a', 0, signed('c2ln')), call('b', 0)], ['c2ln', undefined]],
    [
      'each content by itself',
      [call('a', 0), result('a', 1), call('b', 2, signed('c2ln')), result('b', 3), call('c', 4)],
      ['skip', 'c2ln', 'skip'],
    ],
  ])('is made up for %s, where the server wants one', (_, items, signatures) => {
    const { body } = encode(asking(items), { unsignedCalls: 'skip' })
    const parts = (body.contents as { parts: wire.Part[] }[]).flatMap((content) => content.parts)
    expect(parts.filter((part) => part.functionCall).map((part) => part.thoughtSignature)).toEqual(signatures)
    expect(JSON.stringify(encode(asking(items)).body)).not.toContain('skip')
  })
})

describe('ids of calls', () => {
  it('pair by name and order where there are none, and are not sent to a server that gave none', () => {
    const contents: wire.Content[] = [
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'f', args: {} } },
          { functionCall: { name: 'g', args: {} } },
          { functionCall: { name: 'f', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { n: 1 } } },
          { functionResponse: { name: 'f', response: { n: 2 } } },
          { functionResponse: { name: 'g', response: { n: 3 } } },
        ],
      },
    ]
    const asked = decode({ contents })
    const ids = asked.items.map((item) => ('callId' in item ? item.callId : ''))
    expect(new Set(ids).size).toBe(3)
    expect(ids).toEqual([ids[0], ids[1], ids[2], ids[0], ids[2], ids[1]])
    expect(encode(asked).body.contents).toEqual(contents)
  })

  it('are kept where a server gave them', () => {
    const asked = decode({ contents: [{ role: 'model', parts: [{ functionCall: { id: 'fc-1', name: 'f', args: { a: 1 } } }] }] })
    expect(asked.items).toMatchObject([{ callId: 'fc-1' }])
    expect(encode(asked).body.contents).toEqual([{ role: 'model', parts: [called('fc-1')] }])
  })

  it('keep the name of a response that no call explains', () => {
    const contents = [{ role: 'user', parts: [{ functionResponse: { name: 'lost', response: { x: 1 } } }] }]
    const { body, losses } = encode(decode({ contents }))
    expect(body.contents).toEqual(contents)
    expect(losses).toEqual([])
  })
})

describe('reasoning in a history', () => {
  const thought: Item = { type: 'reasoning', turn: 0, summary: ['Hm.'] }

  it('goes only where the server takes its text, or with its signature', () => {
    expect(encode(asking([thought, text('assistant', 'a', 0)])).losses).toMatchObject([
      { path: 'items[0]', disposition: 'dropped' },
    ])
    expect(encode(asking([thought]), { rawReasoning: true }).body.contents).toEqual([
      { role: 'model', parts: [{ text: 'Hm.', thought: true }] },
    ])
    expect(encode(asking([{ ...thought, ...signed('c2ln') }])).body.contents).toEqual([
      { role: 'model', parts: [{ text: 'Hm.', thought: true, thoughtSignature: 'c2ln' }] },
    ])
  })
})

describe('media', () => {
  const showing = (...content: Extract<Item, { type: 'message' }>['content']): Generation =>
    asking([{ type: 'message', role: 'user', turn: 0, content }])

  it('goes as data or by its URL', () => {
    const { body, losses } = encode(
      showing(
        { type: 'image', url: 'data:image/png;base64,AAAA' },
        { type: 'image', url: 'https://example.com/a.webp?x=1' },
        { type: 'file', data: 'JVBERi0x' },
        { type: 'file', data: 'data:text/csv;base64,YSxi' },
        { type: 'audio', data: 'UklG', format: 'mp3' },
      ),
    )
    expect(losses).toEqual([])
    expect(body.contents).toMatchObject([
      {
        parts: [
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { fileData: { mimeType: 'image/webp', fileUri: 'https://example.com/a.webp?x=1' } },
          { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0x' } },
          { inlineData: { mimeType: 'text/csv', data: 'YSxi' } },
          { inlineData: { mimeType: 'audio/mp3', data: 'UklG' } },
        ],
      },
    ])
  })

  it.each([
    [
      'a URL for a server that fetches nothing',
      { type: 'image', url: 'https://example.com/a.png' },
      { noUrls: true },
      'items[0].content[1]',
    ],
    ['an id of a file', { type: 'file', fileId: 'file-1' }, {}, 'items[0].content[1]'],
    ['data of no known type', { type: 'file', data: 'AAAA' }, {}, 'items[0].content[1]'],
    ['data that is not base64', { type: 'image', url: 'data:image/svg+xml,<svg/>' }, {}, 'items[0].content[1]'],
  ] as const)('declares %s', (_, part, quirks, path) => {
    const { body, losses } = encode(showing({ type: 'text', text: 'see' }, part), quirks)
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'see' }] }])
    expect(losses).toMatchObject([{ path, disposition: 'dropped' }])
  })

  it('takes the name of a file only where the server does', () => {
    const file = showing({ type: 'file', data: 'JVBERi0x', filename: 'a.pdf' })
    expect(encode(file).losses).toMatchObject([{ path: 'items[0].content[0].filename' }])
    expect(encode(file, { fileNames: true }).body.contents).toMatchObject([{ parts: [{ inlineData: { displayName: 'a.pdf' } }] }])
  })

  it('of a result stands in its response, or behind it where a server takes none there', () => {
    const items: Item[] = [
      call('a', 0),
      {
        type: 'tool-result',
        kind: 'function',
        callId: 'a',
        turn: 1,
        output: [
          { type: 'text', text: 'of a' },
          { type: 'image', url: 'data:image/png;base64,AAAA' },
        ],
      },
    ]
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } }
    const { functionResponse } = reply('a')
    expect(encode(asking(items)).body.contents).toMatchObject([
      {},
      { parts: [{ functionResponse: { ...functionResponse, parts: [image] } }] },
    ])
    const moved = encode(asking(items), { plainResults: true })
    expect(moved.body.contents).toMatchObject([{}, { parts: [{ functionResponse }, image] }])
    expect(moved.losses).toMatchObject([{ path: 'items[1].output', disposition: 'approximated' }])
  })
})

describe('tools', () => {
  it('of a caller are functions of flat names, which lead back', () => {
    const tools: Tool[] = [
      { type: 'namespace', name: 'ns', tools: [{ type: 'function', name: 'g', parameters: { type: 'object' } }] },
      { type: 'custom', name: 'free' },
    ]
    const { body, names } = encode(asking([], { tools }))
    expect(body.tools).toMatchObject([
      { functionDeclarations: [{ name: 'ns__g', parametersJsonSchema: { type: 'object' } }, { name: 'free' }] },
    ])
    expect(names?.get('ns__g')).toEqual({ kind: 'function', name: 'g', namespace: 'ns' })
    expect(names?.get('free')).toEqual({ kind: 'custom', name: 'free' })
  })

  it('search the web only where the server can, and not beside functions', () => {
    const search: Tool = {
      type: 'hosted',
      tool: 'web_search',
      extras: { responses: { type: 'web_search', search_context_size: 'low' } },
    }
    expect(encode(asking([], { tools: [search] })).losses).toMatchObject([{ path: 'tools[0]', disposition: 'dropped' }])
    const alone = encode(asking([], { tools: [search] }), { webSearch: 'googleSearch' })
    expect(alone.body.tools).toEqual([{ googleSearch: {} }])
    expect(alone.losses.map(({ path }) => path)).toEqual(['tools[0].extras.responses.search_context_size', 'tools[0]'])
    const beside = encode(asking([], { tools: [search, fn('f')] }), { webSearch: 'googleSearch' })
    expect(beside.body.tools).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
    expect(beside.losses).toMatchObject([{ path: 'tools[0]', disposition: 'dropped' }])
  })

  it("in Google's schemas are read as JSON Schema, the caller's own names untouched", () => {
    const parameters = {
      type: 'OBJECT',
      properties: { max_items: { type: 'STRING', nullable: true, max_length: '9' } },
      property_ordering: ['max_items'],
    }
    expect(decode({ contents: [], tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools).toEqual([
      {
        type: 'function',
        name: 'f',
        strict: false,
        parameters: {
          type: 'object',
          properties: { max_items: { type: ['string', 'null'], maxLength: 9 } },
          propertyOrdering: ['max_items'],
        },
      },
    ])
  })
})

describe('the choice of tools', () => {
  const tools = [fn('f'), fn('g')]
  const configOf = (toolChoice: Generation['toolChoice'], more: Partial<Generation> = { tools }) => {
    const { body, losses } = encode(asking([], { ...more, ...(toolChoice && { toolChoice }) }))
    return {
      config: body.toolConfig?.functionCallingConfig,
      losses: losses.map(({ path, disposition }) => `${disposition} ${path}`),
    }
  }

  it.each([
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', kind: 'function', name: 'g' },
      { mode: 'ANY', allowedFunctionNames: ['g'] },
    ],
    [
      {
        type: 'allowed',
        mode: 'required',
        tools: [
          { type: 'function', name: 'f' },
          { type: 'function', name: 'g' },
        ],
      },
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
    ],
    [
      { type: 'allowed', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
    [{ type: 'allowed', mode: 'auto', tools: [] }, { mode: 'NONE' }],
  ] as const)('%j is %j', (choice, config) => {
    expect(configOf(choice).config).toEqual(config)
  })

  it('finds a tool in a namespace by its own name', () => {
    const spaced: Tool[] = [{ type: 'namespace', name: 'ns', tools: [{ type: 'function', name: 'h' }] }]
    expect(configOf({ type: 'tool', kind: 'function', name: 'h' }, { tools: spaced }).config).toEqual({
      mode: 'ANY',
      allowedFunctionNames: ['ns__h'],
    })
  })

  it('is declared lost where nothing is left that could be called', () => {
    expect(configOf({ type: 'required' }, {})).toEqual({ config: undefined, losses: ['dropped toolChoice'] })
    expect(configOf({ type: 'tool', kind: 'function', name: 'x' })).toEqual({ config: undefined, losses: ['dropped toolChoice'] })
  })

  it.each([
    [{ mode: 'any' }, { type: 'required' }],
    [{ allowedFunctionNames: ['f'] }, { type: 'allowed', mode: 'auto', tools: [{ type: 'function', name: 'f' }] }],
    [{ mode: 'MODE_OF_TOMORROW' }, { type: 'foreign', extras: { 'generate-content': { mode: 'MODE_OF_TOMORROW' } } }],
  ])('reads %j', (functionCallingConfig, choice) => {
    expect(decode({ contents: [], toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice)
  })

  it('says that one call at a time is held to afterwards', () => {
    expect(encode(asking([], { tools, parallelToolCalls: false })).losses).toMatchObject([
      { path: 'parallelToolCalls', disposition: 'approximated' },
    ])
    expect(encode(asking([], { parallelToolCalls: false })).losses).toEqual([])
  })
})

describe('thinking', () => {
  const thinkingOf = (effort: string, quirks: Target['quirks'] = {}) => {
    const { body, losses } = encode(asking([], { reasoning: { effort } }), quirks)
    return [body.generationConfig?.thinkingConfig, losses.map(({ disposition }) => disposition)]
  }

  it.each([
    ['none', { thinkingLevel: 'MINIMAL' }, ['approximated']],
    ['minimal', { thinkingLevel: 'MINIMAL' }, []],
    ['low', { thinkingLevel: 'LOW' }, []],
    ['medium', { thinkingLevel: 'MEDIUM' }, []],
    ['high', { thinkingLevel: 'HIGH' }, []],
    ['xhigh', { thinkingLevel: 'HIGH' }, ['approximated']],
    ['utter', undefined, ['dropped']],
  ])('at the effort %s is a level', (effort, config, losses) => {
    expect(thinkingOf(effort)).toEqual([config, losses])
  })

  it.each([
    ['none', 0],
    ['low', 1024],
    ['max', 24576],
  ])('at the effort %s is a budget of %i where the model knows no levels', (effort, thinkingBudget) => {
    expect(thinkingOf(effort, { thinkingBudget: true })).toEqual([{ thinkingBudget }, ['approximated']])
  })

  it('is shown where a summary is asked for', () => {
    const { body, losses } = encode(asking([], { reasoning: { summary: 'detailed' } }))
    expect(body.generationConfig).toEqual({ thinkingConfig: { includeThoughts: true } })
    expect(losses).toMatchObject([{ path: 'reasoning.summary', disposition: 'approximated' }])
  })

  it.each([
    [0, 'none'],
    [900, 'low'],
    [9000, 'high'],
    [-1, undefined],
  ])('with a budget of %i is the effort %s to others, and stays what it is at home', (thinkingBudget, effort) => {
    const asked = decode({ contents: [], generationConfig: { thinkingConfig: { thinkingBudget } } })
    expect(asked.reasoning?.effort).toBe(effort)
    expect(encode(asked).body.generationConfig).toEqual({ thinkingConfig: { thinkingBudget } })
  })
})

describe('parameters', () => {
  it('that a server rejects are left out, be they at the top or in the configuration', () => {
    const asked = asking([], { sampling: { seed: 1, temperature: 1 }, serviceTier: 'flex' })
    const { body, losses } = encode(asked, { rejects: ['seed', 'serviceTier', 'topK'] })
    expect(body).toEqual({ model: 'up', stream: false, contents: [], generationConfig: { temperature: 1 } })
    expect(losses).toMatchObject([{ path: 'sampling.seed' }, { path: 'serviceTier' }])
  })

  it('end an answer at five words, and no more', () => {
    const { body, losses } = encode(asking([], { sampling: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } }))
    expect(body.generationConfig?.stopSequences).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(losses).toMatchObject([{ path: 'sampling.stop[5]', disposition: 'dropped' }])
  })

  it('ask for probabilities as Responses does', () => {
    const asked = asking([], {
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      sampling: { topLogprobs: 2 },
    })
    expect(encode(asked)).toMatchObject({ body: { generationConfig: { responseLogprobs: true, logprobs: 2 } }, losses: [] })
  })

  it('are read in snake_case, whose own name yields to that of Google', () => {
    const body = { model: 'm', contents: [], generation_config: { max_output_tokens: 5, maxOutputTokens: 6 } }
    expect(generateContent.request.decode(body).sampling).toEqual({ maxOutputTokens: 6 })
  })

  it('leave a format out beside functions, where the model takes none there', () => {
    const quirks = { noFormatWithTools: true }
    expect(encode(asking([], { format: { type: 'json' }, tools: [fn('f')] }), quirks)).toMatchObject({
      body: { tools: [{}] },
      losses: [{ path: 'format', disposition: 'dropped' }],
    })
    expect(encode(asking([], { format: { type: 'json' }, tools: [fn('f')] }), quirks).body.generationConfig).toBeUndefined()
    expect(encode(asking([], { format: { type: 'json' } }), quirks).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    })
  })

  it('keep a format that is not understood', () => {
    const generationConfig = { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }
    const asked = decode({ contents: [], generationConfig })
    expect(asked.format).toBeUndefined()
    expect(encode(asked).body.generationConfig).toEqual(generationConfig)
  })
})

describe('a request that cannot be understood', () => {
  it('is refused by the name of the content at fault', () => {
    expect(() => generateContent.request.decode({ model: 'm', contents: ['x'] as never })).toThrow(
      expect.objectContaining({ param: 'contents[0]' }),
    )
  })
})

describe('the address', () => {
  it.each([
    ['gemini-2.5-flash', undefined, '/models/gemini-2.5-flash:generateContent'],
    ['models/gemini-3-pro', true, '/models/gemini-3-pro:streamGenerateContent?alt=sse'],
    ['team/my model:v1?', false, '/models/team/my%20model%3Av1%3F:generateContent'],
  ])('of %s', (model, stream, path) => {
    const request = { model, contents: [], ...(stream !== undefined && { stream }) }
    expect(generateContent.address(request)).toEqual({ path, body: { contents: [] } })
  })

  it.each(['..', 'a/../b', 'a//b', ''])('of %j is none', (model) => {
    expect(() => generateContent.address({ model, contents: [] })).toThrow(expect.objectContaining({ code: 'model_not_found' }))
  })
})

describe('the native lane', () => {
  it('changes the model and takes out what the server rejects', () => {
    const body = { model: 'a', contents: [{ parts: [{ hologram: 1 }] }], generation_config: { seed: 1, top_k: 1 } }
    expect(generateContent.retarget(body as never, { model: 'b' })).toEqual({ body: { ...body, model: 'b' }, losses: [] })
    const { body: fitted, losses } = generateContent.retarget(body as never, { model: 'b', quirks: { rejects: ['seed'] } })
    expect(fitted).toEqual({ model: 'b', contents: body.contents, generationConfig: { topK: 1 } })
    expect(losses).toMatchObject([{ path: 'sampling.seed' }])
  })
})
