import { TRPCClientError } from '@trpc/client'
import { createClient } from '@weir/client'
import { api, GatewayError, type Contract, type Endpoint, type Handlers, type RequestRecord } from '@weir/contracts'
import Koa from 'koa'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { answerTrpc, routerFrom, type Call, type TrpcJourney } from '../../src/trpc.js'

interface Context {
  readonly call: Call
  readonly subject: string
}

const record: RequestRecord = {
  id: 'req_1',
  label: null,
  subject: 'ada',
  started_at: '2026-01-01T00:00:00.000Z',
  ended_at: '2026-01-01T00:00:01.000Z',
  operation: 'generate',
  dialect: 'responses',
  lane: 'native',
  stream: false,
  model: 'm',
  account: 'a',
  upstream_model: 'm',
  status: 200,
  outcome: 'completed',
  error_code: null,
  response_id: null,
  stored: false,
  usage: null,
  time_to_first_token_ms: null,
  latency_ms: 1,
  losses: [],
  metadata: {},
  attempts: [],
}

const seen: unknown[] = []

const talk = { id: 'conv_1', object: 'conversation', created_at: 1, metadata: {} } as const
const noItems = { object: 'list', data: [], first_id: null, last_id: null, has_more: false } as const

const handlers: Handlers<Contract, Context> = {
  conversations: {
    create: () => ({ ...talk }),
    get: () => ({ ...talk }),
    update: () => ({ ...talk }),
    delete: ({ id }) => ({ id, object: 'conversation.deleted', deleted: true }),
    createItems: () => ({ ...noItems, data: [] }),
    items: () => ({ ...noItems, data: [] }),
    item: () => ({ type: 'message', role: 'user', content: 'Hi' }),
    deleteItem: () => ({ ...talk }),
  },
  responses: {
    get: {
      whole: ({ id }) => {
        throw new GatewayError('not_found', { message: `No ${id}.`, param: 'id', detail: 'secret detail' })
      },
      async stream({ id, starting_after: after }) {
        if (id === 'resp_gone') throw new GatewayError('not_found', { message: `No ${id}.`, param: 'id' })
        return (async function* () {
          yield { data: JSON.stringify({ type: 'acme:one', after }) }
          yield { data: '[DONE]' }
        })()
      },
    },
    cancel: ({ id }) => {
      throw new GatewayError('invalid_value', { message: `Not ${id}.`, param: 'id' })
    },
    delete: ({ id }) => ({ id, object: 'response', deleted: true }),
    compact: () => {
      throw new GatewayError('unavailable')
    },
    inputTokens: () => ({ object: 'response.input_tokens', input_tokens: 0 }),
    inputItems: (input) => {
      seen.push(input)
      return { object: 'list', data: [], first_id: null, last_id: null, has_more: false }
    },
  },
  chatCompletions: {},
  messages: { countTokens: () => ({ input_tokens: 1 }) },
  generateContent: { countTokens: () => ({ totalTokens: 1 }) },
  completions: {},
  embeddings: {},
  rerank: {},
  moderations: {},
  speech: {},
  webhookDeliveries: {
    list: () => ({ object: 'list', data: [], has_more: false }),
    redeliver: () => Promise.reject(new GatewayError('not_found')),
  },
  files: {
    create: () => Promise.reject(new GatewayError('not_found')),
    list: () => ({ object: 'list', data: [], first_id: null, last_id: null, has_more: false }),
    get: () => Promise.reject(new GatewayError('not_found')),
    content: () => Promise.reject(new GatewayError('not_found')),
    delete: ({ id }) => ({ id, object: 'file', deleted: true }),
  },
  models: {
    list: (_, { subject }) => ({ object: 'list', data: [{ id: subject, object: 'model', created: 1, owned_by: 'x' }] }),
    get: ({ id }) => ({ id, object: 'model', created: 1, owned_by: 'x', secret: 'internal' }),
  },
  requests: {
    list: () => ({ object: 'list', data: [record], has_more: false }),
    get: () => {
      throw new Error('password=hunter2')
    },
  },
  health: { get: () => ({ status: 'ok', version: '1' }), live: () => ({ status: 'ok' }), ready: () => ({ status: 'ok' }) },
}

async function enter(endpoint: Endpoint, call: Call): Promise<Context> {
  const key = call.headers.authorization
  if (endpoint.access !== 'public' && key !== 'Bearer key') throw new GatewayError('invalid_api_key')
  return { call, subject: 'ada' }
}

const silent: TrpcJourney = {
  answer: () => Promise.reject(new GatewayError('unavailable', { retryAfter: 3 })),
  async *stream() {},
}

async function face(journey: TrpcJourney = silent) {
  const app = new Koa()
  const mount = {
    router: routerFrom(api, { handlers, journey, enter }),
    bodyLimit: () => 1_000_000,
    identify: () => Promise.resolve(),
    isPublic: () => false,
  }
  app.use(async (context) => {
    context.respond = false
    await answerTrpc(context.req, context.res, mount)
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const baseURL = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    baseURL,
    trpc: createClient({ baseURL, apiKey: 'key' }).trpc,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function failureOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof TRPCClientError)) throw new Error(`Expected a TRPCClientError, got ${String(error)}.`)
  return error
}

const body = { model: 'm', input: 'hi' }

test('every kind of endpoint answers through the typed client', async () => {
  await using gateway = await face({
    answer: async (id, input) => ({ id, input }),
    async *stream(id, input) {
      yield { type: id, input }
    },
  })
  const { trpc } = gateway
  expect(await trpc.health.get.query()).toEqual({ status: 'ok', version: '1' })
  expect((await trpc.models.list.query()).data[0]?.id).toBe('ada')
  expect((await trpc.requests.list.query()).data).toEqual([record])
  expect(await trpc.responses.delete.mutate({ id: 'resp_1' })).toEqual({ id: 'resp_1', object: 'response', deleted: true })
  expect(await trpc.responses.create.mutate(body)).toEqual({ id: 'responses.create', input: body })
  expect(await trpc.chatCompletions.create.mutate({ model: 'm', messages: [] })).toMatchObject({ id: 'chatCompletions.create' })
  const events: unknown[] = []
  for await (const event of await trpc.responses.createStream.mutate(body)) events.push(event)
  expect(events).toEqual([{ type: 'responses.create', input: body }])
})

test('what a handler streams comes as events, and what it refuses as a failure before them', async () => {
  await using gateway = await face()
  const { trpc } = gateway
  const events: unknown[] = []
  for await (const event of await trpc.responses.getStream.mutate({ id: 'resp_1', starting_after: 4 })) events.push(event)
  expect(events).toEqual([{ type: 'acme:one', after: 4 }])
  const gone = await failureOf(
    trpc.responses.getStream.mutate({ id: 'resp_gone' }).then(async (stream) => {
      for await (const _ of stream);
    }),
  )
  expect(gone.data).toMatchObject({ errorCode: 'not_found', param: 'id' })
})

test('defaults are filled in, and what is internal stays inside', async () => {
  await using gateway = await face()
  await gateway.trpc.responses.inputItems.query({ id: 'resp_1' })
  expect(seen.at(-1)).toEqual({ id: 'resp_1', limit: 20, order: 'desc' })
  expect(await gateway.trpc.models.get.query({ id: 'a/b' })).toEqual({ id: 'a/b', object: 'model', created: 1, owned_by: 'x' })
})

test('a gateway error arrives with its code, field and request id, and without its detail', async () => {
  await using gateway = await face()
  const error = await failureOf(gateway.trpc.responses.get.query({ id: 'resp_9' }))
  expect(error.message).toBe('No resp_9.')
  expect(error.data).toEqual({
    code: 'NOT_FOUND',
    httpStatus: 404,
    path: 'responses.get',
    errorCode: 'not_found',
    param: 'id',
    requestId: expect.stringMatching(/^req_[0-9a-f]{32}$/),
    retryAfter: null,
  })
  expect(JSON.stringify(error.shape)).not.toContain('secret')
})

test('a failure of our own says nothing of itself', async () => {
  await using gateway = await face()
  const error = await failureOf(gateway.trpc.requests.get.query({ id: 'x' }))
  expect(error.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', errorCode: 'server_error' })
  expect(JSON.stringify(error.shape)).not.toContain('hunter2')
  expect(JSON.stringify(error.shape)).not.toContain('stack')
})

test('a wrong input is named by its field', async () => {
  await using gateway = await face()
  const error = await failureOf(gateway.trpc.requests.list.query({ limit: 101 }))
  expect(error.data).toMatchObject({ code: 'BAD_REQUEST', errorCode: 'invalid_value', param: 'limit' })
})

test('the caller is judged before its input, and each call of a batch by itself', async () => {
  await using gateway = await face()
  const { trpc } = createClient({ baseURL: gateway.baseURL, apiKey: 'wrong' })
  const [refused, health] = await Promise.all([failureOf(trpc.requests.list.query({ limit: 101 })), trpc.health.live.query()])
  expect(refused.data).toMatchObject({ code: 'UNAUTHORIZED', errorCode: 'invalid_api_key' })
  expect(health).toEqual({ status: 'ok' })
})

test('two calls of one batch have two request ids, and the first is that of the answer', async () => {
  await using gateway = await face()
  const requests: (string | null)[] = []
  const client = createClient({
    baseURL: gateway.baseURL,
    apiKey: 'key',
    fetch: async (url, options) => {
      const response = await fetch(url, options)
      requests.push(response.headers.get('x-request-id'))
      return response
    },
  })
  const [first, second] = await Promise.all(['a', 'b'].map((id) => failureOf(client.trpc.responses.get.query({ id }))))
  expect(requests).toEqual([first?.data?.requestId])
  expect(second?.data?.requestId).not.toBe(first?.data?.requestId)
})

test('when to try again is told', async () => {
  await using gateway = await face()
  const error = await failureOf(gateway.trpc.responses.create.mutate(body))
  expect(error.data).toMatchObject({ code: 'SERVICE_UNAVAILABLE', errorCode: 'unavailable', retryAfter: 3 })
})

test('a stream brings each event as it comes, and an error in its middle with its code', async () => {
  await using gateway = await face({
    ...silent,
    async *stream() {
      yield { n: 1 }
      await sleep(100)
      yield { n: 2 }
      throw new GatewayError('upstream_error', { message: 'Gone.' })
    },
  })
  const arrivals: number[] = []
  const reading = (async () => {
    for await (const _ of await gateway.trpc.responses.createStream.mutate(body)) arrivals.push(performance.now())
  })()
  const error = await failureOf(reading)
  expect(error.message).toBe('Gone.')
  expect(error.data).toMatchObject({ errorCode: 'upstream_error' })
  expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(50)
})

test('leaving a stream reaches its source', async () => {
  let left = false
  await using gateway = await face({
    ...silent,
    async *stream(_id, _input, { signal }) {
      signal.addEventListener('abort', () => (left = true))
      for (let n = 0; !signal.aborted; n++) {
        yield { n }
        await sleep(10)
      }
    },
  })
  for await (const event of await gateway.trpc.responses.createStream.mutate(body)) {
    expect(event).toEqual({ n: 0 })
    break
  }
  await expect.poll(() => left).toBe(true)
})

test('a long input passes, as query and as mutation', async () => {
  await using gateway = await face({ ...silent, answer: async (_, input) => JSON.stringify(input).length })
  const long = 'x'.repeat(200_000)
  expect((await gateway.trpc.models.get.query({ id: long })).id).toHaveLength(200_000)
  expect(await gateway.trpc.responses.create.mutate({ model: 'm', input: long })).toBeGreaterThan(200_000)
})

test('what tRPC itself refuses comes in the same form', async () => {
  await using gateway = await face()
  const post = async (path: string, text: string) => {
    const response = await fetch(`${gateway.baseURL}/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
      body: text,
    })
    const answer = (await response.json()) as { error?: { message: string; data: Record<string, unknown> } }
    return { status: response.status, ...answer.error?.data, message: answer.error?.message }
  }
  expect(await post('nobody.home', '{}')).toMatchObject({ status: 404, errorCode: 'not_found' })
  expect(await post('responses.delete', '{"id":')).toMatchObject({ errorCode: 'malformed_json' })
  expect(await post('responses.delete', JSON.stringify({ id: 'x'.repeat(1_100_000) }))).toMatchObject({
    status: 413,
    errorCode: 'payload_too_large',
  })
})

test('a batch larger than the client ever sends is refused', async () => {
  await using gateway = await face()
  const paths = Array.from({ length: 11 }, () => 'health.live').join(',')
  const response = await fetch(`${gateway.baseURL}/trpc/${paths}?batch=1`, { headers: { authorization: 'Bearer key' } })
  expect(response.status).toBe(400)
})

test('a client that asks for more calls than one batch holds gets them all', async () => {
  await using gateway = await face()
  const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => gateway.trpc.models.get.query({ id: `m${n}` })))
  expect(answers.map((model) => model.id)).toEqual(Array.from({ length: 25 }, (_, n) => `m${n}`))
})

test('an api whose handler is missing does not start', () => {
  expect(() => routerFrom(api, { handlers: { ...handlers, models: {} }, journey: silent, enter })).toThrow('models.list')
})
