import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { listen, startGateway, type TestGatewayOptions } from '../support/gateway.js'
import { plainQuestions } from '../support/plain-operations.js'
import { json, startUpstream, type Script } from '../support/upstream.js'

const failing =
  (status: number, error: object, headers: Readonly<Record<string, string>> = {}): Script =>
  (_, response) =>
    json(response, { error }, status, headers)

interface Refusal {
  readonly what: string
  readonly script: Script
  readonly settings?: TestGatewayOptions['settings']
  readonly status: number
  readonly code: string
  readonly retryAfter?: string
  /** The status of the attempt. */
  readonly upstream: number | null
}

const refusals: readonly Refusal[] = [
  {
    what: 'a 400',
    script: failing(400, { message: 'No', param: 'input' }),
    status: 400,
    code: 'upstream_rejected',
    upstream: 400,
  },
  {
    what: 'a refused key',
    script: failing(401, { message: 'upstream-key' }),
    status: 502,
    code: 'upstream_unauthorized',
    upstream: 401,
  },
  { what: 'an unknown model', script: failing(404, { message: 'No m' }), status: 404, code: 'model_not_found', upstream: 404 },
  {
    what: 'too long an input',
    script: failing(400, { message: 'Too long', code: 'context_length_exceeded' }),
    status: 400,
    code: 'context_length_exceeded',
    upstream: 400,
  },
  {
    what: 'a rate limit',
    script: failing(429, { message: 'Slow down' }, { 'retry-after': '7' }),
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfter: '7',
    upstream: 429,
  },
  { what: 'a 500', script: failing(500, { message: 'Broken' }), status: 502, code: 'upstream_error', upstream: 500 },
  {
    what: 'an overload',
    script: failing(503, { message: 'Full' }),
    status: 503,
    code: 'unavailable',
    retryAfter: '1',
    upstream: 503,
  },
  {
    what: 'an error with status 200',
    script: failing(200, { message: 'Slow down', code: 'rate_limit_exceeded' }),
    status: 429,
    code: 'rate_limit_exceeded',
    retryAfter: '1',
    upstream: 200,
  },
  {
    what: 'a page of HTML with status 200',
    script: (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>'),
    status: 502,
    code: 'upstream_malformed',
    upstream: 200,
  },
  {
    what: 'an object that is no answer',
    script: (_, response) => json(response, { ok: true }),
    status: 502,
    code: 'upstream_malformed',
    upstream: 200,
  },
  {
    what: 'silence',
    script: () => {},
    settings: { upstreamTimeout: 100 },
    status: 504,
    code: 'upstream_timeout',
    upstream: null,
  },
  {
    what: 'silence in the middle of the answer',
    script: (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":'),
    settings: { streamIdleTimeout: 100 },
    status: 504,
    code: 'upstream_timeout',
    upstream: 200,
  },
  {
    what: 'a closed connection',
    script: (_, response) => void response.destroy(),
    status: 502,
    code: 'upstream_error',
    upstream: null,
  },
]

const accountAt = (baseURL: string) => ({ up: { provider: 'openai-compatible', baseURL } })

for (const { operation, route, body, answer } of plainQuestions) {
  test.each(refusals)(
    `${operation}: $what is a $status, and on record`,
    async ({ script, settings, status, code, retryAfter, upstream: seen }) => {
      await using upstream = await startUpstream(script)
      await using gateway = await startGateway({ accounts: accountAt(upstream.url), ...(settings && { settings }) })
      const told = await gateway.call(route, { body })
      expect(told.status).toBe(status)
      expect(told.headers.get('retry-after')).toBe(retryAfter ?? null)
      expect(told.headers.get('x-should-retry')).toBe(status < 500 && status !== 429 ? null : 'false')
      expect(await errorOf(told)).toMatchObject({ code })
      const [row] = await gateway.ended(1)
      expect(row).toMatchObject({
        operation,
        status,
        errorCode: code,
        usage: null,
        attempts: [{ account: 'up', model: 'm', status: seen, outcome: 'failed' }],
      })
      expect(JSON.stringify(row)).not.toMatch(/upstream-key|Welcome/)
    },
  )

  test(`${operation}: a connection that is refused is a 502`, async () => {
    const server = createServer()
    const origin = await listen(server)
    await new Promise((resolve) => server.close(resolve))
    await using gateway = await startGateway({ accounts: accountAt(`${origin}/v1`) })
    const told = await gateway.call(route, { body })
    expect(told.status).toBe(502)
    expect(await errorOf(told)).toMatchObject({ code: 'upstream_error', message: 'The provider could not be reached.' })
  })

  test(`${operation}: whoever leaves ends the upstream request too, and leaves a row behind`, async () => {
    const leaving = new AbortController()
    await using upstream = await startUpstream(() => leaving.abort())
    await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
    await expect(gateway.call(route, { body, signal: leaving.signal })).rejects.toThrow('aborted')
    await upstream.seen[0]?.aborted
    expect(await gateway.ended(1)).toMatchObject([
      { operation, status: 499, outcome: 'client_closed', attempts: [{ status: null, outcome: 'aborted' }] },
    ])
  })

  if (!answer) continue

  test(`${operation}: nothing of it is kept, and an answer in one piece says what it took`, async () => {
    await using upstream = await startUpstream((_, response) => json(response, answer))
    await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
    const told = await gateway.call(route, {
      body: { ...body, store: true },
      headers: { 'x-weir-metadata': '{"team":"search"}', 'x-request-id': 'mine', 'openai-organization': 'org' },
    })
    expect(told.status).toBe(200)
    expect(told.headers.get('x-weir-response-id')).toBeNull()
    expect(told.headers.get('x-weir-attempts')).toBe('1')
    const { headers } = upstream.seen[0] ?? {}
    expect(headers).toMatchObject({ authorization: 'Bearer upstream-key', accept: 'application/json', 'user-agent': 'weir' })
    expect(headers).not.toHaveProperty('openai-organization')
    expect(await gateway.ended(1)).toMatchObject([
      { operation, label: 'mine', metadata: { team: 'search' }, status: 200, outcome: 'completed', stored: false },
    ])
  })

  test(`${operation}: answers under every prefix, and over tRPC as over HTTP`, async () => {
    await using upstream = await startUpstream((_, response) => json(response, answer))
    await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
    const told = await (await gateway.call(route, { body })).json()
    for (const prefix of ['/api/llm/api/inference/openai', '/api/llm/v1', '/api/llm', ''])
      expect(await (await gateway.call(prefix + route.slice(3), { body })).json()).toEqual(told)
    const group = route.slice(4)
    const over = await gateway.call(`/trpc/${group}.create`, { body })
    expect(await over.json()).toEqual({ result: { data: told } })
    expect(upstream.seen.map((seen) => seen.text)).toEqual(upstream.seen.map(() => upstream.seen[0]?.text))
  })
}
