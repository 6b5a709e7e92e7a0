import { createServer, type ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type Face, pairs, pathOf, question, speech } from '../support/faces.js'
import { listen, startGateway, type TestGatewayOptions } from '../support/gateway.js'
import { json, type Script, startUpstream } from '../support/upstream.js'

interface Refusal {
  readonly what: string
  readonly script: Script
  readonly settings?: TestGatewayOptions['settings']
  readonly status: number
  readonly code: string
  readonly type: string
  readonly param?: string
  readonly says: string
  readonly retryAfter?: string
  /** What the ledger has as the upstream's status. */
  readonly upstream: number | null
}

const failing = (status: number, error: object, headers: Readonly<Record<string, string>> = {}): Script => {
  return (_, response) => json(response, { error }, status, headers)
}

const refusals: readonly Refusal[] = [
  {
    what: 'a 400 stays a 400 and names the field',
    script: failing(400, {
      message: 'temperature is too hot',
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'invalid_value',
    }),
    status: 400,
    code: 'upstream_rejected',
    type: 'invalid_request_error',
    param: 'temperature',
    says: 'up: temperature is too hot',
    upstream: 400,
  },
  {
    what: 'a refused credential is a 502, and nothing of it is repeated',
    script: failing(401, {
      message: 'Incorrect API key provided: upstream-key',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_api_key',
    }),
    status: 502,
    code: 'upstream_unauthorized',
    type: 'server_error',
    says: 'The provider refused the credentials of the account "up". Its operator has to mend them.',
    upstream: 401,
  },
  {
    what: 'a 429 stays a 429 and says when to come back',
    script: failing(
      429,
      { message: 'Slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' },
      { 'retry-after': '7' },
    ),
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    says: 'up: Slow down',
    retryAfter: '7',
    upstream: 429,
  },
  {
    what: 'a 429 without retry-after has one all the same',
    script: failing(429, { message: 'Slow down' }),
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    says: 'up: Slow down',
    retryAfter: '1',
    upstream: 429,
  },
  {
    what: 'a 500 is a 502',
    script: failing(500, { message: 'The engine fell out', type: 'server_error', param: null, code: null }),
    status: 502,
    code: 'upstream_error',
    type: 'server_error',
    says: 'up: The engine fell out',
    upstream: 500,
  },
  {
    what: 'a 503 stays a 503 and says when to come back',
    script: failing(503, { message: 'Overloaded' }),
    status: 503,
    code: 'unavailable',
    type: 'server_error',
    says: 'up: Overloaded',
    retryAfter: '1',
    upstream: 503,
  },
  {
    what: 'HTML with 200 is a 502',
    script: (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>Welcome to the proxy</html>')
    },
    status: 502,
    code: 'upstream_malformed',
    type: 'server_error',
    says: 'up: the provider answered 200 with text/html that is not a JSON object.',
    upstream: 200,
  },
  {
    what: 'an error object with 200 is the error that it says',
    script: failing(200, { message: 'Too many tokens a minute', type: 'tokens', param: null, code: 'rate_limit_exceeded' }),
    status: 429,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    says: 'up: Too many tokens a minute',
    retryAfter: '1',
    upstream: 200,
  },
  {
    what: 'silence before the head is a 504',
    script: () => {},
    settings: { upstreamTimeout: 100 },
    status: 504,
    code: 'upstream_timeout',
    type: 'server_error',
    says: 'The provider did not answer in time.',
    upstream: null,
  },
  {
    what: 'a connection that is closed instead of an answer is a 502',
    script: (_, response) => void response.destroy(),
    status: 502,
    code: 'upstream_error',
    type: 'server_error',
    says: 'The connection to the provider broke.',
    upstream: null,
  },
]

for (const { ingress, spoken } of pairs) {
  for (const stream of [false, true]) {
    const caller = `${ingress} caller, ${spoken} upstream, ${stream ? 'streaming' : 'plain'}`
    for (const { what, script, settings, ...expected } of refusals) {
      test(`${caller}: ${what}`, async () => {
        await using upstream = await startUpstream(script)
        await refused(ingress, spoken, stream, upstream.url, settings, expected)
      })
    }

    test(`${caller}: a connection that is refused is a 502`, async () => {
      await refused(ingress, spoken, stream, `${await nobodysOrigin()}/v1`, undefined, {
        status: 502,
        code: 'upstream_error',
        type: 'server_error',
        says: 'The provider could not be reached.',
        upstream: null,
      })
    })
  }

  const firstEvents: readonly [string, (face: Face) => string, number, string][] = [
    [
      'an error as the first event of a stream',
      () => 'data: {"error":{"message":"No","code":"rate_limit_exceeded"}}\n\n',
      429,
      'rate_limit_exceeded',
    ],
    [
      'an error after events without content',
      (face) => `${speech(face, []).opening}data: {"error":{"message":"No","code":"server_error"}}\n\n`,
      502,
      'upstream_error',
    ],
    ['a stream that ends before its first content', (face) => speech(face, []).opening, 502, 'upstream_error'],
    ['a stream that cannot be read from its first event on', () => 'data: {"broken":}\n\n', 502, 'upstream_malformed'],
    ['a stream of nothing', () => '', 502, 'upstream_error'],
  ]
  for (const [what, sent, status, code] of firstEvents) {
    test(`${ingress} caller, ${spoken} upstream: ${what} is an HTTP error, for nothing has left yet`, async () => {
      await using upstream = await startUpstream((_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(sent(spoken))
      })
      await using gateway = await startGateway({ accounts: accountOf(spoken, upstream.url) })
      const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
      expect(await response.json()).toMatchObject({ error: { code } })
    })
  }

  const halves: readonly [string, (response: ServerResponse) => void, number, string][] = [
    ['cut', (response) => void response.destroy(), 502, 'upstream_error'],
    ['ended', (response) => void response.end(), 502, 'upstream_malformed'],
    ['stalled', () => {}, 504, 'upstream_timeout'],
  ]
  for (const [what, breaks, status, code] of halves) {
    test(`${ingress} caller, ${spoken} upstream: a plain answer that is ${what} half-way is a ${status}`, async () => {
      await using upstream = await startUpstream((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(JSON.stringify(speech(spoken, ['Once upon a time']).whole).slice(0, 60), () => breaks(response))
      })
      await using gateway = await startGateway({
        accounts: accountOf(spoken, upstream.url),
        settings: { streamIdleTimeout: 100 },
      })
      const response = await gateway.call(pathOf(ingress), { body: question(ingress) })
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { code } })
      expect(await gateway.ended(1)).toMatchObject([
        { status, outcome: 'failed', errorCode: code, stored: false, attempts: [{ status: 200, outcome: 'failed' }] },
      ])
    })
  }

  test(`${ingress} caller, ${spoken} upstream: a stream that stalls between its head and its first content is a 504`, async () => {
    await using upstream = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(speech(spoken, []).opening)
    })
    await using gateway = await startGateway({ accounts: accountOf(spoken, upstream.url), settings: { streamIdleTimeout: 100 } })
    const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    expect(response.status).toBe(504)
    expect(await response.json()).toMatchObject({ error: { code: 'upstream_timeout' } })
    await upstream.seen[0]?.aborted
  })
}

const accountOf = (spoken: Face, baseURL: string) => ({ up: { provider: 'openai-compatible', baseURL, dialect: spoken } })

type Expected = Omit<Refusal, 'what' | 'script' | 'settings'>

async function refused(
  ingress: Face,
  spoken: Face,
  stream: boolean,
  baseURL: string,
  settings: TestGatewayOptions['settings'] | undefined,
  { status, code, type, param, says, retryAfter, upstream }: Expected,
): Promise<void> {
  await using gateway = await startGateway({ accounts: accountOf(spoken, baseURL), ...(settings && { settings }) })
  const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream }) })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await response.json()).toEqual({ error: { message: says, type, param: param ?? null, code } })
  expect(response.headers.get('retry-after')).toBe(retryAfter ?? null)
  expect(response.headers.get('x-should-retry')).toBe(status === 400 ? null : 'false')

  const [row] = await gateway.ended(1)
  expect(row).toMatchObject({ id: response.headers.get('x-request-id'), status, errorCode: code, stored: false, stream })
  // Whoever may read the record reads what the caller was told, and no more; a key or a body stands nowhere.
  const failure = `${code}: ${says}`
  expect(row?.attempts).toMatchObject([{ number: 1, account: 'up', status: upstream, outcome: 'failed', failure }])
  expect(JSON.stringify(row)).not.toMatch(/upstream-key|Welcome to the proxy/)
}

/** An origin on which nobody listens any more. */
async function nobodysOrigin(): Promise<string> {
  const server = createServer()
  const origin = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return origin
}
