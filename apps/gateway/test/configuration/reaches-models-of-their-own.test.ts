// Models that are not where their account is.
import { createServer } from 'node:https'
import { expect, test } from 'vitest'
import { selfSigned } from '../support/certificate.js'
import { configured } from '../support/configured.js'
import { keys, listen, startGateway } from '../support/gateway.js'
import { putOn } from '../support/put-on.js'
import { says } from '../support/scripted.js'
import { json, startUpstream } from '../support/upstream.js'

test('each self-hosted model is asked at its own server, with its own credential and in its own words', async () => {
  await using one = await startUpstream(says('One'))
  await using other = await startUpstream(says('Other'))
  const yaml = `
type: provider-account/self-hosted-model
name: own
auth_data: { type: bearer-auth, bearer_token: env://SHARED }
headers: { X-Team: search }
integrations:
  - name: llama
    type: integration/model/self-hosted-model
    hosted_model_name: meta/llama-3.3-70b
    url: ${one.url}/
    model_server: vllm-openai
    model_types: [chat]
    auth_data: { type: basic-auth, username: me, password: env://OWN }
    headers: { X-Place: rack-7 }
  - name: qwen
    url: ${other.url}
`
  const environment = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, SHARED: 's-1', OWN: 'o-1' }
  await using gateway = await startGateway({ configuration: configured(environment, yaml) })
  const ask = async (model: string): Promise<unknown> => {
    const body = { model, input: 'Hi', max_output_tokens: 9 }
    return (await gateway.call('/v1/responses', { key: keys.admin, body })).json()
  }
  expect(await ask('own/llama')).toMatchObject({ status: 'completed', provider: 'own' })
  expect(await ask('qwen')).toMatchObject({ status: 'completed', provider: 'own' })
  expect(await ask('own/mixtral')).toMatchObject({ error: { code: 'model_not_found' } })
  const seen = [...one.seen, ...other.seen].map(({ path, headers, body }) => ({
    path,
    body,
    head: [headers.authorization, headers['x-team'], headers['x-place']],
  }))
  const messages = [{ role: 'user', content: 'Hi' }]
  expect(seen).toEqual([
    {
      path: '/v1/chat/completions',
      body: { model: 'meta/llama-3.3-70b', messages, max_completion_tokens: 9, stream: false },
      head: ['Basic bWU6by0x', 'search', 'rack-7'],
    },
    {
      path: '/v1/chat/completions',
      body: { model: 'qwen', messages, max_tokens: 9, stream: false },
      head: ['Bearer s-1', 'search', undefined],
    },
  ])
  const list = await gateway.call('/v1/models', { key: keys.admin })
  expect(await list.json()).toMatchObject({ data: [{ id: 'own/llama' }, { id: 'own/qwen' }] })
})

test('a model in another region than its account is asked and signed for there', async () => {
  const yaml = `
type: provider-account/aws-bedrock
name: up
region: eu-west-1
auth_data: { type: access-key-based, access_key_id: AKID, secret_access_key: env://SECRET }
integrations:
  - { name: near, model_id: vendor.m-1 }
  - { name: far, model_id: vendor.m-2, region: us-east-1 }
`
  const account = configured({ SECRET: 's-1' }, yaml).accounts.get('up')
  expect([...(account?.parts?.keys() ?? [])]).toEqual(['far'])
  for (const [part, region] of [
    [account, 'eu-west-1'],
    [account?.parts?.get('far'), 'us-east-1'],
  ] as const) {
    expect(part).toMatchObject({ name: 'up', baseURL: `https://bedrock-runtime.${region}.amazonaws.com` })
    expect(part && (await putOn(part.authorize)).headers['authorization']).toContain(`/${region}/bedrock/aws4_request`)
  }
})

test('a server of embeddings or rankings is asked for these alone, at the path of its kind', async () => {
  await using upstream = await startUpstream(({ path }, response) =>
    json(
      response,
      path.endsWith('embeddings')
        ? { data: [{ index: 0, embedding: [0.5] }] }
        : { results: [{ index: 0, relevance_score: 0.5 }] },
    ),
  )
  const origin = new URL(upstream.url).origin
  const model = (server: string): string => `  - { name: ${server}, url: '${origin}', model_server: ${server} }\n`
  const yaml =
    'type: provider-account/self-hosted-model\nname: own\nintegrations:\n' +
    model('cohere-rerank-v2') +
    model('infinity') +
    model('tei')
  const configuration = configured({ WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin }, yaml)
  await using gateway = await startGateway({ configuration })
  const ask = async (route: string, name: string): Promise<number> => {
    const body = { model: `own/${name}`, input: 'One', ...(route.endsWith('rerank') && { query: 'q', documents: ['One'] }) }
    return (await gateway.call(route, { key: keys.admin, body })).status
  }
  for (const [route, name, status] of [
    ['/v1/rerank', 'cohere-rerank-v2', 200],
    ['/v1/rerank', 'infinity', 200],
    ['/v1/embeddings', 'infinity', 200],
    ['/v1/embeddings', 'tei', 200],
    ['/v1/rerank', 'tei', 400],
    ['/v1/embeddings', 'cohere-rerank-v2', 400],
    ['/v1/responses', 'infinity', 400],
    ['/v1/chat/completions', 'tei', 400],
  ] as const)
    expect([route, name, await ask(route, name)]).toEqual([route, name, status])
  expect(upstream.seen.map(({ path }) => path)).toEqual(['/v2/rerank', '/rerank', '/embeddings', '/v1/embeddings'])
})

test('a server with a certificate of its own is known by what the model says, and by nothing else', async () => {
  const { cert, key } = selfSigned()
  const answer = { choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }] }
  const server = createServer({ cert, key }, (_, response) => void response.end(JSON.stringify(answer)))
  const url = (await listen(server)).replace('http:', 'https:')
  try {
    const model = (name: string, tls: string): string => `  - { name: ${name}, url: '${url}', ${tls} }\n`
    const yaml =
      'type: provider-account/self-hosted-model\nname: own\nintegrations:\n' +
      model('vouched', 'tls_settings: { ca_cert: env://CA }') +
      model('trusted', 'tls_settings: { reject_unauthorized: false }') +
      model('doubted', 'headers: { X-A: b }') +
      model('strange', 'tls_settings: { ca_cert: env://OTHER }')
    const environment = { WEIR_ADMIN_KEY: keys.admin, CA: cert, OTHER: selfSigned().cert }
    const configuration = configured(environment, yaml)
    expect(configuration.warnings).toEqual([
      expect.stringMatching(/: own\/trusted: the certificate of its server is not verified\.$/),
    ])
    await using gateway = await startGateway({ configuration })
    const ask = async (name: string): Promise<number> =>
      (await gateway.call('/v1/responses', { key: keys.admin, body: { model: `own/${name}`, input: 'Hi' } })).status
    const told = [await ask('vouched'), await ask('trusted'), await ask('doubted'), await ask('strange')]
    expect(told).toEqual([200, 200, 502, 502])
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a secret in plain text that many models share is warned of once', () => {
  const yaml =
    'type: provider-account/self-hosted-model\nname: own\nauth_data: { type: api-key, api_key: plain }\nintegrations:\n  - { name: a, url: http://a/ }\n  - { name: b, url: http://b/ }\n'
  expect(configured({}, yaml).warnings).toHaveLength(1)
})
