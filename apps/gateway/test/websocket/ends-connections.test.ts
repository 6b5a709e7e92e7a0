import { once } from 'node:events'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { speech } from '../support/faces.js'
import { startGateway, type TestAccounts } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { says } from '../support/scripted.js'
import { openSocket } from '../support/socket.js'
import { startUpstream, stream, type Script, type Upstream } from '../support/upstream.js'

// The clock of connections goes when a test says so; sockets and their timeouts are real.
beforeAll(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
afterAll(() => void vi.useRealTimers())

const second = 1000
const minute = 60 * second
/** Nothing is heard or taken while the clock runs ahead. */
const patient = { webSockets: { pingEvery: Infinity, silence: Infinity }, settings: { streamIdleTimeout: 100 * minute } }
const pass = (milliseconds: number): void => void vi.advanceTimersByTime(milliseconds)

const at = (upstream: Upstream): { accounts: TestAccounts } => ({
  accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
})

const asked = { type: 'response.create', model: 'up/m', input: 'Speak.' }

/** Begins to speak, and goes no further. */
const begins: Script = (_, response) => {
  const { opening, deltas } = speech('responses', ['Once'])
  stream(response)
  response.write(opening + deltas.join(''))
}

test.each(['says goodbye', 'is gone', 'says goodbye and keeps the line'] as const)(
  'a caller who %s in the middle of a turn ends the upstream request, and no later turn begins',
  async (how) => {
    await using upstream = await startUpstream(begins)
    await using gateway = await startGateway(at(upstream))
    using socket = await openSocket(gateway.url)
    socket.send(asked)
    socket.send(asked)
    while ((await socket.next()).type !== 'response.output_text.delta');
    if (how === 'is gone') socket.raw.terminate()
    else socket.raw.close()
    // It does not read the answer to its goodbye.
    if (how.endsWith('line')) {
      socket.raw.pause()
      await after(100)
      pass(second)
    }
    const seen = upstream.seen[0]
    expect(await Promise.race([seen?.aborted.then(() => 'closed'), after(1500, 'open')])).toBe('closed')
    expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed', status: 499, stored: true }])
    expect(upstream.seen).toHaveLength(1)
  },
)

test('a connection without a turn ends with its error when its time is over', async () => {
  await using gateway = await startGateway(patient)
  using socket = await openSocket(gateway.url)
  pass(60 * minute)
  expect(await socket.turn()).toMatchObject([
    {
      type: 'error',
      status: 400,
      error: { code: 'websocket_connection_limit_reached', type: 'invalid_request_error', param: null },
    },
  ])
  expect(await socket.closed).toMatchObject({ code: 1001 })
})

test('the turn that runs when the time is over may end, and those that wait are told', async () => {
  const goOn = moment()
  const begun = moment()
  await using upstream = await startUpstream(async (request, response, number) => {
    begun.now()
    await goOn.come
    return says('Yes.')(request, response, number)
  })
  await using gateway = await startGateway({ ...at(upstream), ...patient })
  using socket = await openSocket(gateway.url)
  socket.send(asked)
  socket.send(asked)
  await begun.come
  pass(62 * minute)
  goOn.now()
  expect((await socket.turn()).at(-1)).toMatchObject({ type: 'response.completed' })
  expect(await socket.turn()).toMatchObject([{ type: 'error', error: { code: 'websocket_connection_limit_reached' } }])
  expect(await socket.closed).toMatchObject({ code: 1001 })
  expect(socket.left).toEqual([])
  expect(upstream.seen).toHaveLength(1)
})

test('a turn that does not end is cut when its grace is over', async () => {
  await using upstream = await startUpstream(begins)
  await using gateway = await startGateway({ ...at(upstream), ...patient })
  using socket = await openSocket(gateway.url)
  socket.send(asked)
  while ((await socket.next()).type !== 'response.output_text.delta');
  pass(66 * minute)
  expect((await socket.turn()).at(-1)).toMatchObject({ type: 'error', error: { code: 'websocket_connection_limit_reached' } })
  expect(await socket.closed).toMatchObject({ code: 1001 })
  expect(socket.left).toEqual([])
  await upstream.seen[0]?.aborted
})

test('a caller who answers no ping is cut off, and its turn with it', async () => {
  await using upstream = await startUpstream(begins)
  await using gateway = await startGateway(at(upstream))
  using quiet = await openSocket(gateway.url)
  using alive = await openSocket(gateway.url)
  quiet.send(asked)
  while ((await quiet.next()).type !== 'response.output_text.delta');
  quiet.raw.pause()
  for (let round = 0; round < 2; round++) {
    const pinged = once(alive.raw, 'ping')
    pass(31 * second)
    await pinged
    // When this comes back the gateway has read the answer to its own.
    alive.raw.ping()
    await once(alive.raw, 'pong')
  }
  expect(upstream.seen).toHaveLength(1)
  pass(31 * second)
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed' }])
  await upstream.seen[0]?.aborted
  expect(alive.raw.readyState).toBe(alive.raw.OPEN)
})

test('a gateway that stops takes no more turns, and lets the one that runs end', async () => {
  const goOn = moment()
  const begun = moment()
  await using upstream = await startUpstream(async (request, response, number) => {
    begun.now()
    await goOn.come
    return says('Yes.')(request, response, number)
  })
  await using gateway = await startGateway(at(upstream))
  using idle = await openSocket(gateway.url)
  using busy = await openSocket(gateway.url)
  busy.send(asked)
  busy.send(asked)
  await begun.come
  gateway.sockets.drain()
  expect(await idle.closed).toMatchObject({ code: 1001 })
  expect(idle.left).toEqual([])
  goOn.now()
  expect((await busy.turn()).at(-1)).toMatchObject({ type: 'response.completed' })
  expect(await busy.turn()).toMatchObject([{ type: 'error', status: 503, error: { code: 'unavailable' } }])
  expect(await busy.closed).toMatchObject({ code: 1001 })
  expect(busy.left).toEqual([])
})
