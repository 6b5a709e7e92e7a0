// Identities on Google's cloud, before stand-ins of its token endpoint and its metadata server.
import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config.js'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { fieldsOf, nowhere, type StandIn, startStandIn } from '../support/stand-in.js'
import { json, startUpstream } from '../support/upstream.js'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const scope = 'https://www.googleapis.com/auth/cloud-platform'

/** The key file of a service account, with its tokens from here. */
const keyFile = (tokenEndpoint: string): object => ({
  type: 'service_account',
  project_id: 'p-1',
  private_key_id: 'key-1',
  private_key: pem,
  client_email: 'speaks@p-1.iam.gserviceaccount.com',
  client_id: '1',
  token_uri: `${tokenEndpoint}/token`,
})

const startTokens = (): Promise<StandIn> =>
  startStandIn((_, number) => ({
    body: { access_token: `ya29.token-${number}`, expires_in: 3599, token_type: 'Bearer' },
  }))

/** What an account of Vertex answers to so many calls at once, and what it was asked with. */
async function asked(
  environment: Environment,
  auth: string,
  calls = 1,
): Promise<{ told: Response[]; authorization: unknown[]; rows: string }> {
  await using upstream = await startUpstream((_, response) =>
    json(response, { candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP' }] }),
  )
  const yaml = `type: provider-account/google-vertex\nname: up\nbase_url: ${upstream.url}\n${auth}`
  const known = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, HOME: '/nowhere', ...environment }
  await using gateway = await startGateway({ configuration: configured(known, yaml) })
  const body = { model: 'up/gemini-2.5-pro', input: 'Hi' }
  const told = await Promise.all(Array.from({ length: calls }, () => gateway.call('/v1/responses', { key: keys.admin, body })))
  const rows = JSON.stringify(await gateway.ended(calls))
  return { told, authorization: upstream.seen.map(({ headers }) => headers.authorization), rows }
}

test('a service account signs for itself, once for all who wait', async () => {
  await using tokens = await startTokens()
  const auth = 'auth_data: { type: key-file, key_file_content: env://KEY_FILE }\n'
  const { told, authorization } = await asked({ KEY_FILE: JSON.stringify(keyFile(tokens.url)) }, auth, 20)
  expect(told.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(new Set(authorization)).toEqual(new Set(['Bearer ya29.token-0']))
  expect(tokens.asked).toHaveLength(1)
  const [question] = tokens.asked
  expect(question).toMatchObject({ method: 'POST', path: '/token' })
  const { grant_type: type, assertion = '' } = question ? fieldsOf(question) : {}
  expect(type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  expect(verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  const said = read(claims) as { iat: number; exp: number }
  expect(said).toEqual({
    iss: 'speaks@p-1.iam.gserviceaccount.com',
    scope,
    aud: `${tokens.url}/token`,
    iat: expect.any(Number),
    exp: said.iat + 3600,
  })
  expect(Math.abs(said.iat - Date.now() / 1000)).toBeLessThan(60)
})

test('the same by a file, by YAML, by the environment and by the login of gcloud', async () => {
  await using tokens = await startTokens()
  const folder = mkdtempSync(join(tmpdir(), 'weir-google-'))
  try {
    const file = join(folder, 'application_default_credentials.json')
    const content = keyFile(tokens.url)
    for (const [text, environment, auth] of [
      [content, {}, `auth_data: { type: key-file, key_file_content: 'file://${file}' }\n`],
      [content, {}, `auth_data: { type: key-file, key_file_content: ${JSON.stringify(content)} }\n`],
      [content, { GOOGLE_APPLICATION_CREDENTIALS: file }, ''],
      [
        { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r', token_uri: `${tokens.url}/token` },
        { CLOUDSDK_CONFIG: folder },
        '',
      ],
    ] as const) {
      writeFileSync(file, JSON.stringify(text))
      const { told, authorization } = await asked(environment, auth)
      expect(told[0]?.status).toBe(200)
      expect(authorization).toEqual([`Bearer ya29.token-${tokens.asked.length - 1}`])
    }
    const last = tokens.asked.at(-1)
    expect(last && fieldsOf(last)).toEqual({
      grant_type: 'refresh_token',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a machine has the token of its service account', async () => {
  await using metadata = await startStandIn(({ headers }) =>
    headers['metadata-flavor'] === 'Google'
      ? { body: { access_token: 'ya29.machine', expires_in: 250, token_type: 'Bearer' } }
      : { status: 403, body: '' },
  )
  const environment = { GCE_METADATA_HOST: new URL(metadata.url).host }
  for (const [auth, account] of [
    ['', 'default'],
    [
      'auth_data: { type: metadata-server, service_account: speaks@p-1.iam.gserviceaccount.com }\n',
      'speaks%40p-1.iam.gserviceaccount.com',
    ],
  ] as const) {
    const { told, authorization } = await asked(environment, auth)
    expect([told[0]?.status, authorization]).toEqual([200, ['Bearer ya29.machine']])
    expect(metadata.asked.at(-1)?.path).toBe(
      `/computeMetadata/v1/instance/service-accounts/${account}/token?scopes=${encodeURIComponent(scope)}`,
    )
  }
})

test('a refusal, a silence and nonsense are told apart, without a secret', async () => {
  await using refusing = await startStandIn(() => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: `Invalid JWT: ${pem}` },
  }))
  await using broken = await startStandIn(() => ({ status: 503, body: 'upstream connect error' }))
  await using strange = await startStandIn(() => ({ body: { token: 'ya29.unread' } }))
  const ours = 'The operator of this gateway has to mend'
  for (const [url, status, said] of [
    [
      refusing.url,
      502,
      `: Google's token endpoint refused to give one (400 invalid_grant). ${ours} the credentials of this account.`,
    ],
    [broken.url, 503, " right now: Google's token endpoint failed (503). Its operator has to mend it."],
    [strange.url, 503, " right now: Google's token endpoint failed (its answer cannot be read). Its operator has to mend it."],
    [await nowhere(), 503, ` right now: Google's token endpoint could not be reached. ${ours} the way there.`],
  ] as const) {
    const auth = 'auth_data: { type: key-file, key_file_content: env://KEY_FILE }\n'
    const { told, rows, authorization } = await asked({ KEY_FILE: JSON.stringify(keyFile(url)) }, auth)
    expect(told[0]?.status).toBe(status)
    expect(await told[0]?.json()).toMatchObject({ error: { message: `The account "up" has no credential${said}` } })
    expect(authorization).toEqual([])
    expect(rows).not.toMatch(/PRIVATE KEY|ya29/)
  }
})

test('the environment makes an account by project, location and key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'weir-google-'))
  try {
    const file = join(folder, 'key.json')
    writeFileSync(file, JSON.stringify(keyFile('https://oauth2.googleapis.com')))
    const environment = { GOOGLE_APPLICATION_CREDENTIALS: file, GOOGLE_CLOUD_PROJECT: 'p-1', GOOGLE_CLOUD_LOCATION: 'global' }
    const placeOf = (more: Environment): string | undefined =>
      configured({ ...environment, ...more }).accounts.get('google-vertex')?.baseURL
    expect(placeOf({})).toBe('https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/google')
    expect(placeOf({ GOOGLE_CLOUD_LOCATION: 'europe-west4' })).toBe(
      'https://europe-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west4/publishers/google',
    )
    expect(placeOf({ GOOGLE_CLOUD_PROJECT: '' })).toBeUndefined()
    expect(placeOf({ GOOGLE_APPLICATION_CREDENTIALS: '' })).toBeUndefined()
    expect(configured({ ...environment, GOOGLE_APPLICATION_CREDENTIALS: '/nowhere/key.json' }).warnings).toEqual([
      'There is no account google-vertex from the environment: The key file /nowhere/key.json cannot be read.',
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
