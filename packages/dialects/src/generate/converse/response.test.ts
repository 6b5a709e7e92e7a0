import { describe, expect, it } from 'vitest'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import type { Generation } from '../canonical/request.js'
import type { Generated } from '../canonical/response.js'
import { totalTokens } from '../canonical/usage.js'
import { converse } from './converse.js'

const answer = (content: unknown[], stopReason = 'end_turn', more: object = {}): Generated =>
  converse.response.decode({ output: { message: { role: 'assistant', content } }, stopReason, ...more })

const asked: Generation = { model: 'm', items: [], sampling: {}, stream: false, state: {} }
const answering = (tools: Generation['tools'] = []): Answering => ({
  asked: { ...asked, tools },
  id: 'id',
  createdAt: 1,
  model: 'm',
  provider: 'p',
  stored: false,
})

describe('an answer', () => {
  it.each([
    ['end_turn', { status: 'completed' }],
    ['tool_use', { status: 'completed' }],
    ['stop_sequence', { status: 'completed' }],
    ['of_tomorrow', { status: 'completed' }],
    ['max_tokens', { status: 'incomplete', reason: 'max_output_tokens' }],
    ['model_context_window_exceeded', { status: 'incomplete', reason: 'max_output_tokens' }],
    ['guardrail_intervened', { status: 'incomplete', reason: 'content_filter' }],
    ['content_filtered', { status: 'incomplete', reason: 'content_filter' }],
    ['malformed_model_output', { status: 'failed', failure: { kind: 'failed', code: 'malformed_model_output' } }],
    ['malformed_tool_use', { status: 'failed', failure: { kind: 'failed', code: 'malformed_tool_use' } }],
  ])('that stopped for %s is %j', (reason, outcome) => {
    expect(answer([{ text: 'x' }], reason).outcome).toMatchObject(outcome)
  })

  it('counts tokens in buckets that do not overlap, as Bedrock does', () => {
    const wire = {
      inputTokens: 5,
      outputTokens: 7,
      totalTokens: 2052,
      cacheReadInputTokens: 1800,
      cacheWriteInputTokens: 240,
      cacheDetails: [{ ttl: '1h', inputTokens: 240 }],
    }
    const { usage, extras } = answer([], 'end_turn', { usage: wire })
    expect(usage).toEqual({ input: 5, cacheRead: 1800, cacheWrite: 0, cacheWriteHour: 240, output: 7, reasoning: 0 })
    expect(usage && totalTokens(usage)).toBe(2052)
    expect(extras).toEqual({ converse: { usage: { cacheDetails: wire.cacheDetails } } })
    const read = answer([], 'end_turn', { usage: { inputTokens: -1, outputTokens: null } })
    expect(read.usage).toEqual({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 })
  })

  it('gives reasoning with a token that is the whole block, and back exactly so', () => {
    const signed = { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's1' } } }
    const redacted = { reasoningContent: { redactedContent: 'AAEC' } }
    const { items } = answer([signed, redacted])
    expect(items).toEqual([
      {
        type: 'reasoning',
        summary: [],
        content: ['Hm.'],
        replay: { dialect: 'converse', payload: '{"reasoningText":{"text":"Hm.","signature":"s1"}}' },
      },
      { type: 'reasoning', summary: [], replay: { dialect: 'converse', payload: '{"redactedContent":"AAEC"}' } },
    ])
    // A caller that gave back the tokens only.
    const bare = items.map(({ type, replay }) => ({ type, summary: [], ...(replay && { replay }) }) as const)
    const user = { type: 'message', role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const
    const { body, losses } = converse.request.encode({ ...asked, items: [user, ...(bare as never[])] }, { model: 'm' })
    expect(body.messages?.[1]?.content).toEqual([signed, redacted])
    expect(losses).toEqual([])
  })

  it.each(['{"reasoningText":', '{"reasoningText":{"text":"unsigned"}}', '{"toolUse":{"name":"look"}}', '"text"', 'null'])(
    'of a token that is no block, %s, is without it',
    (payload) => {
      const items = [{ type: 'reasoning', summary: [], replay: { dialect: 'converse', payload } } as const]
      const { body, losses } = converse.request.encode({ ...asked, items }, { model: 'm' })
      expect(body.messages).toBeUndefined()
      expect(losses.map(({ path }) => path)).toEqual(['items[0].replay', 'items[0]'])
    },
  )

  it('of a token with more than the block in it gives back the block alone', () => {
    const payload = '{"reasoningText":{"text":"a","signature":"s","more":1},"toolUse":{}}'
    const user = { type: 'message', role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const
    const items = [user, { type: 'reasoning', summary: [], replay: { dialect: 'converse', payload } } as const]
    const { body } = converse.request.encode({ ...asked, items }, { model: 'm' })
    expect(body.messages?.[1]?.content).toEqual([{ reasoningContent: { reasoningText: { text: 'a', signature: 's' } } }])
  })

  it.each([
    [['One.', 'Two.'], []],
    [['A summary.'], ['items[1].summary']],
  ])('whose summary is %j, beside a token, loses %j', (summary, lost) => {
    const payload = JSON.stringify({ reasoningText: { text: 'One.\n\nTwo.', signature: 's' } })
    const user = { type: 'message', role: 'user', content: [{ type: 'text', text: 'Hi' }] } as const
    const items = [user, { type: 'reasoning', summary, replay: { dialect: 'converse', payload } } as const]
    const { body, losses } = converse.request.encode({ ...asked, items }, { model: 'm' })
    expect(body.messages?.[1]?.content).toEqual([{ reasoningContent: JSON.parse(payload) as object }])
    expect(losses.map(({ path }) => path)).toEqual(lost)
  })

  it('cites a page of the web as OpenAI does, and a document by its place', () => {
    const web = { title: 'Tides', location: { web: { url: 'https://example.org', domain: 'example.org' } } }
    const page = { source: 'doc-1', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } }
    const { items } = answer([{ citationsContent: { content: [{ text: 'At ' }, { text: 'six' }], citations: [web, page] } }])
    expect(items[0]).toMatchObject({
      content: [
        {
          text: 'At six',
          annotations: [
            { type: 'url_citation', url: 'https://example.org', title: 'Tides', start_index: 0, end_index: 6 },
            { type: 'document_citation', source: 'doc-1', location: page.location, start_index: 0, end_index: 6 },
          ],
        },
      ],
    })
  })

  it('that is an error with the status of a success has failed', () => {
    expect(converse.response.decode({ __type: 'ThrottlingException', message: 'Slow down.' })).toEqual({
      items: [],
      outcome: { status: 'failed', failure: { kind: 'rate-limited', message: 'Slow down.', code: 'ThrottlingException' } },
    })
  })

  it.each([['text'], [null], [[]], [{}], [{ output: {} }], [{ output: { message: { content: 'x' } } }]])(
    'is none where it is %j',
    (wire) => {
      expect(() => converse.response.decode(wire)).toThrow(MalformedAnswer)
    },
  )
})

describe('an answer written', () => {
  const generated = (items: Generated['items'], outcome: Generated['outcome'] = { status: 'completed' }): Generated => ({
    items,
    outcome,
  })

  it('has free text in the wrapping of a function, under the name that was shown', () => {
    const call = { type: 'tool-call', kind: 'custom', name: 'sql.run', callId: 'c:1', arguments: 'select "1"' } as const
    const wire = converse.response.encode(generated([call]), answering([{ type: 'custom', name: 'sql.run' }]))
    expect(wire).toEqual({
      output: {
        message: {
          role: 'assistant',
          content: [{ toolUse: { toolUseId: 'weir-c_3a1', name: 'sql_run', input: { input: 'select "1"' } } }],
        },
      },
      stopReason: 'tool_use',
    })
  })

  it('tells a failure as AWS does', () => {
    const failure = { kind: 'overloaded', message: 'Later.' } as const
    const wire = converse.response.encode(generated([], { status: 'failed', failure }), answering())
    expect(wire).toMatchObject({ __type: 'ServiceUnavailableException', message: 'Later.' })
    expect(converse.response.decode(wire).outcome).toMatchObject({ status: 'failed', failure })
  })

  it('leaves out alternatives, and what only another dialect has', () => {
    const text = (text: string, choice: number) =>
      ({ type: 'message', role: 'assistant', choice, content: [{ type: 'text', text }] }) as const
    const hosted = { type: 'hosted-tool-call', dialect: 'responses', tool: 'web_search', wire: { id: 'x' } } as const
    const { output } = converse.response.encode(generated([text('one', 0), hosted, text('two', 1)]), answering())
    expect(output?.message?.content).toEqual([{ text: 'one' }])
  })
})
