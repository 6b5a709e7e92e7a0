import { expect, test } from 'vitest'
import { connectTo } from '../support/connection.js'
import { pairs, pathOf, question, speech } from '../support/faces.js'
import { keys, startGateway } from '../support/gateway.js'
import { startUpstream } from '../support/upstream.js'

const endless = Array.from({ length: 400 }, () => 'All work and no play. '.repeat(1000))

for (const { ingress, spoken } of pairs)
  test(`${ingress} caller, ${spoken} upstream: one who reads no more is cut off, and its upstream with it`, async () => {
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas } = speech(spoken, endless)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas.join(''))
    })
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      settings: { streamIdleTimeout: 1000 },
    })
    await using caller = await connectTo(gateway.url)
    caller.pause()
    const body = JSON.stringify(question(ingress, { stream: true }))
    const head = [
      `POST ${pathOf(ingress)} HTTP/1.1`,
      'host: weir',
      `authorization: Bearer ${keys.alice}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
    ]
    await caller.send(`${head.join('\r\n')}\r\n\r\n${body}`)
    const [row] = await gateway.ended(1)
    expect(row).toMatchObject({ outcome: 'client_closed', status: 499, attempts: [{ outcome: 'aborted' }] })
    await upstream.seen[0]?.aborted
  })
