import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings, StartError, type Environment } from '../../src/config.js'
import { configured } from '../support/configured.js'

test('without a word in the environment there are the defaults, and the simulators', () => {
  expect(readSettings({})).toEqual({
    host: '127.0.0.1',
    port: 8787,
    dataDir: resolve('.weir'),
    configFile: undefined,
    adminKey: undefined,
    sealKeys: [],
    logLevel: 'info',
    simulators: true,
    bodyLimit: 32 * 1024 * 1024,
    fileLimit: 512 * 1024 * 1024,
    attachmentLimit: 50 * 1024 * 1024,
    fetchAllow: new Set(),
    drainSeconds: 30,
    backgroundLimit: 256,
    upstreamTimeout: 600_000,
    streamIdleTimeout: 120_000,
    retention: 30 * 86_400_000,
    environment: {},
  })
  expect([...configured({}).accounts.keys()]).toEqual([
    'simulator',
    'simulator-chat-completions',
    'simulator-messages',
    'simulator-generate-content',
    'simulator-converse',
  ])
  expect([...configured({ WEIR_SIMULATORS: 'off' }).accounts.keys()]).toEqual([])
})

for (const [variable, value, setting] of [
  ['WEIR_HOST', '::', { host: '::' }],
  ['WEIR_PORT', '0', { port: 0 }],
  ['WEIR_PORT', '', { port: 8787 }],
  ['WEIR_DATA_DIR', '/var/lib/weir', { dataDir: '/var/lib/weir' }],
  ['WEIR_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['WEIR_BODY_LIMIT', '1000', { bodyLimit: 1000 }],
  ['WEIR_BODY_LIMIT', '2kb', { bodyLimit: 2048 }],
  ['WEIR_BODY_LIMIT', '3 MB', { bodyLimit: 3 * 1024 * 1024 }],
  ['WEIR_FILE_LIMIT', '1gb', { fileLimit: 1024 ** 3 }],
  ['WEIR_ATTACHMENT_LIMIT', '1mb', { attachmentLimit: 1024 ** 2 }],
  [
    'WEIR_FETCH_ALLOW',
    'Pictures.Inner:443, 10.0.0.1:8080,[::1]:80',
    { fetchAllow: new Set(['pictures.inner:443', '10.0.0.1:8080', '[::1]:80']) },
  ],
  ['WEIR_DRAIN_SECONDS', '0', { drainSeconds: 0 }],
  ['WEIR_BACKGROUND_LIMIT', '1', { backgroundLimit: 1 }],
  ['WEIR_UPSTREAM_TIMEOUT', '90', { upstreamTimeout: 90_000 }],
  ['WEIR_UPSTREAM_TIMEOUT', '90 s', { upstreamTimeout: 90_000 }],
  ['WEIR_STREAM_IDLE_TIMEOUT', '0.5s', { streamIdleTimeout: 500 }],
  ['WEIR_RETENTION_DAYS', '7', { retention: 7 * 86_400_000 }],
  ['WEIR_RETENTION_DAYS', '0.5', { retention: 43_200_000 }],
  ['WEIR_RETENTION_DAYS', 'forever', { retention: Infinity }],
  ['WEIR_ADMIN_KEY', 'twenty-characters-00', { adminKey: 'twenty-characters-00' }],
  ['WEIR_SEAL_KEY', 'thirty-two-characters-0000000000', { sealKeys: ['thirty-two-characters-0000000000'] }],
  [
    'WEIR_SEAL_KEY',
    'thirty-two-characters-0000000000, thirty-two-characters-0000000001',
    { sealKeys: ['thirty-two-characters-0000000000', 'thirty-two-characters-0000000001'] },
  ],
] as const)
  test(`${variable}=${value} is taken`, () => {
    expect(readSettings({ [variable]: value })).toMatchObject(setting)
  })

for (const [variable, value, says] of [
  ['WEIR_RETENTION_DAYS', '0', /a number of days above 0, or forever/],
  ['WEIR_RETENTION_DAYS', '-1', /a number of days above 0/],
  ['WEIR_RETENTION_DAYS', '30 days', /a number of days above 0/],
  ['WEIR_RETENTION_DAYS', 'Infinity', /a number of days above 0/],
  ['WEIR_PORT', 'http', /whole number from 0 to 65535/],
  ['WEIR_PORT', '65536', /whole number from 0 to 65535/],
  ['WEIR_PORT', '80.5', /whole number/],
  ['WEIR_PORT', '-1', /whole number/],
  ['WEIR_LOG_LEVEL', 'loud', /it takes trace, debug, info, warn, error, fatal, silent/],
  ['WEIR_SIMULATORS', 'false', /it takes on, off/],
  ['WEIR_BODY_LIMIT', '32 megabytes', /it takes bytes, or a number with kb, mb or gb/],
  ['WEIR_BODY_LIMIT', '1.5mb', /it takes bytes/],
  ['WEIR_BODY_LIMIT', '-1', /it takes bytes/],
  ['WEIR_FETCH_ALLOW', 'inner', /it takes host:port/],
  ['WEIR_FETCH_ALLOW', 'https://inner:443', /it takes host:port/],
  ['WEIR_FETCH_ALLOW', 'inner:0', /it takes host:port/],
  ['WEIR_FETCH_ALLOW', 'inner:65536', /it takes host:port/],
  ['WEIR_FETCH_ALLOW', '*.inner:443,', /it takes host:port/],
  ['WEIR_DRAIN_SECONDS', 'soon', /whole number from 0 to 86400/],
  ['WEIR_UPSTREAM_TIMEOUT', '0', /seconds above 0/],
  ['WEIR_UPSTREAM_TIMEOUT', '5m', /seconds above 0/],
  ['WEIR_STREAM_IDLE_TIMEOUT', '1e999', /seconds above 0/],
  ['WEIR_ADMIN_KEY', 'short', /20 characters or more/],
  ['WEIR_SEAL_KEY', 'short', /one key of 32 characters or more/],
  ['WEIR_SEAL_KEY', 'thirty-two-characters-0000000000,', /or two with a comma between them/],
  ['WEIR_SEAL_KEY', Array(3).fill('thirty-two-characters-0000000000').join(','), /the new one and the old one/],
  ['WEIR_CONFIG', '/nowhere/weir.yaml', /names \/nowhere\/weir\.yaml, which does not exist/],
  ['OLLAMA_HOST', 'ftp://somewhere', /it takes an http or https URL/],
  ['OLLAMA_HOST', 'two words', /it takes an http or https URL/],
  ['OPENAI_BASE_URL', 'not a url', /it takes an http or https URL/],
  ['VLLM_BASE_URL', 'localhost:8000/v1', /it takes an http or https URL/],
  ['AZURE_OPENAI_ENDPOINT', 'my-resource', /it takes an http or https URL/],
] as const)
  test(`${variable}=${value} stops the start, and says what it takes`, () => {
    const start = (): unknown => configured({ [variable]: value })
    expect(start).toThrow(StartError)
    expect(start).toThrow(says)
    expect(start).toThrow(variable)
  })

test('a key that is too short is not shown', () => {
  expect(() => configured({ WEIR_ADMIN_KEY: 'sesame' })).toThrow(/^(?!.*sesame)/s)
})

const placeOf = (environment: Environment): string | undefined => {
  const [account, ...others] = configured({ WEIR_SIMULATORS: 'off', ...environment }).accounts.values()
  expect(others).toEqual([])
  return account?.baseURL
}

for (const [value, place] of [
  ['127.0.0.1', 'http://127.0.0.1:11434/v1'],
  ['127.0.0.1:8080', 'http://127.0.0.1:8080/v1'],
  ['box:80', 'http://box/v1'],
  ['box', 'http://box:11434/v1'],
  [':9000', 'http://127.0.0.1:9000/v1'],
  ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
  ['0.0.0.0:9000', 'http://127.0.0.1:9000/v1'],
  ['http://0.0.0.0:9000', 'http://127.0.0.1:9000/v1'],
  ['http://box:9000/', 'http://box:9000/v1'],
  ['http://box', 'http://box/v1'],
  ['https://ollama.example', 'https://ollama.example/v1'],
  ['https://proxy.example/ollama/', 'https://proxy.example/ollama/v1'],
  ['::1', 'http://[::1]:11434/v1'],
  ['[::1]:9000', 'http://[::1]:9000/v1'],
  ['[::]', 'http://[::1]:11434/v1'],
] as const)
  test(`OLLAMA_HOST=${value} is ${place}`, () => {
    expect(placeOf({ OLLAMA_HOST: value })).toBe(place)
  })

for (const [environment, place] of [
  [{ OPENAI_API_KEY: 'k' }, 'https://api.openai.com/v1'],
  [{ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' }, 'https://eu.api.openai.com/v1'],
  [{ OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' }, undefined],
  [{ OPENAI_API_KEY: '' }, undefined],
  [{ AZURE_OPENAI_API_KEY: 'k' }, undefined],
  [{ AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com/' }, 'https://r.openai.azure.com/openai/v1'],
  [{ GROQ_API_KEY: 'k' }, 'https://api.groq.com/openai/v1'],
  [{ MISTRAL_API_KEY: 'k' }, 'https://api.mistral.ai/v1'],
  [{ DEEPSEEK_API_KEY: 'k' }, 'https://api.deepseek.com/v1'],
  [{ XAI_API_KEY: 'k' }, 'https://api.x.ai/v1'],
  [{ OPENROUTER_API_KEY: 'k' }, 'https://openrouter.ai/api/v1'],
  [{ TOGETHER_API_KEY: 'k' }, 'https://api.together.xyz/v1'],
  [{ FIREWORKS_API_KEY: 'k' }, 'https://api.fireworks.ai/inference/v1'],
  [{ CEREBRAS_API_KEY: 'k' }, 'https://api.cerebras.ai/v1'],
  [{ VLLM_API_KEY: 'k' }, 'http://127.0.0.1:8000/v1'],
  [{ VLLM_BASE_URL: 'http://gpu:8000/v1' }, 'http://gpu:8000/v1'],
  [{ LLAMA_CPP_BASE_URL: 'http://box:8080/v1' }, 'http://box:8080/v1'],
  [{ LM_STUDIO_BASE_URL: 'http://desk:1234/v1' }, 'http://desk:1234/v1'],
] as readonly [Environment, string | undefined][])
  test(`${JSON.stringify(environment)} makes ${place ?? 'no account'}`, () => {
    expect(placeOf(environment)).toBe(place)
  })
