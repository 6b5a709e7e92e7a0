import { expect, test } from 'vitest'
import { faces, pairs, pathOf, question, speech, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { moment } from '../support/moment.js'
import { startUpstream } from '../support/upstream.js'

const sentence = 'The gateway is shutting down. Try again.'

for (const { ingress, spoken } of pairs) {
  const accounts = (baseURL: string) => ({ up: { provider: 'openai-compatible', baseURL, dialect: spoken } })

  test(`${ingress} caller, ${spoken} upstream: an answer that is given up says so, and is not the provider's failure`, async () => {
    await using upstream = await startUpstream((_, response) => {
      const { opening, deltas } = speech(spoken, ['Once upon'])
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening + deltas.join(''))
    })
    await using gateway = await startGateway({ accounts: accounts(upstream.url) })
    const streaming = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
    await gateway.ports.transport.close()
    const { events } = told(await streaming.text())
    if (ingress === 'responses')
      expect(events.at(-1)).toMatchObject({
        type: 'response.failed',
        response: { error: { code: 'server_error', message: sentence }, output: [{ content: [{ text: 'Once upon' }] }] },
      })
    else expect(events.at(-1)).toMatchObject({ error: { type: 'server_error', code: 'shutting_down', message: sentence } })
    expect(await gateway.ended(1)).toMatchObject([
      { status: 200, outcome: 'failed', errorCode: 'shutting_down', attempts: [{ outcome: 'aborted' }] },
    ])
  })

  test(`${ingress} caller, ${spoken} upstream: a question that is given up may be asked again`, async () => {
    const asked = moment()
    await using upstream = await startUpstream(() => asked.now())
    await using gateway = await startGateway({ accounts: accounts(upstream.url) })
    const plain = gateway.call(pathOf(ingress), { body: question(ingress) })
    await asked.come
    await gateway.ports.transport.close()
    const late = gateway.call(pathOf(ingress), { body: question(ingress) })
    for (const answer of [await plain, await late]) {
      expect(answer.status).toBe(503)
      expect(answer.headers.get('x-should-retry')).toBe('true')
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(await answer.json()).toMatchObject({ error: { code: 'shutting_down', type: 'server_error', message: sentence } })
    }
    const row = { status: 503, outcome: 'failed', errorCode: 'shutting_down', attempts: [{ outcome: 'aborted' }] }
    expect(await gateway.ended(2)).toMatchObject([row, row])
  })
}

for (const face of faces)
  test(`${face}: the simulator is given up like a provider`, async () => {
    await using gateway = await startGateway()
    const model = face === 'responses' ? 'simulator/fault-stall' : 'simulator-chat-completions/fault-stall'
    const streaming = await gateway.call(pathOf(face), { body: question(face, { model, stream: true }) })
    await gateway.ports.transport.close()
    const { events } = told(await streaming.text())
    expect(JSON.stringify(events.at(-1))).toContain(sentence)
  })
