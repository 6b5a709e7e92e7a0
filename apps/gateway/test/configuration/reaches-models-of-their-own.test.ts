// Models that are not where their account is.
import { expect, test } from 'vitest'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { putOn } from '../support/put-on.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

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

test('a secret in plain text that many models share is warned of once', () => {
  const yaml =
    'type: provider-account/self-hosted-model\nname: own\nauth_data: { type: api-key, api_key: plain }\nintegrations:\n  - { name: a, url: http://a/ }\n  - { name: b, url: http://b/ }\n'
  expect(configured({}, yaml).warnings).toHaveLength(1)
})
