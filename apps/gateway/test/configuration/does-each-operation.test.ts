// What each provider does beside turns of a model, before a scripted upstream: where it is asked, and in which words.
import { expect, test } from 'vitest'
import { providers } from '../../src/upstream/providers/providers.js'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { json, startUpstream, type Upstream } from '../support/upstream.js'

interface Asked {
  readonly path: string
  readonly body: object
  /** What is lost on the way, by its path. */
  readonly losses?: readonly string[]
}

type Operations = Readonly<Record<string, Asked>>

const texts = ['One', 'Two']

const embedded = (body: object = {}, losses?: readonly string[]): Asked => ({
  path: '/v1/embeddings',
  body: { model: 'vendor/m-1', input: texts, encoding_format: 'base64', dimensions: 2, user: 'u-1', ...body },
  ...(losses && { losses }),
})
const withoutEncoding = { encoding_format: undefined }

const documents = ['One', { text: 'Two' }]
const reranked: Asked = {
  path: '/v1/rerank',
  body: { model: 'vendor/m-1', query: 'q', documents, top_n: 1, return_documents: true },
}
const moderated: Asked = { path: '/v1/moderations', body: { model: 'vendor/m-1', input: texts } }

const spoken = (body: object = {}, losses?: readonly string[]): Asked => ({
  path: '/v1/audio/speech',
  body: { model: 'vendor/m-1', input: 'Hi', voice: 'alloy', instructions: 'Softly.', response_format: 'wav', speed: 2, ...body },
  ...(losses && { losses }),
})

const table: Readonly<Record<string, Operations>> = {
  openai: { embed: embedded(), moderate: moderated, speak: spoken() },
  groq: { speak: spoken({ instructions: undefined }, ['instructions']) },
  'azure-openai': { embed: embedded() },
  'openai-compatible': { embed: embedded(), rerank: reranked, moderate: moderated, speak: spoken() },
  sambanova: { embed: embedded(withoutEncoding) },
  cloudflare: { embed: embedded(withoutEncoding) },
  zhipu: { embed: embedded(withoutEncoding) },
  novita: { embed: embedded(), rerank: { ...reranked, body: { ...reranked.body, documents: texts } } },
  'mistral-ai': {
    embed: embedded({ dimensions: undefined, output_dimension: 2, user: undefined }, ['user']),
    moderate: moderated,
  },
  'together-ai': { embed: embedded(withoutEncoding), rerank: reranked, speak: spoken() },
  fireworks: { embed: embedded() },
  openrouter: { embed: embedded() },
  ollama: { embed: embedded(withoutEncoding) },
  'lm-studio': { embed: embedded(withoutEncoding) },
  'llama-cpp': { embed: embedded(), rerank: reranked },
  vllm: { embed: embedded(), rerank: reranked },
  'self-hosted-model': { embed: embedded(), rerank: reranked, moderate: moderated, speak: spoken() },
  cohere: {
    embed: embedded({ dimensions: undefined, user: undefined }, ['dimensions', 'user']),
    rerank: {
      path: '/v2/rerank',
      body: { model: 'vendor/m-1', query: 'q', documents: ['One', 'Two'], top_n: 1, return_documents: true },
    },
  },
  qwen: { embed: embedded(withoutEncoding) },
  sglang: { embed: embedded() },
  deepinfra: { embed: embedded(withoutEncoding) },
  nebius: { embed: embedded(withoutEncoding) },
  databricks: { embed: embedded({ ...withoutEncoding, user: undefined }, ['user']) },
  'nvidia-nim': { embed: embedded(withoutEncoding) },
  'github-models': { embed: embedded() },
  'azure-foundry': { embed: embedded() },
  'google-gemini': {
    embed: {
      path: '/v1/models/vendor/m-1:batchEmbedContents',
      body: {
        requests: texts.map((text) => ({
          model: 'models/vendor/m-1',
          content: { parts: [{ text }] },
          outputDimensionality: 2,
        })),
      },
      losses: ['user'],
    },
  },
}

const questions: Readonly<Record<string, { readonly route: string; readonly body: object; readonly answer?: object }>> = {
  embed: {
    route: '/v1/embeddings',
    body: { input: texts, encoding_format: 'base64', dimensions: 2, user: 'u-1' },
    answer: {
      data: texts.map((_, index) => ({ index, embedding: [0.5, -0.25] })),
      embeddings: texts.map(() => ({ values: [0.5, -0.25] })),
    },
  },
  rerank: {
    route: '/v1/rerank',
    body: { query: 'q', documents, top_n: 1, return_documents: true },
    answer: { results: [{ index: 1, relevance_score: 0.5 }] },
  },
  moderate: {
    route: '/v1/moderations',
    body: { input: texts },
    answer: { results: texts.map(() => ({ categories: { hate: false } })) },
  },
  speak: {
    route: '/v1/audio/speech',
    body: { input: 'Hi', voice: 'alloy', instructions: 'Softly.', response_format: 'wav', speed: 2 },
  },
}

test('the table knows what every provider does', () => {
  const facts = providers
    .filter(({ credential, operations }) => credential.header !== 'none' && operations)
    .map(({ name, operations = {} }) => [name, Object.keys(operations).toSorted()])
  expect(Object.fromEntries(facts)).toEqual(
    Object.fromEntries(Object.entries(table).map(([name, operations]) => [name, Object.keys(operations).toSorted()])),
  )
})

for (const [provider, operations] of Object.entries(table))
  for (const [operation, { path, body, losses = [] }] of Object.entries(operations))
    test(`${provider} is asked to ${operation} at its own URL, with its key and in its words`, async () => {
      const question = questions[operation]
      if (!question) throw new Error(`There is no question for ${operation}.`)
      await using upstream: Upstream = await startUpstream((_, response) => {
        if (question.answer) json(response, question.answer)
        else response.writeHead(200, { 'content-type': 'audio/wav' }).end('RIFF')
      })
      const yaml = `type: provider-account/${provider}\nname: up\nbase_url: ${upstream.url}/\nauth_data: { type: api-key, api_key: env://KEY }\n`
      await using gateway = await startGateway({
        configuration: configured({ WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, KEY: 'k-1' }, yaml),
      })
      const told = await gateway.call(question.route, { key: keys.admin, body: { model: 'up/vendor/m-1', ...question.body } })
      if (question.answer) expect(await told.json()).toMatchObject({ provider: 'up' })
      else expect(await told.text()).toBe('RIFF')
      const [seen] = upstream.seen
      expect(seen?.path).toBe(path)
      expect(seen?.body).toEqual(JSON.parse(JSON.stringify(body)))
      const { header } = providers.find(({ name }) => name === provider)?.credential ?? {}
      expect(seen?.headers[header ?? '']).toBe(header === 'authorization' ? 'Bearer k-1' : 'k-1')
      const [row] = await gateway.ended(1)
      expect(row?.losses.map((loss) => loss.path)).toEqual(losses)
      expect(row).toMatchObject({ operation, outcome: 'completed' })
    })
