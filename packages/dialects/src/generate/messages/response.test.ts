import { GatewayError, type ErrorCode } from '@weir/contracts'
import { describe, expect, it } from 'vitest'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import type { Item } from '../canonical/item.js'
import type { Outcome } from '../canonical/response.js'
import { messages } from './messages.js'

const wire = (content: unknown, more: object = {}): unknown => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
  ...more,
})

const answering: Answering = {
  asked: { model: 'm', items: [], sampling: {}, stream: false, state: {} },
  id: 'msg_own',
  createdAt: 7,
  model: 'own',
  provider: 'account',
  stored: false,
}
const encode = (items: readonly Item[], outcome: Outcome = { status: 'completed' }) =>
  messages.response.encode({ items, outcome }, answering)
const text: Item = { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'text', text: 'Hi' }] }
const call = (more: object = {}): Item => ({
  type: 'tool-call',
  kind: 'function',
  name: 'f',
  callId: 'c1',
  arguments: '{"a":1}',
  ...more,
})

describe('what is no message', () => {
  it.each(['<html>Bad gateway</html>', null, 7, [], {}, { id: 'x', content: 'none' }, { content: ['a'] }])(
    'is malformed: %j',
    (body) => {
      expect(() => messages.response.decode(body)).toThrow(MalformedAnswer)
    },
  )

  it('has failed where it is an error with status 200', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(messages.response.decode(body).outcome).toEqual({
      status: 'failed',
      failure: { kind: 'overloaded', message: 'Overloaded', code: 'overloaded_error' },
    })
  })
})

describe('a message read', () => {
  it.each([
    ['end_turn', { status: 'completed' }],
    ['tool_use', { status: 'completed' }],
    ['stop_sequence', { status: 'completed' }],
    ['max_tokens', { status: 'incomplete', reason: 'max_output_tokens' }],
    ['model_context_window_exceeded', { status: 'incomplete', reason: 'max_output_tokens' }],
    ['refusal', { status: 'incomplete', reason: 'content_filter' }],
    ['pause_turn', { status: 'incomplete', reason: 'pause_turn' }],
    ['end_of_world', { status: 'completed' }],
    [null, { status: 'completed' }],
  ])('that stops by %s ends so', (stop, outcome) => {
    expect(messages.response.decode(wire([], { stop_reason: stop })).outcome).toEqual(outcome)
  })

  it('marks the last item of one that was cut short', () => {
    const content = [
      { type: 'text', text: 'a' },
      { type: 'tool_use', id: 'c', name: 'f', input: {} },
    ]
    const { items } = messages.response.decode(wire(content, { stop_reason: 'max_tokens' }))
    expect(items.map(({ status }) => status)).toEqual(['completed', 'incomplete'])
  })

  it('keeps thinking readable, and its token apart', () => {
    const { items } = messages.response.decode(
      wire([
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'xyz' },
      ]),
    )
    expect(items).toEqual([
      { type: 'reasoning', summary: ['hm'], replay: { dialect: 'messages', payload: '{"thinking":"hm","signature":"sig"}' } },
      { type: 'reasoning', summary: [], replay: { dialect: 'messages', payload: 'xyz:redacted' } },
    ])
  })

  it('shows a page of the web as other dialects cite it', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: null,
      cited_text: 'x',
      encrypted_index: 'E',
    }
    const { items } = messages.response.decode(wire([{ type: 'text', text: 'four', citations: [citation] }]))
    expect(items).toMatchObject([
      {
        content: [{ annotations: [{ type: 'url_citation', url: 'https://a.example', title: '', start_index: 0, end_index: 4 }] }],
      },
    ])
  })

  it('gives an id to a call that has none', () => {
    const { items } = messages.response.decode(wire([{ type: 'tool_use', name: 'f', input: { a: 1 } }]))
    expect(items).toMatchObject([{ callId: expect.stringMatching(/^call_/), arguments: '{"a":1}' }])
  })
})

describe('a message written', () => {
  it('is whole, under the ids that the caller knows', () => {
    expect(encode([text, call()])).toEqual({
      id: 'msg_own',
      type: 'message',
      role: 'assistant',
      model: 'own',
      provider: 'account',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 0, output_tokens: 0 },
    })
  })

  it.each([
    [{ status: 'completed' }, 'end_turn'],
    [{ status: 'incomplete', reason: 'max_output_tokens' }, 'max_tokens'],
    [{ status: 'incomplete', reason: 'content_filter' }, 'refusal'],
    [{ status: 'incomplete', reason: 'max_tool_calls' }, 'max_tokens'],
  ] as const)('says of %j why it stops', (outcome, reason) => {
    expect(encode([text], outcome).stop_reason).toBe(reason)
  })

  it('says a refusal as text, and that it is one', () => {
    const refusal: Item = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }
    expect(encode([refusal])).toMatchObject({ content: [{ type: 'text', text: 'No.' }], stop_reason: 'refusal' })
  })

  it('shows the thinking of others without their tokens', () => {
    const others: Item[] = [
      { type: 'reasoning', summary: ['a', 'b'], content: ['raw'], replay: { dialect: 'responses', payload: 'secret' } },
      { type: 'reasoning', summary: [], content: ['raw'] },
      { type: 'reasoning', summary: [], replay: { dialect: 'responses', payload: 'secret' } },
    ]
    expect(encode(others).content).toEqual([
      { type: 'thinking', thinking: 'a\n\nb', signature: '' },
      { type: 'thinking', thinking: 'raw', signature: '' },
    ])
  })

  it('keeps the tag of a token that the gateway has set, on redacted thinking too', () => {
    const tagged: Item[] = [
      { type: 'reasoning', summary: ['a'], replay: { dialect: 'messages', payload: 'weir1.a.m.rs_1.sig' } },
      { type: 'reasoning', summary: [], content: ['raw'], replay: { dialect: 'messages', payload: 'weir1.a.m.rs_3.sig' } },
      { type: 'reasoning', summary: [], replay: { dialect: 'messages', payload: 'weir1.a.m.rs_2.xyz:redacted' } },
    ]
    const { content } = encode(tagged)
    expect(content).toEqual([
      { type: 'thinking', thinking: 'a', signature: 'weir1.a.m.rs_1.sig' },
      { type: 'thinking', thinking: 'raw', signature: 'weir1.a.m.rs_3.sig' },
      { type: 'redacted_thinking', data: 'weir1.a.m.rs_2.xyz' },
    ])
    const history = [{ role: 'assistant' as const, content }]
    expect(
      messages.request.decode({ model: 'm', max_tokens: 1, messages: history }).items.map(({ replay }) => replay?.payload),
    ).toEqual(['weir1.a.m.rs_1.sig', 'weir1.a.m.rs_3.sig', 'weir1.a.m.rs_2.xyz:redacted'])
  })

  it.each([
    ['{"a":', { input: '{"a":' }],
    ['7', { input: '7' }],
    ['', {}],
  ])('makes an object of the arguments %j', (given, input) => {
    expect(encode([call({ arguments: given })]).content).toMatchObject([{ input }])
  })

  it('gives a call an id that its dialect takes, and reads it back as it was', () => {
    const { content } = encode([call({ callId: 'functions.f:0' })])
    expect(content).toMatchObject([{ id: 'esc_functions_2ef_3a0' }])
    expect(messages.response.decode(wire(content)).items).toMatchObject([{ callId: 'functions.f:0' }])
  })

  it('is an error where it failed', () => {
    const failed = encode([], { status: 'failed', failure: { kind: 'overloaded', message: 'busy' } })
    expect(failed).toMatchObject({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })
    expect(messages.response.decode(failed).outcome).toMatchObject({ status: 'failed', failure: { kind: 'overloaded' } })
  })
})

const error = (type: string, message = 'x') => ({ type: 'error', error: { type, message }, request_id: 'req_1' })

describe('an error of a server', () => {
  it.each([
    [400, error('invalid_request_error', 'messages: field required'), 'rejected'],
    [400, error('invalid_request_error', 'prompt is too long: 207791 tokens > 200000 maximum'), 'context-length'],
    [
      400,
      error('invalid_request_error', 'input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000'),
      'context-length',
    ],
    [413, error('invalid_request_error', 'Request size exceeds model context window'), 'context-length'],
    [400, error('invalid_request_error', 'Your credit balance is too low to access the API.'), 'unauthorized'],
    [401, error('authentication_error'), 'unauthorized'],
    [402, error('billing_error'), 'unauthorized'],
    [403, error('permission_error'), 'unauthorized'],
    [404, error('not_found_error', 'model: claude-0'), 'not-found'],
    [413, error('request_too_large'), 'rejected'],
    [429, error('rate_limit_error'), 'rate-limited'],
    [500, error('api_error'), 'failed'],
    [504, error('timeout_error'), 'timeout'],
    [529, error('overloaded_error'), 'overloaded'],
    [529, '<html>busy</html>', 'overloaded'],
  ])('%d %j is %s', (status, body, kind) => {
    expect(messages.error.decode(status, body)).toMatchObject({ kind, status })
  })
})

describe('an error of the gateway', () => {
  it.each<[ErrorCode, number, string]>([
    ['invalid_value', 400, 'invalid_request_error'],
    ['invalid_api_key', 401, 'authentication_error'],
    ['forbidden', 403, 'permission_error'],
    ['model_not_found', 404, 'not_found_error'],
    ['payload_too_large', 413, 'request_too_large'],
    ['rate_limit_exceeded', 429, 'rate_limit_error'],
    ['server_error', 500, 'api_error'],
    ['upstream_error', 502, 'api_error'],
    ['unavailable', 503, 'overloaded_error'],
    ['upstream_timeout', 504, 'timeout_error'],
    ['first_token_timeout', 408, 'timeout_error'],
  ])('%s has the status %d and the type %s', (code, status, type) => {
    const reply = messages.error.encode(new GatewayError(code, { message: 'So it is.', detail: 'secret' }))
    expect(reply).toEqual({ status, body: { type: 'error', error: { type, message: 'So it is.' } } })
  })

  it('says in the words that clients look for that a conversation is too long', () => {
    const { body } = messages.error.encode(new GatewayError('context_length_exceeded', { message: '9 tokens are too many.' }))
    expect(body).toMatchObject({ error: { message: 'prompt is too long: 9 tokens are too many.' } })
  })
})
