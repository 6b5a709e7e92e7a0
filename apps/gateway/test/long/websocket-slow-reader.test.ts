import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { faces } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { openSocket } from '../support/socket.js'
import { bound, piece, startTalking } from '../support/talking.js'

const create = { type: 'response.create', model: 'up/model', input: 'Speak.', store: false }

for (const spoken of faces) {
  test(`over a WebSocket, ${spoken} upstream: a reader that stops makes the upstream wait, and goes on where it was`, async () => {
    const speaker = { written: 0, stuck: moment(), again: moment() }
    await using upstream = await startTalking(spoken, speaker)
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      settings: { streamIdleTimeout: 5000 },
    })
    using socket = await openSocket(gateway.url)
    socket.send(create)
    await socket.next()
    socket.raw.pause()
    await speaker.stuck.come
    const { written } = speaker
    expect(written).toBeLessThan(bound)
    // A pause that is shorter than the idle timeout, after which a reader is cut off, costs nothing.
    await after(2000)
    expect(speaker.written).toBe(written)

    socket.raw.resume()
    await speaker.again.come
    const events = [...socket.left]
    expect(events.length).toBeGreaterThan(10)
    // The native lane passes the numbers on as they came, and this upstream does not count.
    if (spoken === 'chat-completions')
      expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, place) => place + 1))
    expect(events.filter(({ delta }) => delta !== undefined && delta !== piece)).toEqual([])
    socket.raw.terminate()
    await upstream.seen[0]?.aborted
    expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed' }])
  })
}

test('a reader that takes nothing for the idle timeout is cut off, and its upstream with it', async () => {
  const speaker = { written: 0, stuck: moment(), again: moment() }
  await using upstream = await startTalking('responses', speaker)
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
    settings: { streamIdleTimeout: 1500 },
  })
  using socket = await openSocket(gateway.url)
  using other = await openSocket(gateway.url)
  socket.send(create)
  await socket.next()
  socket.raw.pause()
  await speaker.stuck.come
  expect(await Promise.race([upstream.seen[0]?.aborted.then(() => 'cut'), after(5000, 'open')])).toBe('cut')
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed' }])
  expect(other.raw.readyState).toBe(other.raw.OPEN)
})
