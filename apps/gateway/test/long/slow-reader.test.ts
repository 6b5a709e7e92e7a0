import { request, type IncomingMessage } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Face, pairs, pathOf, question, speech } from '../support/faces.js'
import { keys, startGateway } from '../support/gateway.js'
import { type Moment, moment } from '../support/moment.js'
import { startUpstream, type Upstream } from '../support/upstream.js'

const piece = 'x'.repeat(16 * 1024)
/** What the sockets between an upstream and a reader that has stopped may hold, and what is on its way between them. */
const bound = 24 * 1024 * 1024

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

interface Speaker {
  /** Bytes so far. */
  written: number
  /** It has waited for the reader for a while. */
  readonly stuck: Moment
  /** It has gone on after that, for a megabyte. */
  readonly again: Moment
}

/** An upstream that talks as long as anybody reads. */
function startTalking(face: Face, speaker: Speaker): Promise<Upstream> {
  return startUpstream(async (_, response) => {
    const { opening, deltas } = speech(face, [piece])
    const delta = deltas.join('')
    let resumed: number | undefined
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(opening)
    while (!response.destroyed) {
      speaker.written += delta.length
      // Nobody holds it back.
      if (speaker.written > 4 * bound) return speaker.stuck.now()
      if (resumed !== undefined && speaker.written > resumed + 1024 * 1024) speaker.again.now()
      if (response.write(delta)) continue
      const waiting = setTimeout(() => {
        resumed = speaker.written
        speaker.stuck.now()
      }, 500)
      await new Promise<void>((resolve) => response.once('drain', resolve))
      clearTimeout(waiting)
    }
  })
}

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
