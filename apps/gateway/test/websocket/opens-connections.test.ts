import { request, type IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { connectTo } from '../support/connection.js'
import { keys, startGateway } from '../support/gateway.js'
import { openSocket, Refused, type SocketOptions } from '../support/socket.js'

const asked = { model: 'simulator/talker', input: 'Hello.' }

/** The HTTP answer to one who gets no connection. */
async function refusal(origin: string, options: SocketOptions): Promise<Refused> {
  const thrown: unknown = await openSocket(origin, options).catch((error: unknown) => error)
  if (!(thrown instanceof Refused)) throw new Error('It was not refused.', { cause: thrown })
  return thrown
}

test.each(['/v1/responses', '/responses', '/api/llm/v1/responses', '/v1/responses?beta=true&x=1'])(
  'connects at %s',
  async (path) => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url, { path, headers: { 'openai-beta': 'responses_websockets=2026-02-06' } })
    expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
    expect(socket.raw.extensions).toBe('')
  },
)

test('a stranger gets 401 and no connection', async () => {
  await using gateway = await startGateway()
  for (const key of [null, 'nobody-knows-this-key']) {
    const { status, headers, text } = await refusal(gateway.url, { key })
    expect(status).toBe(401)
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^req_/),
    })
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'invalid_api_key', type: 'authentication_error', param: null } })
  }
})

test.each([
  ['/v1/nothing', 404, 'not_found'],
  ['/', 404, 'not_found'],
  ['/v1/chat/completions', 400, 'invalid_value'],
  ['/v1/responses/resp_1', 400, 'invalid_value'],
  ['/health/live', 400, 'invalid_value'],
])('there is no WebSocket at %s', async (path, expected, code) => {
  await using gateway = await startGateway()
  const { status, text } = await refusal(gateway.url, { path })
  expect(status).toBe(expected)
  expect(JSON.parse(text)).toMatchObject({ error: { code } })
})

test('a gateway that is about to stop takes no connection', async () => {
  await using gateway = await startGateway({ serving: false })
  const { status, headers, text } = await refusal(gateway.url, {})
  expect(status).toBe(503)
  expect(headers).toMatchObject({ 'retry-after': '1' })
  expect(JSON.parse(text)).toMatchObject({ error: { code: 'unavailable' } })
})

test('a broken handshake is answered with an error in JSON', async () => {
  await using gateway = await startGateway()
  await using wire = await connectTo(gateway.url)
  const head = `GET /v1/responses HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${keys.alice}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`
  await wire.send(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n`)
  expect(await wire.closed).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"code":"invalid_value"/)
})

test('a caller who leaves while it is being judged does no harm', async () => {
  await using gateway = await startGateway()
  for (let round = 0; round < 5; round++) {
    await using wire = await connectTo(gateway.url)
    await wire.send(`GET /v1/responses HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  }
  expect((await gateway.call('/health/live')).status).toBe(200)
})

test('one who offers HTTP/2 on a plain connection, as Java does, is answered as if it had not', async () => {
  await using gateway = await startGateway()
  const body = JSON.stringify({ ...asked, input: 'Hello. '.repeat(20_000) })
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${keys.alice}`,
      'content-type': 'application/json',
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    }
    request(`${gateway.url}/v1/responses`, { method: 'POST', headers }, resolve).once('error', reject).end(body)
  })
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  expect(answer.statusCode).toBe(200)
  expect(JSON.parse(text)).toMatchObject({ object: 'response', status: 'completed' })
})

test('a message larger than the body limit closes the connection with 1009', async () => {
  await using gateway = await startGateway({ settings: { bodyLimit: 1000 } })
  using socket = await openSocket(gateway.url)
  expect((await socket.create(asked)).at(-1)?.type).toBe('response.completed')
  socket.send({ type: 'response.create', ...asked, input: 'x'.repeat(1000) })
  expect(await socket.closed).toMatchObject({ code: 1009 })
})
