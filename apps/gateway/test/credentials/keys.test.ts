// Credentials that are there from the start: where each goes, as a provider gets it over HTTP.
import { expect, test } from 'vitest'
import { basic } from '../../src/upstream/credentials/basic.js'
import { bearer } from '../../src/upstream/credentials/bearer.js'
import { headerKey } from '../../src/upstream/credentials/header-key.js'
import { queryKey } from '../../src/upstream/credentials/query-key.js'
import { configured } from '../support/configured.js'
import { keys, startGateway } from '../support/gateway.js'
import { putOn } from '../support/put-on.js'
import { says } from '../support/scripted.js'
import { startUpstream } from '../support/upstream.js'

test('a bearer token, a user with a password and keys in headers go into the head and nowhere else', async () => {
  const request = { url: 'http://host.example/v1?a=b', headers: { accept: 'application/json' }, body: '{"a":1}' }
  for (const [credential, headers] of [
    [bearer('t-1'), { authorization: 'Bearer t-1' }],
    // The name and the password of RFC 7617.
    [basic('Aladdin', 'open sesame'), { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' }],
    [headerKey({ 'x-key': 'k-1', 'x-team': 'search' }), { 'x-key': 'k-1', 'x-team': 'search' }],
  ] as const)
    expect(await putOn(credential, request)).toMatchObject({ ...request, headers: { ...request.headers, ...headers } })
})

test('a key in the query comes behind what is there, escaped', async () => {
  const credential = queryKey({ key: 'a b&c=+', 'api-version': '1' })
  for (const [url, signed] of [
    ['http://host.example/v1', 'http://host.example/v1?key=a%20b%26c%3D%2B&api-version=1'],
    ['http://host.example/v1?alt=sse', 'http://host.example/v1?alt=sse&key=a%20b%26c%3D%2B&api-version=1'],
  ] as const)
    expect((await putOn(credential, { url })).url).toBe(signed)
})

test('every form reaches a provider from a manifest, with the headers of the account', async () => {
  await using upstream = await startUpstream(says('Hello'))
  const forms = {
    bearer: '{ type: bearer-auth, bearer_token: env://KEY }',
    key: '{ type: api-key, api_key: env://KEY }',
    basic: '{ type: basic-auth, username: me, password: env://KEY }',
    header: '{ type: header, headers: { X-Key: env://KEY, X-Team: search } }',
    query: '{ type: query, parameters: { key: env://KEY } }',
  }
  const yaml = Object.entries(forms)
    .map(
      ([name, auth]) =>
        `type: provider-account/openai-compatible\nname: ${name}\nbase_url: ${upstream.url}\nauth_data: ${auth}\nheaders: { X-Of-The-Account: here, Authorization: mine }\n`,
    )
    .join('---\n')
  const environment = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, KEY: 'k-1' }
  await using gateway = await startGateway({ configuration: configured(environment, yaml) })
  for (const name of Object.keys(forms))
    await gateway.call('/v1/responses', { key: keys.admin, body: { model: `${name}/m`, input: 'Hi' } })
  expect(
    upstream.seen.map(({ path, headers }) => [path, headers.authorization, headers['x-key'], headers['x-of-the-account']]),
  ).toEqual([
    ['/v1/chat/completions', 'Bearer k-1', undefined, 'here'],
    ['/v1/chat/completions', 'Bearer k-1', undefined, 'here'],
    ['/v1/chat/completions', 'Basic bWU6ay0x', undefined, 'here'],
    ['/v1/chat/completions', 'mine', 'k-1', 'here'],
    ['/v1/chat/completions?key=k-1', 'mine', undefined, 'here'],
  ])
})

test('a key in the query is in no row of the ledger', async () => {
  await using upstream = await startUpstream(
    (_, response) => void response.writeHead(401).end('{"error":{"message":"key=k-1 is bad"}}'),
  )
  const yaml = `type: provider-account/openai-compatible\nname: up\nbase_url: ${upstream.url}\nauth_data: { type: query, parameters: { key: env://KEY } }\n`
  const environment = { WEIR_SIMULATORS: 'off', WEIR_ADMIN_KEY: keys.admin, KEY: 'k-1' }
  await using gateway = await startGateway({ configuration: configured(environment, yaml) })
  const answer = await gateway.call('/v1/responses', { key: keys.admin, body: { model: 'up/m', input: 'Hi' } })
  expect(answer.status).toBe(502)
  expect((await answer.text()) + JSON.stringify(await gateway.ended(1))).not.toContain('k-1')
})
