import { expect, test } from 'vitest'
import { connectTo } from '../support/connection.js'
import { errorOf } from '../support/error.js'
import { keys, startGateway } from '../support/gateway.js'

const routes = ['/v1/responses', '/v1/chat/completions']

const unreadable: readonly { name: string; body: string | Uint8Array<ArrayBuffer>; says: RegExp }[] = [
  { name: 'broken JSON', body: '{"model": "simulator/talker", input', says: /not valid JSON: it breaks at character 30/ },
  { name: 'JSON that ends too early', body: '{"model": "simulator/talker"', says: /not valid JSON/ },
  { name: 'an empty body', body: '', says: /empty/ },
  {
    name: 'bytes that are no UTF-8',
    body: Uint8Array.from([...Buffer.from('{"model":"'), 0xc3, 0x28, ...Buffer.from('"}')]),
    says: /UTF-8/,
  },
]

for (const route of routes) {
  for (const { name, body, says } of unreadable) {
    test(`${route} answers ${name} with 400 malformed_json`, async () => {
      await using gateway = await startGateway()
      const answer = await fetch(gateway.url + route, {
        method: 'POST',
        headers: { authorization: `Bearer ${keys.alice}`, 'content-type': 'application/json' },
        body,
      })
      expect(answer.status).toBe(400)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ code: 'malformed_json', type: 'invalid_request_error', param: null })
      expect(error.message).toMatch(says)
      expect((await gateway.ended(1))[0]).toMatchObject({
        status: 400,
        outcome: 'refused',
        errorCode: 'malformed_json',
        attempts: [],
      })
    })
  }

  for (const body of ['[]', '"text"', '17', 'null', 'true'])
    test(`${route} answers a body that is ${body} and no object with 400`, async () => {
      await using gateway = await startGateway()
      const answer = await gateway.call(route, { body })
      expect(answer.status).toBe(400)
      expect(await errorOf(answer)).toMatchObject({ code: 'invalid_value', param: null })
    })

  for (const [type, message] of [
    ['text/plain', /text\/plain.*application\/json/],
    ['multipart/form-data; boundary=x', /application\/json/],
    ['application/jsonp', /application\/json/],
  ] as const)
    test(`${route} answers ${type} with 415`, async () => {
      await using gateway = await startGateway()
      const answer = await gateway.call(route, {
        body: { model: 'simulator/talker', input: 'Hi' },
        headers: { 'content-type': type },
      })
      expect(answer.status).toBe(415)
      const error = await errorOf(answer)
      expect(error.code).toBe('unsupported_media_type')
      expect(error.message).toMatch(message)
    })

  test(`${route} answers a compressed body with 415`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call(route, { body: { model: 'simulator/talker' }, headers: { 'content-encoding': 'gzip' } })
    expect(answer.status).toBe(415)
    expect((await errorOf(answer)).message).toContain('gzip')
  })

  test(`${route} answers a body whose length is over the limit with 413`, async () => {
    await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
    const answer = await gateway.call(route, { body: { model: 'simulator/talker', input: 'x'.repeat(1000) } })
    expect(answer.status).toBe(413)
    expect(answer.headers.get('connection')).toBe('close')
    const error = await errorOf(answer)
    expect(error.code).toBe('payload_too_large')
    expect(error.message).toContain('1000 bytes')
    expect((await gateway.ended(1))[0]).toMatchObject({ status: 413, errorCode: 'payload_too_large' })
  })

  test(`${route} answers a chunked body with 413 as soon as it is over the limit`, async () => {
    await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
    await using connection = await connectTo(gateway.url)
    await connection.send(
      `POST ${route} HTTP/1.1\r\nHost: weir\r\nAuthorization: Bearer ${keys.alice}\r\n` +
        'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    // Never ended: the answer cannot wait for the rest.
    for (let sent = 0; sent <= 1000; sent += 100) connection.send(`64\r\n${'x'.repeat(100)}\r\n`)
    const received = await connection.until(/payload_too_large/)
    expect(received).toMatch(/^HTTP\/1\.1 413 /)
    expect(await connection.closed).toContain('payload_too_large')
  })
}

test('a body of exactly the limit is taken', async () => {
  const body = JSON.stringify({ model: 'simulator/talker', input: 'Hello!' })
  await using gateway = await startGateway({ settings: { bodyLimit: body.length } })
  expect((await gateway.call('/v1/responses', { body })).status).toBe(200)
  expect((await gateway.call('/v1/responses', { body: `${body} ` })).status).toBe(413)
})

test('a charset, a +json type and no type at all are taken', async () => {
  await using gateway = await startGateway()
  const body = { model: 'simulator/talker', input: 'Hello!' }
  for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.weir+json'])
    expect((await gateway.call('/v1/responses', { body, headers: { 'content-type': type } })).status).toBe(200)
  const untyped = await fetch(`${gateway.url}/v1/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.alice}` },
    body: new Blob([JSON.stringify(body)]),
  })
  expect(untyped.status).toBe(200)
})

test('a known caller that asks first is told to go on, and one with too large a body is not', async () => {
  await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
  const body = JSON.stringify({ model: 'simulator/talker', input: 'Hello!' })
  const head = (length: number): string =>
    `POST /v1/responses HTTP/1.1\r\nHost: weir\r\nAuthorization: Bearer ${keys.alice}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`
  {
    await using connection = await connectTo(gateway.url)
    await connection.send(head(body.length))
    expect(await connection.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    await connection.send(body)
    expect(await connection.until(/"status":"completed"/)).toContain('HTTP/1.1 200 OK')
  }
  {
    await using connection = await connectTo(gateway.url)
    await connection.send(head(1001))
    expect(await connection.until(/payload_too_large/)).toMatch(/^HTTP\/1\.1 413 /)
  }
})

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

for (const field of ['unknown_field', 'metadata', 'tools'])
  test(`nesting of 100,000 levels in ${field} is refused, and the gateway lives on`, async () => {
    await using gateway = await startGateway()
    const value = field === 'tools' ? `[{"type":"function","name":"f","parameters":${nested(100_000)}}]` : nested(100_000)
    const answer = await gateway.call('/v1/responses', { body: `{"model":"simulator/talker","input":"Hi","${field}":${value}}` })
    expect(answer.status).toBe(400)
    const error = await errorOf(answer)
    expect(error.code).toBe('invalid_value')
    expect(error.message).toContain('256 levels')
    expect(error.param).toMatch(new RegExp(`^${field}`))
    expect((await gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Hi' } })).status).toBe(200)
  })

test('a schema as deep as people write them is taken', async () => {
  await using gateway = await startGateway()
  const tools = `[{"type":"function","name":"f","strict":false,"parameters":{"type":"object","x-note":${nested(100)}}}]`
  const answer = await gateway.call('/v1/responses', { body: `{"model":"simulator/talker","input":"Hi","tools":${tools}}` })
  expect(answer.status).toBe(200)
})
