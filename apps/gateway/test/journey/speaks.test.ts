import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { startGateway } from '../support/gateway.js'
import { startUpstream, type Script } from '../support/upstream.js'

const model = 'simulator/speaker'
const asked = { model, input: 'Hello to you', voice: 'alloy' }
const question = { model: 'up/m', input: 'Hello', voice: 'alloy' }
const accountAt = (baseURL: string) => ({ up: { provider: 'openai-compatible', baseURL } })

const sounds =
  (type: string, ...pieces: readonly string[]): Script =>
  (_, response) => {
    response.writeHead(200, { 'content-type': type })
    for (const piece of pieces) response.write(piece)
    response.end()
  }

test('a text comes as sound, as long as it takes to say it', async () => {
  await using gateway = await startGateway()
  const lengthOf = async (more: object) =>
    (await (await gateway.call('/v1/audio/speech', { body: { ...asked, response_format: 'pcm', ...more } })).arrayBuffer())
      .byteLength
  const once = await lengthOf({})
  expect(once).toBe(asked.input.length * 1200 * 2)
  expect(await lengthOf({ speed: 2 })).toBe(once / 2)
  const answer = await gateway.call('/audio/speech', { body: asked })
  expect(answer.headers.get('content-type')).toBe('audio/mpeg')
  expect(answer.headers.get('x-weir-resolved-model')).toBe(model)
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await answer.arrayBuffer()).byteLength % 417).toBe(0)
  const [row] = await gateway.ended(3)
  expect(row).toMatchObject({
    operation: 'speak',
    dialect: 'speech',
    lane: 'native',
    status: 200,
    outcome: 'completed',
    usage: { input: 3, output: 0, estimated: true },
  })
  expect(row?.timeToFirstToken).toBeGreaterThanOrEqual(0)
})

const refused: readonly [what: string, body: object, param: string, code?: string][] = [
  ['no voice', { model, input: 'Hi' }, 'voice', 'missing_required_parameter'],
  ['no input', { model, voice: 'alloy' }, 'input', 'missing_required_parameter'],
  ['an empty input', { ...asked, input: '' }, 'input'],
  ['a list of inputs', { ...asked, input: ['Hi'] }, 'input'],
  ['a voice that is a number', { ...asked, voice: 7 }, 'voice'],
  ['a voice without an id', { ...asked, voice: {} }, 'voice.id', 'missing_required_parameter'],
  ['a format that nobody knows', { ...asked, response_format: 'ogg' }, 'response_format'],
  ['a speed beyond all', { ...asked, speed: 5 }, 'speed'],
  ['a stream of events', { ...asked, stream_format: 'sse' }, 'stream_format', 'unsupported_parameter'],
  ['more than it says at once', { ...asked, input: 'x'.repeat(4097) }, 'input', 'untranslatable'],
  ['a model that does something else', { ...asked, model: 'simulator/talker' }, 'model', 'unsupported_parameter'],
]

test.each(refused)('%s is a 400 that names the field', async (_, body, param, code = 'invalid_value') => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/audio/speech', { body })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code, param })
  expect(await gateway.ended(1)).toMatchObject([{ operation: 'speak', status: 400, outcome: 'refused', attempts: [] }])
})

test.each([
  ['an unknown voice', { voice: 'nobody' }, 'voice'],
  ['a format that it cannot make', { response_format: 'flac' }, 'response_format'],
])('%s is refused by who would speak, by the name of the field', async (_, more, param) => {
  await using gateway = await startGateway()
  const answer = await gateway.call('/v1/audio/speech', { body: { ...asked, ...more } })
  expect(answer.status).toBe(400)
  expect(await errorOf(answer)).toMatchObject({ code: 'upstream_rejected', param })
})

test('bytes reach the caller as they are made, and not at their end', async () => {
  let hear = (): void => {}
  const heard = new Promise<void>((resolve) => (hear = resolve))
  await using upstream = await startUpstream(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' })
    response.write('first ')
    await heard
    response.end('second')
  })
  await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
  const answer = await gateway.call('/v1/audio/speech', { body: question })
  const reader = answer.body?.getReader()
  const first = await reader?.read()
  expect(Buffer.from(first?.value ?? []).toString()).toBe('first ')
  hear()
  const second = await reader?.read()
  expect(Buffer.from(second?.value ?? []).toString()).toBe('second')
  expect(upstream.seen[0]?.headers.accept).toBe('*/*')
})

test.each([
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['application/octet-stream', 'audio/mpeg'],
  ['image/svg+xml', 'audio/mpeg'],
])('what a server calls %s goes out as %s', async (said, told) => {
  await using upstream = await startUpstream(sounds(said, 'bytes'))
  await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
  const answer = await gateway.call('/v1/audio/speech', { body: question })
  expect(answer.headers.get('content-type')).toBe(told)
  expect(await answer.text()).toBe('bytes')
})

test('an answer without a byte, and a page in its place, are a 502 while nothing has left', async () => {
  for (const script of [sounds('audio/mpeg'), sounds('text/html', '<html>Hi</html>')]) {
    await using upstream = await startUpstream(script)
    await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
    const answer = await gateway.call('/v1/audio/speech', { body: question })
    expect(answer.status).toBe(502)
    expect(await errorOf(answer)).toMatchObject({ code: 'upstream_malformed' })
  }
})

test('a sound that breaks off breaks the connection, and is on record as failed', async () => {
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' })
    response.write('half', () => setTimeout(() => response.destroy(), 50))
  })
  await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
  const answer = await gateway.call('/v1/audio/speech', { body: question })
  expect(answer.status).toBe(200)
  await expect(answer.text()).rejects.toThrow('terminated')
  expect(await gateway.ended(1)).toMatchObject([
    {
      operation: 'speak',
      status: 200,
      outcome: 'failed',
      errorCode: 'upstream_error',
      attempts: [{ status: 200, outcome: 'failed' }],
    },
  ])
})

test('whoever leaves in the middle ends the upstream request too', async () => {
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' })
    response.write('half')
  })
  await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
  const leaving = new AbortController()
  const answer = await gateway.call('/v1/audio/speech', { body: question, signal: leaving.signal })
  await answer.body?.getReader().read()
  leaving.abort()
  await upstream.seen[0]?.aborted
  expect(await gateway.ended(1)).toMatchObject([
    {
      operation: 'speak',
      status: 499,
      outcome: 'client_closed',
      usage: { input: 1, estimated: true },
      attempts: [{ status: 200, outcome: 'aborted' }],
    },
  ])
})

test('a reader that is slower than the maker holds the maker up, and loses nothing', async () => {
  const piece = 'x'.repeat(64 * 1024)
  let written = 0
  await using upstream = await startUpstream(async (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/mpeg' })
    for (let place = 0; place < 400; place++) {
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve))
      written++
    }
    response.end()
  })
  await using gateway = await startGateway({ accounts: accountAt(upstream.url) })
  const answer = await gateway.call('/v1/audio/speech', { body: question })
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(written).toBeLessThan(400)
  expect((await answer.arrayBuffer()).byteLength).toBe(400 * piece.length)
})

test('over tRPC there is no such procedure, since there is no room for bytes', async () => {
  await using gateway = await startGateway()
  expect((await gateway.call('/trpc/speech.create', { body: asked })).status).toBe(404)
})
