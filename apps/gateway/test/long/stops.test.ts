import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faces, pathOf, question, speech, told } from '../support/faces.js'
import { moment } from '../support/moment.js'
import { adminKey, folder, listening, manifestFile, start, startProcess } from '../support/process.js'
import { openSocket } from '../support/socket.js'
import { startUpstream } from '../support/upstream.js'

const pieces = ['Once', ' upon', ' a time']
const sentence = 'The gateway is shutting down. Try again.'
const runner = fileURLToPath(new URL('../../../../scripts/run.mjs', import.meta.url))

for (const face of faces) {
  test(`SIGTERM lets ${face} streams and plain answers end, refuses new connections, and ends the process well`, async () => {
    await using place = await folder()
    const asked = [moment(), moment()]
    const goOn = moment()
    await using upstream = await startUpstream(async ({ body }, response, number) => {
      const { opening, deltas, closing, whole } = speech(face, pieces)
      if (body['stream'] === true) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(opening + deltas[0])
      }
      asked[number]?.now()
      await goOn.come
      if (body['stream'] === true) return void response.end(deltas.slice(1).join('') + closing)
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(whole))
    })
    const variables = {
      WEIR_DATA_DIR: place.path,
      WEIR_CONFIG: await manifestFile(place.path, upstream.url, face),
      WEIR_DRAIN_SECONDS: '20',
    }
    await using gateway = await startProcess(variables)
    const streaming = await gateway.call(pathOf(face), question(face, { stream: true }))
    const plain = gateway.call(pathOf(face), question(face))
    await Promise.all(asked.map(({ come }) => come))

    gateway.kill('SIGTERM')
    await refuses(gateway.url)
    goOn.now()
    const read = told(await streaming.text())
    expect(read.text).toBe('Once upon a time')
    expect(read.done).toBe(true)
    expect((await plain).status).toBe(200)
    const ids = [streaming.headers.get('x-weir-response-id'), (await plain).headers.get('x-weir-response-id')]
    await (await plain).text()
    expect(await gateway.ended).toEqual({ code: 0, signal: null })

    await using again = await startProcess(variables)
    for (const id of ids)
      expect(await (await again.call(`/v1/responses/${id}`)).json()).toMatchObject({ id, status: 'completed' })
    expect(await (await again.call('/api/v1/requests')).json()).toMatchObject({
      data: [{ outcome: 'completed' }, { outcome: 'completed' }],
    })
  })
}

for (const face of faces) {
  test(`what is still open after the drain time ends as a failure: ${face}`, async () => {
    await using place = await folder()
    await using upstream = await startUpstream(({ body }, response) => {
      const { opening, deltas } = speech(face, pieces)
      if (body['stream'] !== true) return
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas.join(''))
    })
    const variables = {
      WEIR_DATA_DIR: place.path,
      WEIR_CONFIG: await manifestFile(place.path, upstream.url, face),
      WEIR_DRAIN_SECONDS: '1',
    }
    await using gateway = await startProcess(variables)
    const plain = gateway.call(pathOf(face), question(face))
    const streaming = await gateway.call(pathOf(face), question(face, { stream: true }))
    const id = streaming.headers.get('x-weir-response-id')
    gateway.kill('SIGTERM')
    expect((await plain).status).toBe(503)
    expect((await plain).headers.get('x-should-retry')).toBe('true')
    expect(await (await plain).json()).toMatchObject({ error: { code: 'shutting_down', message: sentence } })
    const read = told(await streaming.text())
    expect(read.text).toBe('Once upon a time')
    if (face === 'responses')
      expect(read.events.at(-1)).toMatchObject({
        type: 'response.failed',
        response: { error: { code: 'server_error', message: sentence } },
      })
    else expect(read.events.at(-1)).toMatchObject({ error: { type: 'server_error', code: 'shutting_down', message: sentence } })
    expect(await gateway.ended).toEqual({ code: 0, signal: null })

    await using again = await startProcess(variables)
    expect(await (await again.call(`/v1/responses/${id}`)).json()).toMatchObject({
      status: 'failed',
      output: [{ status: 'incomplete', content: [{ text: 'Once upon a time' }] }],
    })
    const row = { outcome: 'failed', error_code: 'shutting_down', attempts: [{ outcome: 'aborted' }] }
    expect(await (await again.call('/api/v1/requests')).json()).toMatchObject({ data: [row, row] })
  })
}

test('SIGTERM lets a turn over a WebSocket end, and closes connections, idle ones at once', async () => {
  await using place = await folder()
  const goOn = moment()
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas, closing } = speech('responses', pieces)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    await goOn.come
    response.end(deltas.slice(1).join('') + closing)
  })
  const variables = {
    WEIR_DATA_DIR: place.path,
    WEIR_CONFIG: await manifestFile(place.path, upstream.url, 'responses'),
    WEIR_ADMIN_KEY: adminKey,
    WEIR_DRAIN_SECONDS: '20',
  }
  await using gateway = await startProcess(variables)
  using idle = await openSocket(gateway.url, { key: adminKey })
  using busy = await openSocket(gateway.url, { key: adminKey })
  busy.send({ type: 'response.create', ...question('responses') })
  const begun = [await busy.next(), await busy.next(), await busy.next()]
  gateway.kill('SIGTERM')
  expect(await idle.closed).toMatchObject({ code: 1001 })
  goOn.now()
  const turn = [...begun, ...(await busy.turn())]
  expect(turn.map(({ delta }) => delta ?? '').join('')).toBe('Once upon a time')
  expect(turn.at(-1)).toMatchObject({ type: 'response.completed' })
  expect(await busy.closed).toMatchObject({ code: 1001 })
  expect(await gateway.ended).toEqual({ code: 0, signal: null })
})

test('a turn over a WebSocket that is still open after the drain time ends as a failure, and is on record', async () => {
  await using place = await folder()
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas } = speech('responses', pieces)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas.join(''))
  })
  const variables = {
    WEIR_DATA_DIR: place.path,
    WEIR_CONFIG: await manifestFile(place.path, upstream.url, 'responses'),
    WEIR_ADMIN_KEY: adminKey,
    WEIR_DRAIN_SECONDS: '1',
  }
  await using gateway = await startProcess(variables)
  using silent = await openSocket(gateway.url, { key: adminKey })
  using socket = await openSocket(gateway.url, { key: adminKey })
  // This one answers no close.
  silent.raw.pause()
  socket.send({ type: 'response.create', ...question('responses') })
  await socket.next()
  const signalled = Date.now()
  gateway.kill('SIGTERM')
  const failed = (await socket.turn()).at(-1)
  expect(failed).toMatchObject({ type: 'response.failed', response: { error: { code: 'server_error' } } })
  expect(await socket.closed).toMatchObject({ code: 1001 })
  expect(await gateway.ended).toEqual({ code: 0, signal: null })
  expect(Date.now() - signalled).toBeLessThan(5000)

  await using again = await startProcess(variables)
  expect(await (await again.call(`/v1/responses/${failed?.response?.id}`)).json()).toMatchObject({ status: 'failed' })
  expect(await (await again.call('/api/v1/requests')).json()).toMatchObject({ data: [{ outcome: 'failed' }] })
})

test('a reader that does not read is cut off after the drain time', async () => {
  await using place = await folder()
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas } = speech('responses', ['x'.repeat(64 * 1024)])
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening)
    while (!response.destroyed)
      if (!response.write(deltas[0])) await new Promise<void>((resolve) => response.once('drain', resolve))
  })
  const variables = {
    WEIR_DATA_DIR: place.path,
    WEIR_CONFIG: await manifestFile(place.path, upstream.url, 'responses'),
    WEIR_DRAIN_SECONDS: '1',
  }
  await using gateway = await startProcess(variables)
  const streaming = await gateway.call('/v1/responses', question('responses', { stream: true }))
  const signalled = Date.now()
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toEqual({ code: 0, signal: null })
  expect(Date.now() - signalled).toBeLessThan(5000)
  await expect(streaming.text()).rejects.toThrow()
})

test('a second signal within a second is the same one, and a later one ends the process at once', async () => {
  await using place = await folder()
  const asked = moment()
  await using upstream = await startUpstream(() => asked.now())
  const variables = { WEIR_DATA_DIR: place.path, WEIR_CONFIG: await manifestFile(place.path, upstream.url, 'responses') }
  await using gateway = await startProcess(variables)
  const answer = gateway.call('/v1/responses', question('responses'))
  answer.catch(() => {})
  await asked.come
  gateway.kill('SIGINT')
  gateway.kill('SIGTERM')
  await refuses(gateway.url)
  expect(await Promise.race([gateway.ended, after(1500, 'draining')])).toBe('draining')
  const signalled = Date.now()
  gateway.kill('SIGTERM')
  expect(await gateway.ended).toEqual({ code: 1, signal: null })
  expect(Date.now() - signalled).toBeLessThan(1000)
  await expect(answer).rejects.toThrow()
})

test('an idle keep-alive connection does not hold up the end', async () => {
  await using place = await folder()
  await using gateway = await startProcess({ WEIR_DATA_DIR: place.path })
  expect((await (await gateway.call('/health/live')).text()).length).toBeGreaterThan(0)
  gateway.kill('SIGTERM')
  expect(await Promise.race([gateway.ended, after(3000, 'held up')])).toEqual({ code: 0, signal: null })
})

test('scripts/run.mjs start passes SIGTERM on, and ends as the gateway does', async () => {
  await using place = await folder()
  const asked = moment()
  const goOn = moment()
  await using upstream = await startUpstream(async (_, response) => {
    const { opening, deltas, closing } = speech('responses', pieces)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening + deltas[0])
    asked.now()
    await goOn.come
    response.end(deltas.slice(1).join('') + closing)
  })
  const variables = {
    WEIR_DATA_DIR: place.path,
    WEIR_CONFIG: await manifestFile(place.path, upstream.url, 'responses'),
    WEIR_ADMIN_KEY: adminKey,
  }
  await using running = start(runner, ['start'], variables)
  const gateway = await listening(running, adminKey)
  const streaming = await gateway.call('/v1/responses', question('responses', { stream: true }))
  await asked.come
  running.kill('SIGTERM')
  await refuses(gateway.url)
  goOn.now()
  expect(told(await streaming.text()).text).toBe('Once upon a time')
  expect(await running.ended).toEqual({ code: 0, signal: null })
})

/** Resolves once nobody takes new connections here. */
async function refuses(url: string): Promise<void> {
  for (;;) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const failed = await Promise.race([once(socket, 'connect').then(() => false), once(socket, 'error').then(() => true)]).catch(
      () => true,
    )
    socket.destroy()
    if (failed) return
    await after(20)
  }
}
