// Every provider, as an account of a weir.yaml before a scripted upstream: where it is called, with what, and in which words.
import { expect, test } from 'vitest'
import { providers } from '../../src/upstream/providers/providers.js'
import { configured } from '../support/configured.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { json, startUpstream, type Upstream } from '../support/upstream.js'

interface Expected {
  /** The dialect in which it is spoken to when the caller speaks Responses. */
  readonly speaks: 'responses' | 'chat-completions'
  /** The header of an API key. */
  readonly key: 'authorization' | 'api-key'
  readonly tokens: 'max_tokens' | 'max_completion_tokens'
  readonly developer: 'developer' | 'system'
  /** The field in which earlier reasoning goes back. */
  readonly reasoning?: 'reasoning' | 'reasoning_content'
  /** Chat parameters that it does not get. */
  readonly without?: readonly string[]
}

const current = { tokens: 'max_completion_tokens', key: 'authorization' } as const
const legacy = { tokens: 'max_tokens', key: 'authorization', developer: 'system' } as const

const table: Readonly<Record<string, Expected>> = {
  openai: { ...current, speaks: 'responses', developer: 'developer' },
  'azure-openai': { ...current, speaks: 'responses', developer: 'developer', key: 'api-key' },
  'openai-compatible': { ...legacy, speaks: 'chat-completions' },
  ollama: { ...legacy, speaks: 'chat-completions', reasoning: 'reasoning', without: ['logit_bias', 'user', 'n'] },
  groq: {
    ...current,
    speaks: 'chat-completions',
    developer: 'system',
    reasoning: 'reasoning',
    without: ['logit_bias', 'logprobs', 'top_logprobs', 'n'],
  },
  'mistral-ai': {
    ...legacy,
    speaks: 'chat-completions',
    without: ['logit_bias', 'logprobs', 'top_logprobs', 'user', 'reasoning_effort', 'stream_options'],
  },
  deepseek: { ...legacy, speaks: 'chat-completions', without: ['logit_bias', 'seed', 'n', 'parallel_tool_calls'] },
  xai: { ...current, speaks: 'chat-completions', developer: 'developer', without: ['logit_bias'] },
  openrouter: { ...legacy, speaks: 'chat-completions', developer: 'developer', reasoning: 'reasoning' },
  'together-ai': { ...legacy, speaks: 'chat-completions' },
  fireworks: { ...legacy, speaks: 'chat-completions', reasoning: 'reasoning_content' },
  cerebras: {
    ...current,
    speaks: 'chat-completions',
    developer: 'system',
    without: ['logit_bias', 'frequency_penalty', 'presence_penalty'],
  },
  vllm: { ...current, speaks: 'chat-completions', developer: 'system', reasoning: 'reasoning_content' },
  'llama-cpp': { ...legacy, speaks: 'chat-completions', reasoning: 'reasoning_content' },
  'lm-studio': { ...legacy, speaks: 'chat-completions' },
}

interface Foreign {
  /** Below the base URL, for a plain answer and for a stream. */
  readonly paths: readonly [plain: string, stream: string]
  /** The header of an API key. */
  readonly key: string
  readonly auth?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  readonly answer: object
}

const spoken = { text: 'Hello' }

/** Those that speak neither of OpenAI's languages. */
const foreign: Readonly<Record<string, Foreign>> = {
  anthropic: {
    paths: ['/v1/messages', '/v1/messages'],
    key: 'x-api-key',
    headers: { 'anthropic-version': '2023-06-01' },
    answer: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', ...spoken }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    },
  },
  'google-gemini': {
    paths: ['/v1/models/vendor/m-1:generateContent', '/v1/models/vendor/m-1:streamGenerateContent?alt=sse'],
    key: 'x-goog-api-key',
    answer: { candidates: [{ content: { role: 'model', parts: [spoken] }, finishReason: 'STOP' }] },
  },
  'google-vertex': {
    paths: ['/v1/models/vendor/m-1:generateContent', '/v1/models/vendor/m-1:streamGenerateContent?alt=sse'],
    key: 'authorization',
    auth: '{ type: bearer-auth, bearer_token: env://KEY }',
    answer: { candidates: [{ content: { role: 'model', parts: [spoken] }, finishReason: 'STOP' }] },
  },
  'aws-bedrock': {
    paths: ['/v1/model/vendor%2Fm-1/converse', '/v1/model/vendor%2Fm-1/converse-stream'],
    key: 'authorization',
    answer: { output: { message: { role: 'assistant', content: [spoken] } }, stopReason: 'end_turn' },
  },
}

test('the tables know every provider that takes an account', () => {
  const named = providers.filter(({ credential }) => credential.header !== 'none').map(({ name }) => name)
  expect(named.toSorted()).toEqual([...Object.keys(table), ...Object.keys(foreign)].toSorted())
})

for (const [provider, { paths, key, auth = '{ type: api-key, api_key: env://KEY }', headers = {}, answer }] of Object.entries(
  foreign,
))
  for (const stream of [false, true])
    test(`${provider}: is asked at its own URL with its own headers, ${stream ? 'streamed' : 'plain'}`, async () => {
      await using upstream = await startUpstream((_, response) => json(response, answer))
      const yaml = `type: provider-account/${provider}\nname: up\nbase_url: ${upstream.url}/\nauth_data: ${auth}\n`
      await using gateway = await startGateway({
        configuration: configured({ WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, KEY: 'k-1' }, yaml),
      })
      const told = await gateway.call('/v1/responses', {
        key: keys.admin,
        body: { model: 'up/vendor/m-1', input: 'Hi', stream },
        headers: { 'anthropic-beta': 'some', cookie: 'a=b' },
      })
      expect(await told.text()).toContain('Hello')
      const [seen] = upstream.seen
      expect(seen?.path).toBe(paths[stream ? 1 : 0])
      const { host: _, connection: __, 'content-length': ___, accept: ____, ...sent } = seen?.headers ?? {}
      const credential = key === 'authorization' ? 'Bearer k-1' : 'k-1'
      expect(sent).toEqual({ 'content-type': 'application/json', 'user-agent': 'weir', [key]: credential, ...headers })
    })

interface Stage extends AsyncDisposable {
  readonly upstream: Upstream
  readonly gateway: TestGateway
}

/** A gateway whose only account is one of this provider. */
async function stageOf(provider: string, auth: string): Promise<Stage> {
  const upstream = await startUpstream(says('Hello'))
  const yaml = `type: provider-account/${provider}\nname: up\nbase_url: ${upstream.url}/\nauth_data: ${auth}\n`
  const gateway = await startGateway({
    configuration: configured({ WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, KEY: 'k-1' }, yaml),
  })
  return {
    upstream,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

const apiKey = '{ type: api-key, api_key: env://KEY }'
const bearer = '{ type: bearer-auth, bearer_token: env://KEY }'

const pathOf = { responses: '/v1/responses', 'chat-completions': '/v1/chat/completions' } as const
const history = { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
const tool = { type: 'function', name: 'f', parameters: { type: 'object' } }

for (const [provider, expected] of Object.entries(table)) {
  test(`${provider}: a key goes where it belongs, and nothing of the caller's head with it`, async () => {
    await using stage = await stageOf(provider, apiKey)
    const { gateway, upstream } = stage
    const headers = { 'openai-organization': 'org', cookie: 'a=b', 'x-tfy-metadata': '{"a":"b"}', 'x-request-id': 'mine' }
    const answer = await gateway.call('/v1/responses', {
      key: keys.admin,
      body: { model: 'up/vendor/m-1', input: 'Hi' },
      headers,
    })
    expect(answer.status).toBe(200)
    const [seen] = upstream.seen
    expect(seen?.path).toBe(pathOf[expected.speaks])
    expect(seen?.body['model']).toBe('vendor/m-1')
    const { host: _, connection: __, 'content-length': ___, ...sent } = seen?.headers ?? {}
    expect(sent).toEqual({
      'content-type': 'application/json',
      accept: expect.any(String),
      'user-agent': 'weir',
      ...(expected.key === 'api-key' ? { 'api-key': 'k-1' } : { authorization: 'Bearer k-1' }),
    })
  })

  test(`${provider}: a bearer token is one everywhere`, async () => {
    await using stage = await stageOf(provider, bearer)
    await stage.gateway.call('/v1/responses', { key: keys.admin, body: { model: 'up/m', input: 'Hi' } })
    expect(stage.upstream.seen[0]?.headers.authorization).toBe('Bearer k-1')
    expect(stage.upstream.seen[0]?.headers).not.toHaveProperty('api-key')
  })

  for (const stream of [false, true])
    test(`${provider}: a responses caller is understood, ${stream ? 'streamed' : 'plain'}`, async () => {
      await using stage = await stageOf(provider, apiKey)
      const { gateway, upstream } = stage
      const body = {
        model: 'up/m',
        input: [
          { role: 'developer', content: 'Be kind.' },
          { role: 'user', content: 'Hi' },
          history,
          { role: 'assistant', content: 'Hello' },
          { role: 'user', content: 'Go on' },
        ],
        max_output_tokens: 50,
        temperature: 0.5,
        reasoning: { effort: 'low' },
        tools: [tool],
        parallel_tool_calls: false,
        user: 'somebody',
        seed: 7,
        stop: ['.'],
        logit_bias: { '1': 1 },
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        n: 2,
        top_logprobs: 1,
        stream,
      }
      const answer = await gateway.call('/v1/responses', { key: keys.admin, body })
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('Hello')
      const sent = upstream.seen[0]?.body ?? {}
      if (expected.speaks === 'responses') {
        const input = body.input.filter((item) => item !== history)
        expect(sent).toMatchObject({ input, max_output_tokens: 50, store: false, stream })
        for (const field of ['stop', 'seed', 'logit_bias', 'presence_penalty', 'frequency_penalty', 'n'])
          expect(sent).not.toHaveProperty(field)
        return
      }
      const full: Readonly<Record<string, unknown>> = {
        model: 'm',
        messages: [
          { role: expected.developer, content: 'Be kind.' },
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Hello', ...(expected.reasoning && { [expected.reasoning]: 'Hm.' }) },
          { role: 'user', content: 'Go on' },
        ],
        [expected.tokens]: 50,
        temperature: 0.5,
        reasoning_effort: 'low',
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
        parallel_tool_calls: false,
        user: 'somebody',
        seed: 7,
        stop: ['.'],
        logit_bias: { '1': 1 },
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        logprobs: true,
        top_logprobs: 1,
        stream,
        ...(stream && { stream_options: { include_usage: true } }),
      }
      // A responses caller is shown one choice, so that no server is asked for more.
      const without = (expected.without ?? []).filter((field) => field !== 'n')
      expect(sent).toEqual(Object.fromEntries(Object.entries(full).filter(([field]) => !without.includes(field))))
      // What was left out is declared, each by its own name.
      const [row] = await gateway.ended(1)
      const dropped = without.filter((field) => field !== 'stream_options')
      expect(
        row?.losses
          .filter(({ reason }) => reason.includes('rejects'))
          .map(({ reason }) => reason.split(' ').at(-1)?.replace('.', ''))
          .toSorted(),
      ).toEqual(dropped.toSorted())
    })

  test(`${provider}: a chat caller is understood, in chat`, async () => {
    await using stage = await stageOf(provider, apiKey)
    const { gateway, upstream } = stage
    const body = {
      model: 'up/m',
      messages: [
        { role: 'developer', content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
      max_completion_tokens: 50,
      user: 'somebody',
      logit_bias: { '1': 1 },
      stream: true,
      store: false,
    }
    const answer = await gateway.call('/v1/chat/completions', { key: keys.admin, body })
    expect(answer.status).toBe(200)
    await answer.text()
    const [seen] = upstream.seen
    expect(seen?.path).toBe('/v1/chat/completions')
    const full: Readonly<Record<string, unknown>> = {
      model: 'm',
      messages: [
        { role: expected.developer, content: 'Be kind.' },
        { role: 'user', content: 'Hi' },
      ],
      [expected.tokens]: 50,
      user: 'somebody',
      logit_bias: { '1': 1 },
      stream: true,
      stream_options: { include_usage: true },
    }
    const without = expected.without ?? []
    expect(seen?.body).toEqual(Object.fromEntries(Object.entries(full).filter(([field]) => !without.includes(field))))
  })
}

for (const [variables, path] of [
  [{ key: 'OPENAI_API_KEY', place: 'OPENAI_BASE_URL', account: 'openai' }, '/v1/responses'],
  [{ key: 'VLLM_API_KEY', place: 'VLLM_BASE_URL', account: 'vllm' }, '/v1/chat/completions'],
  [{ key: 'LLAMA_CPP_API_KEY', place: 'LLAMA_CPP_BASE_URL', account: 'llama-cpp' }, '/v1/chat/completions'],
  [{ place: 'LM_STUDIO_BASE_URL', account: 'lm-studio' }, '/v1/chat/completions'],
] as const)
  test(`${variables.place} alone, with a key where there is one, makes an account that answers`, async () => {
    await using upstream = await startUpstream(says('Hello'))
    const key = 'key' in variables ? { [variables.key]: 'k-1' } : {}
    const configuration = configured({ WEIR_ADMIN_KEY: keys.admin, [variables.place]: upstream.url, ...key })
    await using gateway = await startGateway({ configuration })
    const answer = await gateway.call('/v1/responses', {
      key: keys.admin,
      body: { model: `${variables.account}/m`, input: 'Hi' },
    })
    expect(await answer.json()).toMatchObject({ status: 'completed', provider: variables.account })
    expect(upstream.seen[0]?.path).toBe(path)
    expect(upstream.seen[0]?.headers.authorization).toBe('key' in variables ? 'Bearer k-1' : undefined)
  })

test('OLLAMA_HOST and AZURE_OPENAI_ENDPOINT name a host, and the path is known', async () => {
  await using upstream = await startUpstream(says('Hello'))
  const { host, origin } = new URL(upstream.url)
  const configuration = configured({
    WEIR_ADMIN_KEY: keys.admin,
    OLLAMA_HOST: host,
    AZURE_OPENAI_ENDPOINT: `${origin}/`,
    AZURE_OPENAI_API_KEY: 'k-2',
  })
  await using gateway = await startGateway({ configuration })
  for (const model of ['ollama/llama3.2', 'azure-openai/my-deployment'])
    expect((await gateway.call('/v1/responses', { key: keys.admin, body: { model, input: 'Hi' } })).status).toBe(200)
  expect(upstream.seen.map(({ path, headers, body }) => [path, headers['api-key'], body['model']])).toEqual([
    ['/v1/chat/completions', undefined, 'llama3.2'],
    ['/openai/v1/responses', 'k-2', 'my-deployment'],
  ])
})
