import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

let upstream: Upstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startUpstream(says('Hello.'))
  const account = (dialect: 'responses' | 'chat-completions') => ({
    provider: 'openai-compatible',
    baseURL: upstream.url,
    dialect,
  })
  gateway = await startGateway({ accounts: { native: account('responses'), other: account('chat-completions') } })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await upstream[Symbol.asyncDispose]()
})

const f = { type: 'function', name: 'clock' }
const image = (fields: object) => [
  {
    role: 'user',
    content: [
      { type: 'input_text', text: 'See:' },
      { type: 'input_image', ...fields },
    ],
  },
]
const format = (fields: object) => ({ text: { format: fields } })
const schemaFormat = (name: unknown) => format({ type: 'json_schema', name, schema: {} })
const call = (fields: object) => [{ type: 'function_call', call_id: 'c', name: 'clock', arguments: '{}', ...fields }]
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']))

/** What is wrong, the field that is named, and what the message says is accepted. */
const wrong: readonly [body: object, param: string, accepted: string][] = [
  [{ model: '' }, 'model', 'a string that is not empty'],
  [{ model: ['m'] }, 'model', 'a string that is not empty'],
  [{ input: 7 }, 'input', 'a string or an array'],
  [{ input: 'x'.repeat(10_485_761) }, 'input', 'at most 10485760 characters'],
  [{ instructions: {} }, 'instructions', 'a string'],
  [{ temperature: 2.01 }, 'temperature', 'from 0 to 2'],
  [{ temperature: -0.01 }, 'temperature', 'from 0 to 2'],
  [{ temperature: '1' }, 'temperature', 'from 0 to 2'],
  [{ top_p: 1.01 }, 'top_p', 'from 0 to 1'],
  [{ top_p: -1 }, 'top_p', 'from 0 to 1'],
  [{ top_logprobs: 21 }, 'top_logprobs', 'from 0 to 20'],
  [{ top_logprobs: -1 }, 'top_logprobs', 'from 0 to 20'],
  [{ top_logprobs: 1.5 }, 'top_logprobs', 'a whole number'],
  [{ max_output_tokens: 0 }, 'max_output_tokens', 'a whole number of at least 1'],
  [{ max_output_tokens: 16.5 }, 'max_output_tokens', 'a whole number of at least 1'],
  [{ max_tool_calls: 0 }, 'max_tool_calls', 'a whole number of at least 1'],
  [{ parallel_tool_calls: 'yes' }, 'parallel_tool_calls', 'a boolean'],
  [{ metadata: pairs(17) }, 'metadata', 'at most 16 pairs'],
  [{ metadata: { ['k'.repeat(65)]: 'v' } }, 'metadata', 'at most 64 characters'],
  [{ metadata: { k: 'v'.repeat(513) } }, 'metadata.k', 'at most 512 characters'],
  [{ metadata: { k: 1 } }, 'metadata.k', 'a string'],
  [{ previous_response_id: 'resp_1', conversation: 'conv_1' }, 'previous_response_id', 'the one or the other'],
  [{ previous_response_id: 'resp_1', conversation: { id: 'conv_1' } }, 'previous_response_id', 'the one or the other'],
  [{ previous_response_id: '' }, 'previous_response_id', 'a string that is not empty'],
  [{ conversation: { id: '' } }, 'conversation.id', 'a string that is not empty'],
  [{ conversation: {} }, 'conversation.id', 'required'],
  [{ background: true, store: false }, 'background', 'store: true'],
  [{ stream_options: { include_obfuscation: false } }, 'stream_options', 'stream: true'],
  [{ stream: false, stream_options: {} }, 'stream_options', 'stream: true'],
  [{ stream: true, stream_options: { include_obfuscation: 1 } }, 'stream_options.include_obfuscation', 'a boolean'],
  [{ safety_identifier: 's'.repeat(129) }, 'safety_identifier', 'at most 128 characters'],
  [{ user: 'u'.repeat(129) }, 'user', 'at most 128 characters'],
  [{ prompt_cache_key: 'k'.repeat(65) }, 'prompt_cache_key', 'at most 64 characters'],
  [{ prompt_cache_retention: '1h' }, 'prompt_cache_retention', '"24h"'],
  [{ prompt_cache_options: { mode: 'maybe' } }, 'prompt_cache_options.mode', '"explicit"'],
  [{ prompt: { version: '2' } }, 'prompt.id', 'required'],
  [{ truncation: 'some' }, 'truncation', 'one of "auto", "disabled"'],
  [{ service_tier: 'gold' }, 'service_tier', '"priority"'],
  [{ reasoning: { effort: 'extreme' } }, 'reasoning.effort', '"none", "minimal", "low", "medium", "high", "xhigh", "max"'],
  [{ reasoning: { summary: 'long' } }, 'reasoning.summary', '"auto", "concise", "detailed"'],
  [{ reasoning: 'high' }, 'reasoning', 'an object'],
  [{ text: { verbosity: 'loud' } }, 'text.verbosity', '"low", "medium", "high"'],
  [format({ type: 'xml' }), 'text.format.type', '"text", "json_object", "json_schema"'],
  [format({ schema: {} }), 'text.format.type', 'required'],
  [schemaFormat('an answer'), 'text.format.name', 'letters, digits, "_" and "-"'],
  [schemaFormat('n'.repeat(65)), 'text.format.name', '1 to 64 characters'],
  [schemaFormat(''), 'text.format.name', '1 to 64 characters'],
  [format({ type: 'json_schema', name: 'n' }), 'text.format.schema', 'required'],
  [format({ type: 'json_schema', name: 'n', schema: '{}' }), 'text.format.schema', 'an object'],
  [format({ type: 'json_schema', name: 'n', schema: {}, strict: 1 }), 'text.format.strict', 'a boolean'],
  [{ include: 'logprobs' }, 'include', 'an array'],
  [{ include: [''] }, 'include[0]', 'a string that is not empty'],
  [{ tools: [{ ...f, name: 'my clock' }] }, 'tools[0].name', 'letters, digits'],
  [{ tools: [f, { ...f, name: 'n'.repeat(129) }] }, 'tools[1].name', '1 to 128 characters'],
  [{ tools: [{ type: 'function' }] }, 'tools[0].name', 'required'],
  [{ tools: [{ type: 'namespace', name: 'n', tools: [{ ...f, name: 'a.b' }] }] }, 'tools[0].tools[0].name', 'letters, digits'],
  [{ tools: [f], tool_choice: 'sometimes' }, 'tool_choice', '"none", "auto", "required"'],
  [{ tools: [f], tool_choice: { ...f, name: 'lock' } }, 'tool_choice', 'one of the tools of this request (function clock)'],
  [{ tool_choice: f }, 'tool_choice', 'there are none'],
  [{ tools: [f], tool_choice: { type: 'function', function: { name: 'lock' } } }, 'tool_choice', 'function clock'],
  [{ tools: [f], tool_choice: { type: 'file_search' } }, 'tool_choice', 'function clock'],
  [{ tools: [f], tool_choice: { type: 'allowed_tools', mode: 'none', tools: [f] } }, 'tool_choice.mode', '"auto", "required"'],
  [
    { tools: [f], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [f, { ...f, name: 'lock' }] } },
    'tool_choice.tools[1]',
    'function clock',
  ],
  [{ input: call({ call_id: '' }) }, 'input[0].call_id', '1 to 64 characters'],
  [{ input: call({ call_id: 'c'.repeat(65) }) }, 'input[0].call_id', '1 to 64 characters'],
  [{ input: [{ type: 'function_call_output', call_id: 'c'.repeat(65), output: '' }] }, 'input[0].call_id', '1 to 64 characters'],
  [
    { input: [...call({}), { type: 'function_call_output', call_id: 'c', output: 1 }] },
    'input[1].output',
    'a string or an array',
  ],
  [{ input: image({ image_url: 5 }) }, 'input[0].content[1].image_url', 'a string'],
  [
    { input: image({ image_url: `data:image/png;base64,${'A'.repeat(20_971_520)}` }) },
    'input[0].content[1].image_url',
    '20971520',
  ],
  [{ input: image({ image_url: 'https://x.example/a.png', detail: 'huge' }) }, 'input[0].content[1].detail', '"original"'],
  [{ input: [{ role: 'narrator', content: '' }] }, 'input[0].role', '"developer"'],
]

const short = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.length > 90 ? `${text.slice(0, 90)}…` : text
}

for (const [body, param, accepted] of wrong)
  test(`${short(body)} is a 400 at ${param}`, async () => {
    for (const model of ['native/m', 'other/m']) {
      const answer = await gateway.call('/v1/responses', { body: { model, input: 'Hi', ...body } })
      expect(answer.status).toBe(400)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ type: 'invalid_request_error', param })
      expect(error.code).toMatch(/^(invalid_value|missing_required_parameter)$/)
      expect(error.message).toContain(accepted)
    }
    expect(upstream.seen).toEqual([])
  })

test('what lies on a limit passes', async () => {
  const body = {
    model: 'native/m',
    input: 'Hi',
    temperature: 2,
    top_p: 0,
    top_logprobs: 20,
    max_output_tokens: 1,
    metadata: { ...pairs(15), ['k'.repeat(64)]: 'v'.repeat(512) },
    safety_identifier: 's'.repeat(128),
    prompt_cache_key: 'k'.repeat(64),
    stream: false,
    stream_options: null,
    reasoning: { effort: 'max', summary: 'detailed' },
    service_tier: 'ultrafast',
    tools: [{ ...f, name: 'n'.repeat(128) }, { type: 'web_search' }],
    tool_choice: { type: 'web_search_preview' },
    text: { verbosity: null, format: { type: 'json_schema', name: 'n'.repeat(64), schema: {} } },
  }
  expect((await gateway.call('/v1/responses', { body })).status).toBe(200)
})

test('what is newer than the gateway passes: fields, items, parts, tools, kinds of choice and of inclusion', async () => {
  const before = upstream.seen.length
  const body = {
    model: 'native/m',
    client_metadata: { any: ['thing'] },
    input: [
      { type: 'agent_message', text: 'to another agent' },
      { role: 'user', content: [{ type: 'input_smell', smell: 'rain' }], aura: 'blue' },
      { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', name: 'later' }] },
    ],
    tools: [{ type: 'time_travel' }],
    tool_choice: { type: 'function', name: 'later' },
    include: ['hologram.depth'],
  }
  expect((await gateway.call('/v1/responses', { body })).status).toBe(200)
  expect(upstream.seen[before]?.body).toMatchObject(body.input[0] ? { input: body.input, include: body.include } : {})
})
