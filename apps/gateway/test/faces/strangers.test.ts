import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.js'

/** Sends a head and nothing of its body; gives what comes back until the other end closes. */
async function headOnly(url: string, head: readonly string[]): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return text(socket)
}

test('a stranger who announces a large tRPC body is refused on the head alone', async () => {
  await using gateway = await startGateway()
  const answer = await headOnly(gateway.url, [
    'POST /trpc/responses.create HTTP/1.1',
    'host: weir.test',
    'content-type: application/json',
    'content-length: 30000000',
  ])
  expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  expect(answer).toContain('"code":"invalid_api_key"')
})

test('HEAD is answered as GET is, without a body', async () => {
  await using gateway = await startGateway()
  for (const path of ['/health', '/health/ready', '/v1/models']) {
    const answer = await gateway.call(path, { method: 'HEAD' })
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ''])
  }
})
