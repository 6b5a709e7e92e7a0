import { expect, test } from 'vitest'
import { configured } from '../support/configured.js'
import { connectTo } from '../support/connection.js'
import { errorOf } from '../support/error.js'
import { keys, startGateway } from '../support/gateway.js'

const body = { model: 'simulator/talker', input: 'Hello!' }

const strangers: readonly { name: string; headers: Readonly<Record<string, string>>; says: RegExp }[] = [
  { name: 'no key', headers: {}, says: /no API key.*Authorization: Bearer/ },
  { name: 'a wrong key', headers: { authorization: 'Bearer nobody-knows-this-key-00' }, says: /not known/ },
  { name: 'an empty key', headers: { authorization: 'Bearer ' }, says: /no API key/ },
  { name: 'a key without Bearer', headers: { authorization: keys.alice }, says: /no API key/ },
  { name: 'another scheme', headers: { authorization: `Basic ${keys.alice}` }, says: /no API key/ },
  {
    name: 'a wrong key beside a good x-api-key',
    headers: { authorization: 'Bearer wrong', 'x-api-key': keys.alice },
    says: /not known/,
  },
]

for (const { name, headers, says } of strangers)
  test(`${name} is answered with 401 on every route that asks who calls, and leaves no row`, async () => {
    await using gateway = await startGateway()
    for (const [method, path] of [
      ['POST', '/v1/responses'],
      ['POST', '/v1/chat/completions'],
      ['GET', '/v1/responses/resp_1'],
      ['DELETE', '/v1/responses/resp_1'],
      ['GET', '/v1/responses/resp_1/input_items'],
      ['GET', '/v1/models'],
      ['GET', '/api/v1/requests'],
    ] as const) {
      const answer = await gateway.call(path, { method, key: null, headers, ...(method === 'POST' && { body }) })
      expect(answer.status).toBe(401)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ type: 'authentication_error', code: 'invalid_api_key', param: null })
      expect(error.message).toMatch(says)
      expect(error.message).not.toContain(keys.alice)
    }
    expect(await gateway.ended(0)).toEqual([])
  })

for (const header of ['x-api-key', 'x-goog-api-key'])
  test(`a key in ${header} is as good as one in authorization`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call('/v1/responses', { body, key: null, headers: { [header]: keys.alice } })
    expect(answer.status).toBe(200)
    expect((await gateway.ended(1))[0]?.owner.subject).toBe('virtualaccount:alice')
  })

test('the key of a virtual account is good up to its last day, and 401 after it', async () => {
  const today = new Date().toISOString().slice(0, 10)
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  const account = (name: string, until: string): string =>
    `type: virtual-account\nname: ${name}\ntoken: key-of-${name}-000000000\nexpiration_date: "${until}"\n`
  const yaml = [account('today', today), account('past', yesterday), account('moment', '2020-01-01T00:00:00Z')].join('---\n')
  await using gateway = await startGateway({ configuration: configured({}, yaml) })
  expect((await gateway.call('/v1/responses', { body, key: 'key-of-today-000000000' })).status).toBe(200)
  for (const name of ['past', 'moment']) {
    const answer = await gateway.call('/v1/responses', { body, key: `key-of-${name}-000000000` })
    expect(answer.status).toBe(401)
    expect((await errorOf(answer)).message).toMatch(/expired/)
  }
})

const size = 30 * 1024 * 1024
const head = (fields: string): string =>
  `POST /v1/responses HTTP/1.1\r\nHost: weir\r\nContent-Type: application/json\r\nAuthorization: Bearer nobody\r\n${fields}\r\n\r\n`

test('a stranger is answered before it sends any of its 30 MB', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  await connection.send(head(`Content-Length: ${size}`))
  expect(await connection.until(/invalid_api_key/)).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
})

test('a stranger that asks first is not told to go on', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  await connection.send(head(`Content-Length: ${size}\r\nExpect: 100-continue`))
  const received = await connection.until(/invalid_api_key/)
  expect(received).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
  expect(received).toMatch(/\r\nconnection: close\r\n/i)
  expect(await connection.closed).not.toContain('100 Continue')
})

test('a stranger that sends its 30 MB all the same can read its 401, and is cut off', async () => {
  await using gateway = await startGateway()
  await using connection = await connectTo(gateway.url)
  // It reads nothing until everything has left: a reset on the way would lose it the answer.
  connection.pause()
  await connection.send(head(`Content-Length: ${size}`))
  await connection.send(Buffer.alloc(size, 'x'))
  connection.read()
  const received = await connection.closed
  expect(received).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/)
  expect(received).toContain('"code":"invalid_api_key"')
})

test('fetch reads the 401 of a 30 MB body', async () => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/responses', { body: 'x'.repeat(size), key: 'nobody' })
  expect(answer.status).toBe(401)
  expect(await errorOf(answer)).toMatchObject({ code: 'invalid_api_key' })
})
