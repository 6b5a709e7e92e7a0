// Every provider, as an account of a weir.yaml before a scripted upstream: where it is called, with what, and in which words.
import { expect, test } from 'vitest'
import { providers } from '../../src/upstream/providers/providers.js'
import { configured } from '../support/configured.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { putOn } from '../support/put-on.js'
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
  /** What it is told instead of a low effort. */
  readonly effort?: string
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
}

const current = { tokens: 'max_completion_tokens', key: 'authorization' } as const
const legacy = { tokens: 'max_tokens', key: 'authorization', developer: 'system' } as const

const table: Readonly<Record<string, Expected>> = {
  openai: { ...current, speaks: 'responses', developer: 'developer' },
  'azure-openai': { ...current, speaks: 'responses', developer: 'developer', key: 'api-key' },
  'openai-compatible': { ...legacy, speaks: 'chat-completions' },
  'self-hosted-model': { ...legacy, speaks: 'chat-completions' },
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
  'azure-foundry': { ...legacy, speaks: 'chat-completions', key: 'api-key' },
  cohere: {
    ...legacy,
    speaks: 'chat-completions',
    effort: 'high',
    without: ['logit_bias', 'logprobs', 'top_logprobs', 'n', 'parallel_tool_calls', 'stream_options'],
  },
  'perplexity-ai': {
    ...legacy,
    speaks: 'chat-completions',
    without: ['tools', 'parallel_tool_calls', 'logit_bias', 'logprobs', 'top_logprobs', 'n', 'seed'],
  },
  sambanova: { ...legacy, speaks: 'chat-completions' },
  deepinfra: { ...legacy, speaks: 'chat-completions' },
  'nvidia-nim': { ...legacy, speaks: 'chat-completions' },
  huggingface: { ...legacy, speaks: 'chat-completions' },
  databricks: {
    ...legacy,
    speaks: 'chat-completions',
    without: ['logit_bias', 'seed', 'presence_penalty', 'frequency_penalty', 'user', 'parallel_tool_calls', 'stream_options'],
  },
  cloudflare: { ...legacy, speaks: 'chat-completions' },
  'snowflake-cortex': { ...current, speaks: 'chat-completions', developer: 'system' },
  'github-models': {
    ...legacy,
    speaks: 'chat-completions',
    developer: 'developer',
    headers: { 'x-github-api-version': '2022-11-28' },
  },
  ai21: { ...legacy, speaks: 'chat-completions' },
  moonshot: { ...current, speaks: 'chat-completions', developer: 'system', reasoning: 'reasoning_content' },
  zhipu: {
    ...legacy,
    speaks: 'chat-completions',
    reasoning: 'reasoning_content',
    without: ['presence_penalty', 'frequency_penalty', 'stream_options'],
  },
  qwen: { ...legacy, speaks: 'chat-completions' },
  minimax: { ...current, speaks: 'chat-completions', developer: 'system' },
  nebius: { ...legacy, speaks: 'chat-completions' },
  novita: { ...legacy, speaks: 'chat-completions' },
  hyperbolic: { ...legacy, speaks: 'chat-completions' },
  baseten: { ...legacy, speaks: 'chat-completions' },
  sglang: { ...current, speaks: 'chat-completions', developer: 'system', reasoning: 'reasoning_content' },
  tgi: { ...legacy, speaks: 'chat-completions' },
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
      ...expected.headers,
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
        reasoning_effort: expected.effort ?? 'low',
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

/** By its variables: where a provider answers, and how it is told who asks. */
const places: Readonly<Record<string, readonly [environment: Readonly<Record<string, string>>, place: string, head?: object]>> = {
  openai: [{ OPENAI_API_KEY: 'k-1' }, 'https://api.openai.com/v1'],
  'azure-openai': [
    { AZURE_OPENAI_API_KEY: 'k-1', AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com/' },
    'https://r.openai.azure.com/openai/v1',
    { 'api-key': 'k-1' },
  ],
  'azure-foundry': [
    { AZURE_INFERENCE_CREDENTIAL: 'k-1', AZURE_INFERENCE_ENDPOINT: 'https://r.services.ai.azure.com/models' },
    'https://r.services.ai.azure.com/openai/v1',
    { 'api-key': 'k-1' },
  ],
  anthropic: [{ ANTHROPIC_API_KEY: 'k-1' }, 'https://api.anthropic.com/v1', { 'x-api-key': 'k-1' }],
  'google-gemini': [{ GEMINI_API_KEY: 'k-1' }, 'https://generativelanguage.googleapis.com/v1beta', { 'x-goog-api-key': 'k-1' }],
  'aws-bedrock': [
    { AWS_BEARER_TOKEN_BEDROCK: 'k-1', AWS_REGION: 'cn-north-1' },
    'https://bedrock-runtime.cn-north-1.amazonaws.com.cn',
  ],
  groq: [{ GROQ_API_KEY: 'k-1' }, 'https://api.groq.com/openai/v1'],
  'mistral-ai': [{ MISTRAL_API_KEY: 'k-1' }, 'https://api.mistral.ai/v1'],
  deepseek: [{ DEEPSEEK_API_KEY: 'k-1' }, 'https://api.deepseek.com/v1'],
  xai: [{ XAI_API_KEY: 'k-1' }, 'https://api.x.ai/v1'],
  openrouter: [{ OPENROUTER_API_KEY: 'k-1' }, 'https://openrouter.ai/api/v1'],
  'together-ai': [{ TOGETHER_API_KEY: 'k-1' }, 'https://api.together.xyz/v1'],
  fireworks: [{ FIREWORKS_API_KEY: 'k-1' }, 'https://api.fireworks.ai/inference/v1'],
  cerebras: [{ CEREBRAS_API_KEY: 'k-1' }, 'https://api.cerebras.ai/v1'],
  cohere: [{ CO_API_KEY: 'k-1' }, 'https://api.cohere.ai/compatibility/v1'],
  'perplexity-ai': [{ PERPLEXITY_API_KEY: 'k-1' }, 'https://api.perplexity.ai'],
  sambanova: [{ SAMBANOVA_API_KEY: 'k-1' }, 'https://api.sambanova.ai/v1'],
  deepinfra: [{ DEEPINFRA_API_KEY: 'k-1' }, 'https://api.deepinfra.com/v1/openai'],
  'nvidia-nim': [{ NVIDIA_API_KEY: 'k-1' }, 'https://integrate.api.nvidia.com/v1'],
  huggingface: [{ HF_TOKEN: 'k-1' }, 'https://router.huggingface.co/v1'],
  databricks: [
    { DATABRICKS_TOKEN: 'k-1', DATABRICKS_HOST: 'dbc-1.cloud.databricks.com' },
    'https://dbc-1.cloud.databricks.com/serving-endpoints',
  ],
  cloudflare: [
    { CLOUDFLARE_API_TOKEN: 'k-1', CLOUDFLARE_ACCOUNT_ID: 'a1' },
    'https://api.cloudflare.com/client/v4/accounts/a1/ai/v1',
  ],
  'snowflake-cortex': [
    { SNOWFLAKE_PAT: 'k-1', SNOWFLAKE_ACCOUNT: 'org-account' },
    'https://org-account.snowflakecomputing.com/api/v2/cortex/v1',
  ],
  'github-models': [{ GITHUB_TOKEN: 'k-1' }, 'https://models.github.ai/inference'],
  ai21: [{ AI21_API_KEY: 'k-1' }, 'https://api.ai21.com/studio/v1'],
  moonshot: [{ MOONSHOT_API_KEY: 'k-1' }, 'https://api.moonshot.ai/v1'],
  zhipu: [{ ZHIPUAI_API_KEY: 'k-1' }, 'https://open.bigmodel.cn/api/paas/v4'],
  qwen: [{ DASHSCOPE_API_KEY: 'k-1' }, 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1'],
  minimax: [{ MINIMAX_API_KEY: 'k-1' }, 'https://api.minimax.io/v1'],
  nebius: [{ NEBIUS_API_KEY: 'k-1' }, 'https://api.tokenfactory.nebius.com/v1'],
  novita: [{ NOVITA_API_KEY: 'k-1' }, 'https://api.novita.ai/openai/v1'],
  hyperbolic: [{ HYPERBOLIC_API_KEY: 'k-1' }, 'https://api.hyperbolic.xyz/v1'],
  baseten: [{ BASETEN_API_KEY: 'k-1' }, 'https://inference.baseten.co/v1'],
  vllm: [{ VLLM_API_KEY: 'k-1', VLLM_BASE_URL: 'http://gpu:8000/v1' }, 'http://gpu:8000/v1'],
  sglang: [{ SGLANG_API_KEY: 'k-1' }, 'http://127.0.0.1:30000/v1'],
  tgi: [{ TGI_API_KEY: 'k-1' }, 'http://127.0.0.1:3000/v1'],
  'llama-cpp': [{ LLAMA_CPP_API_KEY: 'k-1' }, 'http://127.0.0.1:8080/v1'],
  'lm-studio': [{ LM_STUDIO_BASE_URL: 'http://desk:1234/v1' }, 'http://desk:1234/v1', {}],
  ollama: [{ OLLAMA_HOST: 'desk' }, 'http://desk:11434/v1', {}],
}

test('the places know every provider whose variables are a key and a place', () => {
  const named = providers.filter(({ environment, name }) => environment !== undefined && name !== 'google-vertex')
  expect(Object.keys(places).toSorted()).toEqual(named.map(({ name }) => name).toSorted())
})

for (const [name, [environment, place, head = { authorization: 'Bearer k-1' }]] of Object.entries(places))
  test(`${Object.keys(environment).join(' and ')} make an account of ${name} alone`, async () => {
    const { accounts, warnings } = configured({ WEIR_SIMULATORS: 'off', ...environment })
    expect([...accounts.keys()]).toEqual([name])
    expect(warnings).toEqual([])
    const account = accounts.get(name)
    expect(account?.baseURL).toBe(place)
    expect(account && (await putOn(account.authorize)).headers).toEqual(head)
  })

test.each([
  ['azure-foundry', 'gpt-5-mini', { max_completion_tokens: 9, temperature: 0.5 }],
  ['azure-foundry', 'DeepSeek-V3.1', { max_tokens: 9, temperature: 0.5 }],
  ['github-models', 'openai/gpt-5', { max_completion_tokens: 9, temperature: 0.5 }],
  ['github-models', 'meta/llama-4', { max_tokens: 9, temperature: 0.5 }],
  ['moonshot', 'kimi-k2.6', { max_completion_tokens: 9 }],
  ['moonshot', 'moonshot-v1-8k', { max_completion_tokens: 9, temperature: 0.5 }],
] as const)('%s: %s is asked in its own words', async (provider, model, words) => {
  await using stage = await stageOf(provider, apiKey)
  const body = { model: `up/${model}`, input: 'Hi', max_output_tokens: 9, temperature: 0.5 }
  await stage.gateway.call('/v1/responses', { key: keys.admin, body })
  expect(stage.upstream.seen[0]?.body).toEqual({
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    stream: false,
    ...words,
  })
})
