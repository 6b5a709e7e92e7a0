// Identities of Azure AD, before stand-ins of its token endpoint and of the two services that know a machine's own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config.js'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { fieldsOf, type StandIn, startStandIn } from '../support/stand-in.js'
import { startUpstream } from '../support/upstream.js'

const scope = 'https://cognitiveservices.azure.com/.default'

const startDirectory = (): Promise<StandIn> =>
  startStandIn(() => ({ body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'eyJ.of-the-app' } }))

/** As the metadata service of a machine answers: its numbers are text. */
const ofMachine = (seconds: number): object => ({
  access_token: 'eyJ.of-the-machine',
  client_id: 'c-1',
  expires_in: String(seconds),
  expires_on: String(Math.floor(Date.now() / 1000) + seconds),
  resource: 'https://cognitiveservices.azure.com',
  token_type: 'Bearer',
})

async function asked(
  environment: Environment,
  auth: string,
  calls = 1,
): Promise<{ told: Response[]; heads: unknown[]; rows: string }> {
  await using upstream = await startUpstream(says('Hello'))
  const yaml = `type: provider-account/azure-openai\nname: up\nbase_url: ${upstream.url}\n${auth}`
  const known = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, ...environment }
  await using gateway = await startGateway({ configuration: configured(known, yaml) })
  const body = { model: 'up/deployment', input: 'Hi' }
  const told = await Promise.all(Array.from({ length: calls }, () => gateway.call('/v1/responses', { key: keys.admin, body })))
  const heads = upstream.seen.map(({ headers }) => [headers.authorization, headers['api-key']])
  return { told, heads, rows: JSON.stringify(await gateway.ended(calls)) }
}

const secret = 'auth_data: { type: client-credentials, tenant_id: t-1, client_id: c-1, client_secret: env://SECRET }\n'

test('an application gets a token by its secret, once for all who wait', async () => {
  await using directory = await startDirectory()
  const { told, heads } = await asked({ SECRET: 's~1', AZURE_AUTHORITY_HOST: `${directory.url}/` }, secret, 20)
  expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(heads).toEqual(Array.from({ length: 20 }, () => ['Bearer eyJ.of-the-app', undefined]))
  expect(directory.asked).toHaveLength(1)
  const [question] = directory.asked
  expect(question).toMatchObject({ method: 'POST', path: '/t-1/oauth2/v2.0/token' })
  expect(question && fieldsOf(question)).toEqual({
    grant_type: 'client_credentials',
    client_id: 'c-1',
    client_secret: 's~1',
    scope,
  })
})

test('an application gets a token by the federated token of its cluster, from a manifest and from the environment', async () => {
  await using directory = await startDirectory()
  const folder = mkdtempSync(join(tmpdir(), 'weir-azure-'))
  try {
    const file = join(folder, 'token')
    writeFileSync(file, 'header.claims.signature\n')
    const cluster = { AZURE_TENANT_ID: 't-1', AZURE_CLIENT_ID: 'c-1', AZURE_FEDERATED_TOKEN_FILE: file }
    for (const [environment, auth] of [
      [{}, `auth_data: { type: workload-identity, tenant_id: t-1, client_id: c-1, federated_token_file: ${file} }\n`],
      [cluster, ''],
    ] as const) {
      const { heads } = await asked({ AZURE_AUTHORITY_HOST: directory.url, ...environment }, auth)
      expect(heads).toEqual([['Bearer eyJ.of-the-app', undefined]])
      const question = directory.asked.at(-1)
      expect(question && fieldsOf(question)).toEqual({
        grant_type: 'client_credentials',
        client_id: 'c-1',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: 'header.claims.signature',
      })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a machine and an app have the token of their managed identity', async () => {
  await using machine = await startStandIn(({ headers }) =>
    headers['metadata'] === 'true' ? { body: ofMachine(86_399) } : { status: 400, body: { error: 'bad_request' } },
  )
  await using app = await startStandIn(({ headers }) => {
    const { expires_in: _, ...answer } = ofMachine(3_600) as Record<string, unknown>
    return headers['x-identity-header'] === 'h-1' ? { body: answer } : { status: 401, body: '' }
  })
  const resource = encodeURIComponent('https://cognitiveservices.azure.com')
  for (const [environment, auth, standIn, path] of [
    [
      { AZURE_POD_IDENTITY_AUTHORITY_HOST: machine.url },
      'auth_data: { type: managed-identity, client_id: c-2 }\n',
      machine,
      `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}&client_id=c-2`,
    ],
    [
      { IDENTITY_ENDPOINT: `${app.url}/msi/token`, IDENTITY_HEADER: 'h-1' },
      '',
      app,
      `/msi/token?api-version=2019-08-01&resource=${resource}`,
    ],
  ] as const) {
    const { heads } = await asked(environment, auth)
    expect(heads).toEqual([['Bearer eyJ.of-the-machine', undefined]])
    expect(standIn.asked.map((question) => [question.method, question.path])).toEqual([['GET', path]])
  }
})

test('a wrong secret is a 502 that says who has to mend it, and shows nothing of it', async () => {
  await using directory = await startStandIn(() => ({
    status: 401,
    body: {
      error: 'invalid_client',
      error_description: "AADSTS7000215: Invalid client secret 's~1' provided.",
      error_codes: [7000215],
    },
  }))
  const { told, heads, rows } = await asked({ SECRET: 's~1', AZURE_AUTHORITY_HOST: directory.url }, secret)
  expect(told[0]?.status).toBe(502)
  expect(await told[0]?.json()).toMatchObject({
    error: {
      code: 'upstream_unauthorized',
      message:
        'The account "up" has no credential: Azure AD refused to give one (401 invalid_client). The operator of this gateway has to mend the credentials of this account.',
    },
  })
  expect(heads).toEqual([])
  expect(rows).not.toContain('s~1')
})

test('the environment makes an account by an endpoint and an application', () => {
  const environment = { AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com', AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' }
  expect(configured(environment).accounts.has('azure-openai')).toBe(false)
  expect(configured({ ...environment, AZURE_CLIENT_SECRET: 's' }).accounts.get('azure-openai')?.baseURL).toBe(
    'https://r.openai.azure.com/openai/v1',
  )
})
