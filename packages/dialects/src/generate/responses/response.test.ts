import { describe, expect, it } from 'vitest'
import { MalformedAnswer, type Answering } from '../../dialect.js'
import type { Generated, UpstreamFailure } from '../canonical/response.js'
import { inProgressResponse, responses } from './responses.js'

const answering = (asked: object = {}): Answering => ({
  asked: responses.request.decode({ model: 'a/b', input: 'Hello', ...asked }),
  id: 'resp_ours',
  createdAt: 1_700_000_000,
  model: 'a/b',
  provider: 'a',
  stored: true,
})

const answer: Generated = {
  id: 'resp_theirs',
  model: 'b-2026',
  items: [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'text', text: 'Hi.' }] }],
  outcome: { status: 'completed' },
  usage: { input: 10, cacheRead: 20, cacheWrite: 3, output: 4, reasoning: 5 },
}
const encode = (given: Partial<Generated> = {}, asked: object = {}) =>
  responses.response.encode({ ...answer, ...given }, answering(asked))
const failed = (failure: UpstreamFailure) => encode({ items: [], outcome: { status: 'failed', failure } })

// Open Responses asks for these; the first list may not be null.
const filled =
  `tools tool_choice truncation parallel_tool_calls text top_p presence_penalty frequency_penalty top_logprobs temperature
  store background service_tier id object created_at status model output metadata`.split(/\s+/)
const present =
  `completed_at incomplete_details previous_response_id instructions error reasoning usage max_output_tokens max_tool_calls
  safety_identifier prompt_cache_key`.split(/\s+/)

describe('a response', () => {
  it.each([
    ['ended', encode()],
    ['in progress', inProgressResponse(answering())],
  ])('has every key that Open Responses asks for when it is %s', (_, response) => {
    const fields = new Map(Object.entries(response))
    expect(filled.filter((key) => fields.get(key) === null || fields.get(key) === undefined)).toEqual([])
    expect(present.filter((key) => fields.get(key) === undefined)).toEqual([])
  })

  it('carries our id, the caller’s model, and the account that answered', () => {
    expect(encode()).toMatchObject({
      id: 'resp_ours',
      model: 'a/b',
      provider: 'a',
      created_at: 1_700_000_000,
      store: true,
      status: 'completed',
    })
  })

  it('leaves out what may not be null', () => {
    const items: Generated['items'] = [{ type: 'reasoning', id: 'rs_1', summary: [] }, ...answer.items]
    expect(JSON.stringify(encode({ items }))).not.toMatch(/encrypted_content|"phase"|verbosity/)
  })

  it('adds the buckets of its usage up', () => {
    expect(encode().usage).toEqual({
      input_tokens: 33,
      input_tokens_details: { cached_tokens: 20, cache_write_tokens: 3 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: 42,
    })
  })

  it('repeats what was asked, a function with all its keys', () => {
    const response = encode(
      {},
      {
        tools: [{ type: 'function', name: 'f' }],
        tool_choice: { type: 'function', name: 'f' },
        instructions: 'Be brief.',
        metadata: { a: 'b' },
        temperature: 0,
        previous_response_id: 'resp_before',
        conversation: 'conv_1',
        text: { verbosity: 'low' },
        reasoning: { effort: 'low' },
      },
    )
    expect(response).toMatchObject({
      tools: [{ type: 'function', name: 'f', description: null, parameters: null, strict: null }],
      tool_choice: { type: 'function', name: 'f' },
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      temperature: 0,
      previous_response_id: 'resp_before',
      conversation: { id: 'conv_1' },
      text: { format: { type: 'text' }, verbosity: 'low' },
      reasoning: { effort: 'low', summary: null },
    })
  })

  it('gives every item an id and a status', () => {
    const response = encode({
      items: [
        { type: 'message', role: 'assistant', content: [] },
        { type: 'tool-call', kind: 'function', name: 'f', callId: 'c', arguments: '{}' },
      ],
    })
    expect(response.output).toMatchObject([
      { id: expect.stringMatching(/^msg_/) as string, status: 'completed' },
      { id: expect.stringMatching(/^fc_/) as string, status: 'completed', call_id: 'c' },
    ])
  })

  it('that is incomplete says why, and its last item is incomplete', () => {
    const response = encode({
      items: [...answer.items, ...answer.items],
      outcome: { status: 'incomplete', reason: 'max_output_tokens' },
    })
    expect(response).toMatchObject({
      status: 'incomplete',
      completed_at: null,
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'completed' }, { status: 'incomplete' }],
    })
  })

  it('shows the first of several alternatives only', () => {
    const second = answer.items.map((item) => ({ ...item, choice: 1 }))
    expect(encode({ items: [...answer.items, ...second] }).output.length).toBe(1)
  })

  it.each([
    [{ kind: 'rate-limited', message: 'Slow.' }, 'rate_limit_exceeded'],
    [{ kind: 'context-length', message: 'Long.' }, 'context_length_exceeded'],
    [{ kind: 'rejected', message: 'No.' }, 'invalid_prompt'],
    [{ kind: 'failed', message: 'Broke.', code: 'weird_code' }, 'server_error'],
    [{ kind: 'rejected', message: 'No.', code: 'invalid_image_format' }, 'invalid_image_format'],
    [{ kind: 'cut', message: 'Cut.' }, 'server_error'],
  ] as const)('that failed names its failure: %j', (failure, code) => {
    expect(failed(failure)).toMatchObject({ status: 'failed', completed_at: null, error: { code, message: failure.message } })
  })

  it('never repeats what a provider says of our credentials', () => {
    expect(JSON.stringify(failed({ kind: 'unauthorized', message: 'Incorrect API key: sk-abc' }))).not.toContain('sk-abc')
  })
})

describe('an answer of an upstream', () => {
  it.each([
    ['<html>'],
    [null],
    [[{ type: 'message' }]],
    [{}],
    [{ object: 'chat.completion', choices: [] }],
    [{ output: ['text'] }],
  ])('that is no response is malformed: %j', (body) => {
    expect(() => responses.response.decode(body)).toThrow(MalformedAnswer)
  })

  it('with an error and status 200 has failed', () => {
    expect(responses.response.decode({ error: { message: 'Busy.', code: 'server_is_overloaded' } }).outcome).toEqual({
      status: 'failed',
      failure: { kind: 'overloaded', message: 'Busy.', code: 'server_is_overloaded' },
    })
  })

  it('may leave out nearly everything', () => {
    const sparse = {
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] }],
      usage: null,
      error: null,
    }
    expect(responses.response.decode(sparse)).toEqual({
      items: [{ type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Hi.' }], status: 'completed' }],
      outcome: { status: 'completed' },
    })
  })
})

it('takes of annotations and log probabilities what are objects', () => {
  const cited = { type: 'url_citation', url: 'https://tides.example', title: 'Tides', start_index: 0, end_index: 2 }
  const part = { type: 'output_text', text: 'Hi', annotations: [null, cited], logprobs: [7] }
  const { items } = responses.response.decode({ output: [{ type: 'message', role: 'assistant', content: [part] }] })
  expect(items).toMatchObject([{ content: [{ text: 'Hi', annotations: [cited] }] }])
  expect(JSON.stringify(items)).not.toContain('logprobs')
})

it('cannot be read where the type of an item is no text', () => {
  for (const type of [{ toString: 'x' }, 7, ['message']])
    expect(() => responses.response.decode({ output: [{ type, role: 'assistant', content: [] }] })).toThrow(MalformedAnswer)
})
