import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashKey, type Account } from '../../src/configuration.js'
import { configured } from '../support/configured.js'
import { putOn } from '../support/put-on.js'
import { startGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

const headersOf = async (account: Account | undefined): Promise<object | undefined> =>
  account && (await putOn(account.authorize)).headers

test('accounts and virtual accounts of one file, by reference to the environment and to files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-secret-'))
  const secret = join(folder, 'token')
  writeFileSync(secret, 'token-from-a-file-00\n')
  try {
    const yaml = `
# Comments and empty documents mean nothing.
---
type: provider-account/openai-compatible
name: local
base_url: http://127.0.0.1:9100/v1/
dialect: responses
auth_data: { type: bearer-auth, bearer_token: env://LOCAL_KEY }
headers: { X-Team: search, X-Secret: env://HEADER }
---
type: provider-account/openai
name: main
auth_data:
  type: api-key
  api_key: env://MAIN_KEY
integrations:
  - { name: fast, model_id: gpt-5-mini, model_types: [chat] }
  - name: gpt-5
---
type: virtual-account
name: bench
token: file://${secret}
permissions: [{ resource_fqn: local, resource_type: provider-account, role_id: provider-account-access }]
---
type: virtual-account
name: keyless
permissions: []
`
    const { accounts, keys, warnings } = configured({ LOCAL_KEY: ' local-secret ', HEADER: 'h', MAIN_KEY: 'main-secret' }, yaml)
    const local = accounts.get('local')
    expect(local).toMatchObject({
      name: 'local',
      baseURL: 'http://127.0.0.1:9100/v1',
      dialects: ['responses'],
      models: undefined,
    })
    expect(await headersOf(local)).toEqual({ 'x-team': 'search', 'x-secret': 'h', authorization: 'Bearer local-secret' })
    const main = accounts.get('main')
    expect(main).toMatchObject({ baseURL: 'https://api.openai.com/v1', dialects: ['responses', 'chat-completions'] })
    expect(await headersOf(main)).toEqual({ authorization: 'Bearer main-secret' })
    expect([...(main?.models ?? [])]).toEqual([
      ['fast', 'gpt-5-mini'],
      ['gpt-5', 'gpt-5'],
    ])
    expect([...keys]).toEqual([
      [hashKey('token-from-a-file-00'), { caller: { tenant: 'default', subject: 'virtualaccount:bench', role: 'member' } }],
    ])
    expect(warnings).toEqual([expect.stringContaining('bench: permissions are not enforced yet')])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('an empty list means the same as no list', () => {
  const { accounts } = configured({}, 'type: provider-account/ollama\nname: here\nintegrations: []\n')
  expect(accounts.get('here')?.models).toBeUndefined()
})

test('a secret in plain text works and is warned of, without being shown', async () => {
  const yaml = 'type: provider-account/groq\nname: plain\nauth_data: { type: api-key, api_key: gsk-very-secret }\n'
  const { accounts, warnings } = configured({}, yaml)
  expect(await headersOf(accounts.get('plain'))).toEqual({ authorization: 'Bearer gsk-very-secret' })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/plain: auth_data\.api_key holds a secret in plain text/)
  expect(warnings[0]).not.toContain('gsk-very-secret')
})

test('an account keeps its credential out of whatever prints it', () => {
  const { accounts } = configured({ OPENAI_API_KEY: 'sk-very-secret' })
  expect(JSON.stringify([...accounts.values()])).not.toContain('sk-very-secret')
})

test('of an account in the file and one of the environment, the file wins', async () => {
  const yaml =
    'type: provider-account/openai\nname: openai\nbase_url: https://proxy.example/v1\nauth_data: { type: api-key, api_key: env://K }\n'
  const { accounts } = configured({ OPENAI_API_KEY: 'from-environment', K: 'from-file' }, yaml)
  expect(accounts.get('openai')).toMatchObject({ baseURL: 'https://proxy.example/v1' })
  expect(await headersOf(accounts.get('openai'))).toEqual({ authorization: 'Bearer from-file' })
})

test('integrations are the models that there are, and each goes upstream by its own name', async () => {
  await using upstream = await startUpstream(says('Hello'))
  const yaml = `
type: provider-account/openai-compatible
name: up
base_url: ${upstream.url}
integrations:
  - { name: fast, model_id: vendor/fast-1, type: integration/model/openai-compatible }
---
type: virtual-account
name: caller
token: token-of-the-caller
`
  await using gateway = await startGateway({ configuration: configured({ WEIR_SIMULATORS: 'off' }, yaml) })
  const key = 'token-of-the-caller'
  const list = await gateway.call('/v1/models', { key })
  expect(await list.json()).toEqual({
    object: 'list',
    data: [{ id: 'up/fast', object: 'model', created: expect.any(Number), owned_by: 'up' }],
  })
  for (const model of ['up/fast', 'fast']) {
    expect((await gateway.call('/v1/responses', { key, body: { model, input: 'Hi' } })).status).toBe(200)
    expect(upstream.seen.at(-1)?.body['model']).toBe('vendor/fast-1')
  }
  expect((await gateway.call('/v1/responses', { key, body: { model: 'up/vendor/fast-1', input: 'Hi' } })).status).toBe(404)
  expect((await gateway.call('/v1/responses', { key, body: { model: 'simulator/talker', input: 'Hi' } })).status).toBe(404)
})

test('an account says whether its provider keeps the state', () => {
  const account = (name: string, state: string): string =>
    `type: provider-account/openai-compatible\nname: ${name}\nbase_url: http://127.0.0.1:9100/v1\ndialect: responses\n${state}`
  const yaml = [account('a', 'state: upstream\n'), account('b', 'state: weir\n'), account('c', '')].join('---\n')
  const { accounts } = configured({}, yaml)
  expect(['a', 'b', 'c'].map((name) => accounts.get(name)?.keepsState)).toEqual([true, false, false])
})
