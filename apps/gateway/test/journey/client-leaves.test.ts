import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { type Face, pairs, pathOf, question, speech, type StoredWire, textOf } from '../support/faces.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

const pieces = ['Once upon', ' a time']

interface Leaving {
  readonly when: string
  readonly stream: boolean
  /** What the upstream does before it falls silent. */
  readonly script: (response: ServerResponse, face: Face) => void
  /** What of the answer the caller had seen. */
  readonly text: string
  /** The status that the upstream had given by then. */
  readonly status: number | null
}

const leavings: readonly Leaving[] = [
  { when: 'before the head of a plain answer', stream: false, script() {}, text: '', status: null },
  {
    when: 'within a plain answer',
    stream: false,
    script(response) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"id":')
    },
    text: '',
    status: 200,
  },
  { when: 'before the head of a stream', stream: true, script() {}, text: '', status: null },
  {
    when: 'before the first token',
    stream: true,
    script(response, face) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(speech(face, []).opening)
    },
    text: '',
    status: 200,
  },
  {
    when: 'in the middle of a stream',
    stream: true,
    script(response, face) {
      const { opening, deltas } = speech(face, pieces)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas.join(''))
    },
    text: 'Once upon a time',
    status: 200,
  },
]

for (const { ingress, spoken } of pairs) {
  for (const { when, stream, script, text, status } of leavings) {
    test(`${ingress} caller, ${spoken} upstream: one who leaves ${when} ends the upstream request, and what was streamed is kept`, async () => {
      const asked = moment()
      await using upstream = await startUpstream((_, response) => {
        script(response, spoken)
        asked.now()
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      })
      const leaving = new AbortController()
      const answer = gateway.call(pathOf(ingress), { body: question(ingress, { stream }), signal: leaving.signal })
      answer.catch(() => {})
      await asked.come
      if (text !== '') await readUntil(await answer, pieces.at(-1) ?? '')
      // A head that was sent may still be on its way through the gateway.
      else if (status !== null) await after(50)
      leaving.abort()

      await closedWithinASecond(upstream)
      const [row] = await gateway.ended(1)
      expect(row).toMatchObject({ outcome: 'client_closed', status: 499, stream, stored: true, account: 'up' })
      expect(row?.attempts).toMatchObject([{ number: 1, status, outcome: 'aborted' }])
      await gateway.ports.ledger.flush()
      const recorded: unknown = await (await gateway.call(`/api/v1/requests/${row?.id}`)).json()
      expect(recorded).toMatchObject({
        id: row?.id,
        outcome: 'client_closed',
        status: 499,
        response_id: row?.responseId,
        stored: true,
      })

      const stored = (await (await gateway.call(`/v1/responses/${row?.responseId}`)).json()) as StoredWire
      expect(stored).toMatchObject({
        id: row?.responseId,
        status: 'incomplete',
        incomplete_details: { reason: 'client_closed' },
        error: null,
        store: true,
      })
      expect(textOf(stored)).toBe(text)
      expect(stored.output.map((item) => item.status)).toEqual(text === '' ? [] : ['incomplete'])
    })
  }

  test(`${ingress} caller, ${spoken} upstream: one who leaves after the last token, before the end, leaves no open connection`, async () => {
    const spoke = moment()
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas, closing } = speech(spoken, pieces)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      // Everything but the terminal event.
      const end = closing.lastIndexOf('\n\n', closing.length - 3) + 2
      response.write(opening + deltas.join('') + closing.slice(0, spoken === 'responses' ? end : 0), () => spoke.now())
    })
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
    })
    const leaving = new AbortController()
    const answer = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }), signal: leaving.signal })
    await spoke.come
    await readUntil(answer, pieces.at(-1) ?? '')
    leaving.abort()
    await closedWithinASecond(upstream)
    const [row] = await gateway.ended(1)
    const stored = (await (await gateway.call(`/v1/responses/${row?.responseId}`)).json()) as StoredWire
    expect(stored.status).toBe('incomplete')
    expect(textOf(stored)).toBe('Once upon a time')
  })
}

test('one who leaves and asked not to be kept leaves its row in the ledger and nothing else', async () => {
  const asked = moment()
  await using upstream = await startUpstream(() => asked.now())
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const leaving = new AbortController()
  const answer = gateway.call('/v1/responses', { body: question('responses', { store: false }), signal: leaving.signal })
  answer.catch(() => {})
  await asked.come
  leaving.abort()
  await closedWithinASecond(upstream)
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed', status: 499, stored: false }])
})

test('one who leaves while it still sends its body never reaches an upstream', async () => {
  await using upstream = await startUpstream((_, response) => void response.end())
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  await leaveWithinTheBody(gateway)
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed', status: 499, stored: false, attempts: [] }])
  expect(upstream.seen).toHaveLength(0)
})

test('a hundred callers who leave in the middle leave a hundred rows and no connection', async () => {
  const { opening, deltas } = speech('responses', pieces)
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas.join(''))
  })
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      const leaving = new AbortController()
      const answer = await gateway.call('/v1/responses', {
        body: question('responses', { stream: true }),
        signal: leaving.signal,
      })
      await readUntil(answer, pieces.at(-1) ?? '')
      leaving.abort()
    }),
  )
  const rows = await gateway.ended(100)
  expect(new Set(rows.map(({ responseId }) => responseId)).size).toBe(100)
  expect(rows.every(({ outcome, stored }) => outcome === 'client_closed' && stored)).toBe(true)
  await Promise.all(upstream.seen.map(({ aborted }) => aborted))
})

/** Reads a stream until this has come. */
async function readUntil(response: Response, wanted: string): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes(wanted)) {
    const next = await reader?.read()
    if (!next || next.done) throw new Error(`The stream ended before ${wanted}: ${text}`)
    text += next.value
  }
}

async function closedWithinASecond({ seen }: Upstream): Promise<void> {
  expect(await Promise.race([seen[0]?.aborted.then(() => 'closed'), after(1000, 'open')])).toBe('closed')
}

async function leaveWithinTheBody({ url }: TestGateway): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const head = [
    'POST /v1/responses HTTP/1.1',
    'host: weir',
    `authorization: Bearer ${keys.alice}`,
    'content-type: application/json',
    'content-length: 1000',
    'expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [told] = (await once(socket, 'data')) as [Buffer]
  expect(told.toString()).toContain('100 Continue')
  socket.end('{"model":')
  socket.destroy()
}
