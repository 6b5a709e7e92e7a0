import { request, type IncomingMessage } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { pairs, pathOf, question } from '../support/faces.js'
import { keys, startGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { bound, piece, startTalking } from '../support/talking.js'

for (const { ingress, spoken } of pairs) {
  test(`${ingress} caller, ${spoken} upstream: a reader that stops makes the upstream wait, and goes on where it was`, async () => {
    const speaker = { written: 0, stuck: moment(), again: moment() }
    await using upstream = await startTalking(spoken, speaker)
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      settings: { streamIdleTimeout: 5000 },
    })
    const reader = await stream(gateway.url + pathOf(ingress), question(ingress, { stream: true, store: false }))
    await speaker.stuck.come
    const { written } = speaker
    expect(written).toBeLessThan(bound)
    // A pause that is shorter than the idle timeout, after which a reader is cut off, costs nothing.
    await after(2000)
    expect(speaker.written).toBe(written)

    let read = ''
    reader.setEncoding('utf8')
    reader.on('data', (chunk: string) => (read += chunk))
    await speaker.again.come
    reader.destroy()
    expect(read.split(piece).length).toBeGreaterThan(10)
    expect(/"type":"(error|server_error)"/.test(read)).toBe(false)
    await upstream.seen[0]?.aborted
    expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed' }])
  })
}

test('a reader that stops and then leaves frees the upstream', async () => {
  const speaker = { written: 0, stuck: moment(), again: moment() }
  await using upstream = await startTalking('responses', speaker)
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const reader = await stream(`${gateway.url}/v1/responses`, question('responses', { stream: true }))
  await speaker.stuck.come
  reader.destroy()
  expect(await Promise.race([upstream.seen[0]?.aborted.then(() => 'closed'), after(1000, 'open')])).toBe('closed')
  expect(await gateway.ended(1)).toMatchObject([{ outcome: 'client_closed', stored: true }])
})

/** A stream of which nothing but the head has been read. */
function stream(url: string, body: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.alice}`, 'content-type': 'application/json' },
    })
    asked.once('response', resolve)
    asked.once('error', reject)
    asked.end(JSON.stringify(body))
  })
}
