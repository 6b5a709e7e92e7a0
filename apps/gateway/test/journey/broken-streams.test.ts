import { setTimeout as after } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type Face, pairs, pathOf, question, speech, type StoredWire, textOf, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { data, startUpstream } from '../support/upstream.js'

interface Break {
  readonly what: string
  /** What the upstream does after its two pieces of text have left. */
  readonly breaks: (response: ServerResponse, face: Face) => void
  /** What the ledger calls it. */
  readonly errorCode: string
  /** What the caller reads as the code, and in its sentence. */
  readonly code: string
  readonly says: RegExp
}

const breaks: readonly Break[] = [
  {
    what: 'cut in mid-air',
    breaks: (response) => void response.destroy(),
    errorCode: 'upstream_error',
    code: 'server_error',
    says: /connection to the provider broke/,
  },
  {
    what: 'cut within an event',
    breaks(response, face) {
      const [delta = ''] = speech(face, [' lost']).deltas
      response.write(delta.slice(0, delta.length / 2), () => response.destroy())
    },
    errorCode: 'upstream_error',
    code: 'server_error',
    says: /connection to the provider broke/,
  },
  {
    what: 'ended politely, but without its terminal event',
    breaks: (response) => void response.end(),
    errorCode: 'upstream_error',
    code: 'server_error',
    says: /ended/,
  },
  {
    what: 'ended politely within an event',
    breaks: (response) => void response.end('data: {"type":"response.output_text.delta","del'),
    errorCode: expect.stringMatching(/^upstream_(error|malformed)$/),
    code: 'server_error',
    says: /ended|not a JSON object/,
  },
  {
    what: 'ended by an empty event',
    breaks: (response) => void response.end('data:\n\n'),
    errorCode: 'upstream_error',
    code: 'server_error',
    says: /ended/,
  },
  {
    what: 'stalled',
    breaks() {},
    errorCode: 'upstream_timeout',
    code: 'server_error',
    says: /fell silent/,
  },
  {
    what: 'with an event that is not JSON',
    breaks: (response) => void response.write(data('{"choices":[{]}')),
    errorCode: 'upstream_malformed',
    code: 'server_error',
    says: /./,
  },
  {
    what: 'with half an object and more after it',
    breaks: (response, face) =>
      void response.write(data('{"type":"response.output_text.delta","del') + speech(face, [' lost']).deltas[0]),
    errorCode: 'upstream_malformed',
    code: 'server_error',
    says: /./,
  },
  {
    what: 'with an error object',
    breaks: (response) =>
      void response.end(data({ error: { message: 'The engine fell out', type: 'server_error', param: null, code: null } })),
    errorCode: 'upstream_error',
    code: 'server_error',
    says: /The engine fell out/,
  },
  {
    what: 'with a rate limit',
    breaks: (response) =>
      void response.end(
        data({ error: { message: 'Slow down', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } }),
      ),
    errorCode: 'rate_limit_exceeded',
    code: 'rate_limit_exceeded',
    says: /Slow down/,
  },
]

const own: Readonly<Record<Face, readonly Break[]>> = {
  responses: [
    {
      what: 'with an error event and response.failed',
      breaks(response) {
        const error = { code: 'server_error', message: 'The engine fell out' }
        response.write(`event: error\n${data({ type: 'error', ...error, param: null, sequence_number: 6 })}`)
        const failed = { id: 'resp_up', object: 'response', status: 'failed', error, output: [] }
        response.end(`event: response.failed\n${data({ type: 'response.failed', response: failed, sequence_number: 7 })}`)
      },
      errorCode: 'upstream_error',
      code: 'server_error',
      says: /The engine fell out/,
    },
    {
      what: 'with [DONE] before its terminal event',
      breaks: (response) => void response.end(data('[DONE]')),
      errorCode: 'upstream_error',
      code: 'server_error',
      says: /ended/,
    },
    {
      what: 'with response.failed alone',
      breaks(response) {
        const failed = {
          id: 'resp_up',
          object: 'response',
          status: 'failed',
          error: { code: 'server_error', message: 'Lost it' },
          output: [],
        }
        response.end(`event: response.failed\n${data({ type: 'response.failed', response: failed, sequence_number: 6 })}`)
      },
      errorCode: 'upstream_error',
      code: 'server_error',
      says: /Lost it/,
    },
  ],
  'chat-completions': [
    {
      what: 'with an error in its choice',
      breaks: (response) =>
        void response.end(
          data({
            id: 'chatcmpl-up',
            choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { message: 'Lost it', code: 502 } }],
          }),
        ),
      errorCode: 'upstream_error',
      code: 'server_error',
      says: /Lost it/,
    },
    {
      what: 'with [DONE] right after an error object',
      breaks: (response) => void response.end(data({ error: { message: 'Lost it', code: 500 } }) + data('[DONE]')),
      errorCode: 'upstream_error',
      code: 'server_error',
      says: /Lost it/,
    },
  ],
}

const pieces = ['Once upon', ' a time']

for (const { ingress, spoken } of pairs) {
  for (const { what, breaks: broken, errorCode, code, says } of [...breaks, ...own[spoken]]) {
    test(`${ingress} caller, ${spoken} upstream: a stream ${what} ends as a failure that is kept as it was read`, async () => {
      await using upstream = await startUpstream((_, response) => {
        const { opening, deltas } = speech(spoken, pieces)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(opening + deltas.join(''), () => broken(response, spoken))
      })
      const accounts = { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } }
      await using gateway = await startGateway({ accounts, settings: { streamIdleTimeout: 100 } })

      const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      expect(response.status).toBe(200)
      const id = response.headers.get('x-weir-response-id')
      const read = told(await response.text())
      expect(read.text).toBe('Once upon a time')

      const stored = (await (await gateway.call(`/v1/responses/${id}`)).json()) as StoredWire
      expect(stored).toMatchObject({ id, status: 'failed', error: { code, message: expect.stringMatching(says) } })
      expect(textOf(stored)).toBe('Once upon a time')
      expect(stored.output).toHaveLength(1)
      expect(stored.output[0]?.status).toBe('incomplete')

      const last = read.events.at(-1)
      if (ingress === 'responses') {
        expect(read.events.map(({ sequence_number }) => sequence_number)).toEqual(read.events.map((_, place) => place))
        expect(read.events.filter(({ type }) => type === 'response.created')).toHaveLength(1)
        expect(read.events.filter(({ type }) => type === 'response.in_progress')).toHaveLength(1)
        expect(read.events.slice(-2).map(({ type }) => type)).toEqual(['error', 'response.failed'])
        expect(read.events.filter(({ type }) => type === 'error' || type === 'response.failed')).toHaveLength(2)
        expect(read.events.at(-2)).toMatchObject({ type: 'error', code, message: expect.stringMatching(says), param: null })
        expect(last?.response).toEqual(stored)
        expect(read.done).toBe(true)
      } else {
        expect(last).toEqual({
          error: { message: expect.stringMatching(says), type: expect.any(String), param: null, code: expect.any(String) },
        })
        expect(read.events.filter(({ error }) => error)).toHaveLength(1)
        expect(read.done).toBe(false)
      }

      const [row] = await gateway.ended(1)
      expect(row).toMatchObject({ outcome: 'failed', status: 200, errorCode, responseId: id, stored: true })
      expect(row?.attempts).toMatchObject([
        {
          number: 1,
          status: 200,
          outcome: 'failed',
          failure: expect.stringMatching(new RegExp(`${says.source}|cannot be read`)),
        },
      ])
    })
  }
}

test('a stream that stalls has its upstream connection closed', async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas } = speech('responses', pieces)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas.join(''))
  })
  const accounts = { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' as const } }
  await using gateway = await startGateway({ accounts, settings: { streamIdleTimeout: 100 } })
  const response = await gateway.call('/v1/responses', { body: question('responses', { stream: true }) })
  await response.text()
  expect(await Promise.race([upstream.seen[0]?.aborted.then(() => 'closed'), after(1000, 'open')])).toBe('closed')
})

test('the ending of a broken stream is numbered on from whatever number the upstream had reached', async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas } = speech('responses', pieces)
    const numbered = (opening + deltas.join('')).replace(
      /"sequence_number":(\d+)/g,
      (_, number) => `"sequence_number":${Number(number) + 41}`,
    )
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(numbered)
  })
  const accounts = { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' as const } }
  await using gateway = await startGateway({ accounts })
  const response = await gateway.call('/v1/responses', { body: question('responses', { stream: true }) })
  const { events } = told(await response.text())
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual([41, 42, 43, 44, 45, 46, 47, 48])
})
