// Identities on AWS, before stand-ins of its services: STS, the metadata service of an instance, the one of a container.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Environment } from '../../src/config.js'
import { signedByAws, type AwsKeys } from '../../src/upstream/credentials/aws-sigv4.js'
import { configured } from '../support/configured.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { type Asked, fieldsOf, nowhere, type StandIn, startStandIn } from '../support/stand-in.js'
import { json, type Seen, startUpstream, type Upstream } from '../support/upstream.js'

const arn = 'arn:aws:iam::123456789012:role/speaks'
const own = { accessKeyId: 'AKIDOWN', secretAccessKey: 'own-secret' }
const ofRole = { accessKeyId: 'ASIAROLE', secretAccessKey: 'role/secret+=', sessionToken: 'role/token==' }
const anHour = (): string => new Date(Date.now() + 3_600_000).toISOString()

/** As STS answers, in part. */
const given = (action: string, { accessKeyId, secretAccessKey, sessionToken }: Required<AwsKeys>): string => `
<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <${action}Result>
    <AssumedRoleUser><AssumedRoleId>AROA1:weir</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/speaks/weir</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>${accessKeyId}</AccessKeyId>
      <SecretAccessKey>${secretAccessKey}</SecretAccessKey>
      <SessionToken>${sessionToken}</SessionToken>
      <Expiration>${anHour()}</Expiration>
    </Credentials>
  </${action}Result>
</${action}Response>`

const refusal = (code: string, message: string): string =>
  `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`

const startSts = (): Promise<StandIn> =>
  startStandIn((asked) => ({ type: 'text/xml', body: given(fieldsOf(asked)['Action'] ?? '', ofRole) }))

/** Whether a request as it came over the wire bears the signature that these keys make of it. */
function bears(request: Pick<Seen, 'method' | 'path' | 'headers'>, body: string, held: AwsKeys, service: string): boolean {
  const { authorization = '' } = request.headers
  const [, region = '', names = ''] = /\/([a-z0-9-]+)\/\w+\/aws4_request, SignedHeaders=([^,]+),/.exec(authorization) ?? []
  const headers = Object.fromEntries(
    names
      .split(';')
      .filter((name) => name !== 'host' && name !== 'x-amz-date' && name !== 'x-amz-security-token')
      .map((name) => [name, String(request.headers[name])]),
  )
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers['x-amz-date'])) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  const url = `http://${request.headers.host}${request.path}`
  const method = request.method === 'POST' ? 'POST' : 'GET'
  const again = signedByAws({ method, url, headers, body }, held, { service, region, at })
  return again.headers['authorization'] === authorization && request.headers['x-amz-security-token'] === held.sessionToken
}

const signedAs = (asked: Asked, held: AwsKeys): boolean => bears(asked, asked.body, held, 'sts')

interface Stage extends AsyncDisposable {
  readonly upstream: Upstream
  readonly gateway: TestGateway
  ask(): Promise<Response>
}

/** A gateway with one account of Bedrock, before a scripted one. */
async function stageOf(environment: Environment, auth: string): Promise<Stage> {
  const upstream = await startUpstream((_, response) =>
    json(response, { output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } }, stopReason: 'end_turn' }),
  )
  const yaml = `type: provider-account/aws-bedrock\nname: up\nbase_url: ${upstream.url}\nregion: eu-west-1\n${auth}`
  const known = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, HOME: '/nowhere', ...environment }
  const gateway = await startGateway({ configuration: configured(known, yaml) })
  return {
    upstream,
    gateway,
    ask: () => gateway.call('/v1/responses', { key: keys.admin, body: { model: 'up/vendor.m-1:0', input: 'Grüße' } }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
    },
  }
}

test('keys sign what is sent, to the letter', async () => {
  const auth = 'auth_data: { type: access-key-based, access_key_id: AKIDOWN, secret_access_key: env://SECRET }\n'
  await using stage = await stageOf({ SECRET: own.secretAccessKey }, auth)
  expect((await stage.ask()).status).toBe(200)
  const [seen] = stage.upstream.seen
  expect(seen?.path).toBe('/v1/model/vendor.m-1%3A0/converse')
  expect(seen?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDOWN\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=accept;content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  )
  expect(seen && bears(seen, seen.text, own, 'bedrock')).toBe(true)
})

test('a role is assumed once by the keys of the environment, and its keys sign', async () => {
  await using sts = await startSts()
  const environment = {
    AWS_ACCESS_KEY_ID: own.accessKeyId,
    AWS_SECRET_ACCESS_KEY: own.secretAccessKey,
    AWS_ENDPOINT_URL_STS: sts.url,
  }
  await using stage = await stageOf(
    environment,
    `auth_data: { type: assumed-role-based, assumed_role_arn: ${arn}, external_id: e-1 }\n`,
  )
  const answers = await Promise.all(Array.from({ length: 20 }, () => stage.ask()))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(sts.asked).toHaveLength(1)
  const [asked] = sts.asked
  expect(asked && fieldsOf(asked)).toEqual({
    Action: 'AssumeRole',
    RoleArn: arn,
    RoleSessionName: 'weir',
    ExternalId: 'e-1',
    Version: '2011-06-15',
  })
  expect(asked && signedAs(asked, own)).toBe(true)
  expect(stage.upstream.seen.every((seen) => bears(seen, seen.text, ofRole, 'bedrock'))).toBe(true)
})

test('a web identity is exchanged for the keys of a role, without any key', async () => {
  await using sts = await startSts()
  const folder = mkdtempSync(join(tmpdir(), 'weir-aws-'))
  try {
    const file = join(folder, 'token')
    writeFileSync(file, 'header.claims.signature\n')
    const auth = `auth_data: { type: web-identity-based, assumed_role_arn: ${arn}, web_identity_token_file: ${file}, role_session_name: ours }\n`
    await using stage = await stageOf({ AWS_ENDPOINT_URL_STS: sts.url }, auth)
    expect((await stage.ask()).status).toBe(200)
    const [asked] = sts.asked
    expect(asked?.headers.authorization).toBeUndefined()
    expect(asked && fieldsOf(asked)).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: arn,
      RoleSessionName: 'ours',
      WebIdentityToken: 'header.claims.signature',
    })
    const [seen] = stage.upstream.seen
    expect(seen && bears(seen, seen.text, ofRole, 'bedrock')).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a profile has its keys in either file, or names a role with the profile that assumes it', async () => {
  await using sts = await startSts()
  const folder = mkdtempSync(join(tmpdir(), 'weir-aws-'))
  try {
    const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')]
    writeFileSync(
      config,
      `[default]\nregion = eu-west-1\n# A comment.\n[profile speaker]\nrole_arn = ${arn}\nsource_profile = base\nexternal_id = e-2\ns3 =\n  aws_access_key_id = nested\n`,
    )
    writeFileSync(credentials, '[base]\naws_access_key_id = AKIDOWN\naws_secret_access_key=own-secret\n')
    const files = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials, AWS_ENDPOINT_URL_STS: sts.url }
    for (const [auth, environment, held] of [
      ['auth_data: { type: profile-based, profile: base }\n', {}, own],
      ['auth_data: { type: profile-based, profile: speaker }\n', {}, ofRole],
      ['', { AWS_PROFILE: 'base' }, own],
    ] as const) {
      await using stage = await stageOf({ ...files, ...environment }, auth)
      expect((await stage.ask()).status).toBe(200)
      const [seen] = stage.upstream.seen
      expect(seen && bears(seen, seen.text, held, 'bedrock')).toBe(true)
    }
    const [asked] = sts.asked
    expect(asked && fieldsOf(asked)).toMatchObject({ Action: 'AssumeRole', RoleArn: arn, ExternalId: 'e-2' })
    expect(asked && signedAs(asked, own)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('without any auth_data, an instance and a container have the keys of their role', async () => {
  const answer = { Code: 'Success', Type: 'AWS-HMAC', AccessKeyId: 'ASIAROLE', SecretAccessKey: 'role/secret+=' }
  const leased = (): object => ({ ...answer, Token: 'role/token==', Expiration: anHour() })
  await using metadata = await startStandIn(({ method, path, headers }) => {
    if (method === 'PUT' && path === '/latest/api/token') return { body: 'session-token' }
    if (headers['x-aws-ec2-metadata-token'] !== 'session-token') return { status: 401, body: '' }
    if (path === '/latest/meta-data/iam/security-credentials/') return { body: 'speaks-role' }
    return path === '/latest/meta-data/iam/security-credentials/speaks-role' ? { body: leased() } : { status: 404, body: '' }
  })
  await using container = await startStandIn(({ path, headers }) =>
    path === '/v2/keys' && headers.authorization === 'pod-token' ? { body: leased() } : { status: 403, body: '' },
  )
  for (const environment of [
    { AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url },
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${container.url}/v2/keys`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pod-token' },
  ]) {
    await using stage = await stageOf(environment, '')
    expect((await stage.ask()).status).toBe(200)
    const [seen] = stage.upstream.seen
    expect(seen && bears(seen, seen.text, ofRole, 'bedrock')).toBe(true)
  }
  expect(metadata.asked[0]?.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe('300')
})

test('a refusal says whose operator has to mend what, and shows no secret', async () => {
  await using sts = await startStandIn(() => ({
    status: 403,
    type: 'text/xml',
    body: refusal('AccessDenied', 'User AKIDOWN with own-secret is not authorized'),
  }))
  const environment = { AWS_ACCESS_KEY_ID: 'AKIDOWN', AWS_SECRET_ACCESS_KEY: 'own-secret', AWS_ENDPOINT_URL_STS: sts.url }
  await using stage = await stageOf(environment, `auth_data: { type: assumed-role-based, assumed_role_arn: ${arn} }\n`)
  const answer = await stage.ask()
  expect(answer.status).toBe(502)
  expect(await answer.json()).toMatchObject({
    error: {
      code: 'upstream_unauthorized',
      message:
        'The account "up" has no credential: AWS STS refused to give one (403 AccessDenied). The operator of this gateway has to mend the credentials of this account.',
    },
  })
  expect(stage.upstream.seen).toEqual([])
  const rows = await stage.gateway.ended(1)
  expect(rows[0]?.attempts).toMatchObject([{ status: null, outcome: 'failed' }])
  expect(JSON.stringify(rows)).not.toMatch(/own-secret|AKIDOWN/)
})

test('an STS that cannot be reached, or is down, is a 503 with a time to come back', async () => {
  await using broken = await startStandIn(() => ({ status: 500, type: 'text/xml', body: refusal('InternalFailure', 'x') }))
  await using strange = await startStandIn(() => ({ body: '<html>Welcome to the hotel</html>' }))
  for (const [url, said] of [
    [await nowhere(), 'AWS STS could not be reached. The operator of this gateway has to mend the way there.'],
    [broken.url, 'AWS STS failed (500 InternalFailure). Its operator has to mend it.'],
    [strange.url, 'AWS STS failed (its answer cannot be read). Its operator has to mend it.'],
  ] as const) {
    const environment = { AWS_ACCESS_KEY_ID: 'AKIDOWN', AWS_SECRET_ACCESS_KEY: 'own-secret', AWS_ENDPOINT_URL_STS: url }
    await using stage = await stageOf(environment, `auth_data: { type: assumed-role-based, assumed_role_arn: ${arn} }\n`)
    const answer = await stage.ask()
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toMatchObject({
      error: { code: 'unavailable', message: `The account "up" has no credential right now: ${said}` },
    })
  }
})

test('a token file that has gone is a 502 that names it', async () => {
  const auth = `auth_data: { type: web-identity-based, assumed_role_arn: ${arn}, web_identity_token_file: /nowhere/token }\n`
  await using stage = await stageOf({}, auth)
  const answer = await stage.ask()
  expect(answer.status).toBe(502)
  expect(await answer.text()).toContain('the web identity token in /nowhere/token cannot be read. The operator of this gateway')
})

test('the environment makes an account by a region and an identity, and an identity that is of no use stops nobody', () => {
  const identity = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIDOWN', AWS_SECRET_ACCESS_KEY: 'own-secret' }
  const { accounts } = configured({ ...identity, WEIR_SIMULATORS: 'off' })
  expect([...accounts.values()]).toMatchObject([
    { name: 'aws-bedrock', baseURL: 'https://bedrock-runtime.eu-west-1.amazonaws.com' },
  ])
  expect(configured({ AWS_REGION: 'eu-west-1' }).accounts.has('aws-bedrock')).toBe(false)
  const unusable = configured({ AWS_REGION: 'eu-west-1', AWS_PROFILE: 'gone', HOME: '/nowhere' })
  expect(unusable.accounts.has('aws-bedrock')).toBe(false)
  expect(unusable.warnings).toEqual([
    'There is no account aws-bedrock from the environment: There is no AWS profile "gone" in /nowhere/.aws/config or /nowhere/.aws/credentials.',
  ])
})
