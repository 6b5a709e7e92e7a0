import { GatewayError, type responses as wire } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import type { Generation } from '../canonical/request.js'
import { normalize, responses } from './responses.js'

const decode = (body: object): Generation => responses.request.decode({ model: 'm', ...body } as wire.ResponsesRequest)
const encode = (asked: Partial<Generation>, quirks = {}) =>
  responses.request.encode(
    { model: 'm', items: [], sampling: {}, stream: false, state: {}, ...asked },
    { model: 'target', quirks },
  )
const refusal = (body: object): unknown => {
  try {
    return decode(body)
  } catch (error) {
    return error
  }
}

describe('a request', () => {
  it('with a bare text is one message of the user', () => {
    expect(decode({ input: 'Hello' }).items).toEqual([
      { type: 'message', turn: 0, role: 'user', content: [{ type: 'text', text: 'Hello' }] },
    ])
  })

  it('numbers what the assistant does in one go as one turn, and all else one by one', () => {
    const input = [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'assistant', content: 'c' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'x' },
      { type: 'function_call_output', call_id: 'c2', output: 'y' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { role: 'assistant', content: 'd' },
      { role: 'user', content: 'e' },
    ]
    expect(decode({ input }).items.map((item) => item.turn)).toEqual([0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 6])
  })

  it('takes null for absent', () => {
    expect(decode({ input: 'a', temperature: null, tools: null, reasoning: null, store: null, conversation: null })).toEqual(
      decode({ input: 'a' }),
    )
  })

  it.each([
    [{ input: 7 }, 'input'],
    [{ input: ['a'] }, 'input[0]'],
    [{ input: 'a', tools: ['f'] }, 'tools[0]'],
    [{ input: [{ role: 'user', content: { text: 'a' } }] }, 'input[0].content'],
    [{ input: [{ role: 'user', content: ['a'] }] }, 'input[0].content[0]'],
    [{ input: [{ type: 'function_call_output', output: 'a' }] }, 'input[0].call_id'],
  ])('that cannot be understood is refused by the name of its field: %j', (body, param) => {
    expect(refusal(body)).toBeInstanceOf(GatewayError)
    expect(refusal(body)).toMatchObject({ param, status: 400 })
  })

  it('takes an item named as something that every object has for one that is newer than the code', () => {
    expect(decode({ input: [{ type: 'constructor' }] }).items).toMatchObject([{ type: 'foreign' }])
  })

  it('keeps what is newer than the code, with its call id', () => {
    const item = { type: 'sonar_call', id: 'so_1', call_id: 'call_1', depth: 3 }
    expect(decode({ input: [item], sonar: true })).toMatchObject({
      items: [{ type: 'foreign', callId: 'call_1', id: 'so_1', wire: item }],
      extras: { responses: { sonar: true } },
    })
  })
})

describe('a request for an upstream', () => {
  const sampling = { stop: ['x'], seed: 1, presencePenalty: 0.1, frequencyPenalty: 0.2, logitBias: { '5': 1 }, choices: 2 }
  const names = ['stop', 'seed', 'presence_penalty', 'frequency_penalty', 'logit_bias', 'n']

  it('declares what Responses has no word for', () => {
    const { body, losses } = encode({ sampling })
    expect(names.filter((name) => name in body)).toEqual([])
    expect(losses.map(({ path }) => path)).toEqual(Object.keys(sampling).map((name) => `sampling.${name}`))
  })

  it('carries it where the server accepts it', () => {
    const { body, losses } = encode({ sampling }, { accepts: names })
    expect(body).toMatchObject({
      stop: ['x'],
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      logit_bias: { '5': 1 },
      n: 2,
    })
    expect(losses).toEqual([])
  })

  it('leaves out what the server rejects, declared', () => {
    const { body, losses } = encode(
      { sampling: { temperature: 1 }, truncation: 'auto' },
      { rejects: ['temperature', 'truncation', 'absent'] },
    )
    expect(body).not.toHaveProperty('temperature')
    expect(losses.map(({ path }) => path)).toEqual(['sampling.temperature', 'truncation'])
  })

  it('asks for log probabilities in its own way', () => {
    expect(encode({ sampling: { logprobs: true, topLogprobs: 2 } }).body).toMatchObject({
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    })
  })

  it('declares the fields of other dialects at every level', () => {
    const extras = { messages: { cache_control: 1 } }
    const { losses } = encode({
      items: [{ type: 'message', role: 'user', content: [{ type: 'text', text: 'a', extras }], extras }],
      tools: [{ type: 'function', name: 'f', extras }],
      reasoning: { extras },
      extras,
    })
    expect(losses.map(({ path }) => path)).toEqual([
      'items[0].extras.messages.cache_control',
      'items[0].content[0].extras.messages.cache_control',
      'tools[0].extras.messages.cache_control',
      'reasoning.extras.messages.cache_control',
      'extras.messages.cache_control',
    ])
  })

  it('marks what the cache is to hold on texts, images and files that the model is given, where the model takes marks', () => {
    const marked = {
      items: [
        { type: 'message', role: 'user', content: [{ type: 'text', text: 'a', cache: { ttl: '1h' } }] },
        { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'b', cache: {} }] },
        { type: 'tool-call', kind: 'function', name: 'f', callId: 'c', arguments: '{}', cache: {} },
        { type: 'tool-result', kind: 'function', callId: 'c', output: 'x', cache: {} },
      ],
    } satisfies Partial<Generation>
    const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } }
    const { body, losses } = encode(marked, { cacheMarks: [] })
    expect(body.input).toMatchObject([
      { content: [{ type: 'input_text', text: 'a', ...breakpoint }] },
      { content: 'b' },
      { type: 'function_call' },
      { output: [{ type: 'input_text', text: 'x', ...breakpoint }] },
    ])
    expect(losses).toEqual([])
    const unmarked = encode(marked)
    expect(unmarked.body.input).toMatchObject([{ content: 'a' }, { content: 'b' }, { type: 'function_call' }, { output: 'x' }])
    expect(unmarked.losses).toEqual([])
  })

  it('keeps of a mark what is not known', () => {
    const content = [
      {
        type: 'input_image' as const,
        image_url: 'https://example.org/a.png',
        detail: 'auto' as const,
        prompt_cache_breakpoint: { mode: 'explicit', pool: 1 },
      },
      { type: 'input_text' as const, text: 'a', prompt_cache_breakpoint: { mode: 'implicit' } },
    ]
    const asked = responses.request.decode({ model: 'm', input: [{ type: 'message', role: 'user', content }] })
    expect(asked.items[0]).toMatchObject({ content: [{ cache: {} }, { type: 'text' }] })
    expect(encode(asked, { cacheMarks: [] }).body.input).toMatchObject([{ content }])
    const [unmarked] = encode(asked).body.input as { content: object[] }[]
    expect(unmarked?.content[0]).toEqual({ type: 'input_image', image_url: 'https://example.org/a.png', detail: 'auto' })
  })

  it('drops both halves of a pair of which one has no form here', () => {
    const { body, losses } = encode({
      items: [
        { type: 'foreign', dialect: 'messages', callId: 'c1', wire: {} },
        { type: 'tool-result', kind: 'function', callId: 'c1', output: 'x' },
      ],
    })
    expect(body.input).toEqual([])
    expect(losses.map(({ path }) => path)).toEqual(['items[0]', 'items[1]'])
  })

  it('replays reasoning with its token, and none whose token is another issuer’s', () => {
    const own = { type: 'reasoning', id: 'rs_1', summary: ['a'], replay: { dialect: 'responses', payload: 'own' } } as const
    const other = { type: 'reasoning', summary: ['b'], replay: { dialect: 'messages', payload: 'other' } } as const
    const { body, losses } = encode({ items: [own, other] })
    expect(body.input).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }], encrypted_content: 'own' },
    ])
    expect(losses.map(({ path }) => path)).toEqual(['items[1].replay', 'items[1]'])
  })
})

describe('a request on the native lane', () => {
  it('gets the model of its target, without what Responses does not take, and keeps what is unknown', () => {
    const caller = { model: 'a/b', input: 'a', stop: 'x', n: 1, seed: null, sonar: { depth: 1 } } as wire.ResponsesRequest
    const { body, losses } = responses.retarget(caller, { model: 'b' })
    expect(body).toEqual({ model: 'b', input: 'a', sonar: { depth: 1 } })
    expect(losses.map(({ path }) => path)).toEqual(['sampling.stop'])
    expect(caller).toHaveProperty('stop', 'x')
  })

  it('keeps what this server accepts and loses what it rejects', () => {
    const target = { model: 'b', quirks: { accepts: ['stop'], rejects: ['temperature'] } }
    const { body, losses } = responses.retarget({ model: 'a', input: 'a', stop: 'x', temperature: 1 }, target)
    expect(body).toEqual({ model: 'b', input: 'a', stop: 'x' })
    expect(losses.map(({ path }) => path)).toEqual(['sampling.temperature'])
  })
})

describe('chat fields on /responses', () => {
  const plain = {
    model: 'm',
    input: 'a',
    tools: [{ type: 'function' as const, name: 'f' }],
    tool_choice: 'auto' as const,
    stop: 'x',
    n: 2,
  }

  it('leave a body without them the very same object', () => {
    expect(normalize(plain)).toBe(plain)
  })

  it('do not let a message be another item than its role says', () => {
    const messages = [
      { role: 'user', type: 'item_reference', id: 'msg_1', content: 'Hi' },
      { role: 'tool', type: 'reasoning', tool_call_id: 'c1', content: 'one' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c2', type: 'function', function: { type: 'mcp_call', name: 'f', arguments: '{}' } }],
      },
    ]
    expect(normalize({ model: 'm', messages } as unknown as wire.ResponsesRequest).input).toEqual([
      { type: 'message', role: 'user', id: 'msg_1', content: 'Hi' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      { type: 'function_call', call_id: 'c2', name: 'f', arguments: '{}' },
    ])
  })

  it('become the words of Responses, once', () => {
    const chat = {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be terse.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image_url', image_url: { url: 'https://a.example' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'Hm.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        { role: 'assistant', content: 'Said.', refusal: 'No.' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', parameters: {} } },
        { type: 'custom', custom: { name: 'g', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } } },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      max_tokens: 9,
      logprobs: 3,
      n: 1,
      stop: 'x',
    } as unknown as wire.ResponsesRequest
    const body = normalize(chat)
    expect(body).toEqual({
      model: 'm',
      input: [
        { type: 'message', role: 'system', content: 'Be terse.' },
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look.' },
            { type: 'input_image', image_url: 'https://a.example' },
          ],
        },
        { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'free' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'Said.' },
            { type: 'refusal', refusal: 'No.' },
          ],
        },
      ],
      tools: [
        { type: 'function', name: 'f', parameters: {} },
        { type: 'custom', name: 'g', format: { type: 'grammar', syntax: 'lark', definition: 'd' } },
      ],
      tool_choice: { type: 'function', name: 'f' },
      max_output_tokens: 9,
      top_logprobs: 3,
      include: ['message.output_text.logprobs'],
      stop: 'x',
    })
    expect(normalize(body)).toBe(body)
  })

  it('give way to the words of Responses where both are there', () => {
    expect(normalize({ ...plain, max_tokens: 5, max_output_tokens: 7, logprobs: true, top_logprobs: 2 })).toMatchObject({
      input: 'a',
      max_output_tokens: 7,
      top_logprobs: 2,
      include: ['message.output_text.logprobs'],
    })
  })

  it('are left alone where they are not what they should be', () => {
    const odd = { model: 'm', input: 'a', tools: 'all', include: 'none', messages: 7 } as unknown as wire.ResponsesRequest
    expect(normalize(odd)).toBe(odd)
    expect(decode(odd)).toMatchObject({ extras: { responses: { tools: 'all', include: 'none' } } })
  })

  it('ask for nothing with logprobs false', () => {
    expect(normalize({ ...plain, logprobs: false })).toEqual(plain)
  })
})
