import { expect, test } from 'vitest'
import { chainDepth } from '../../src/ports/response-store.js'
import { errorOf } from '../support/error.js'
import { startGateway, type TestGateway } from '../support/gateway.js'

const owner = { tenant: 'default', subject: 'virtualaccount:alice' }

/** A stored turn, as only a restored backup or a bug could make it: a gateway never makes a circle. */
const put = (gateway: TestGateway, id: string, parent: string | null): Promise<void> =>
  gateway.ports.responses.put({ id, owner, parent, createdAt: Date.now(), input: '[]', response: '{"response":{"output":[]}}' })

const goOn = (gateway: TestGateway, id: string, stream = false): Promise<Response> =>
  gateway.call('/v1/responses', { body: { model: 'simulator/talker', input: 'Go on', previous_response_id: id, stream } })

for (const stream of [false, true])
  test(`a circle and a chain that is too long are refused by name, ${stream ? 'streamed' : 'plain'}`, async () => {
    await using gateway = await startGateway()
    await put(gateway, 'resp_self', 'resp_self')
    await put(gateway, 'resp_a', 'resp_b')
    await put(gateway, 'resp_b', 'resp_a')
    const ids = Array.from({ length: chainDepth + 1 }, (_, place) => `resp_${place}`)
    await Promise.all(ids.map((id, place) => put(gateway, id, ids[place - 1] ?? null)))
    for (const id of ['resp_self', 'resp_a', ids.at(-1) ?? '']) {
      const answer = await goOn(gateway, id, stream)
      expect(answer.status).toBe(400)
      const error = await errorOf(answer)
      expect(error).toMatchObject({ code: 'invalid_value', param: 'previous_response_id' })
      expect(error.message).not.toContain('resp_')
    }
    expect((await goOn(gateway, ids.at(-2) ?? '', stream)).status).toBe(200)
  })

test('a missing link, at any place, is the 404 of a response that is not there', async () => {
  await using gateway = await startGateway()
  await put(gateway, 'resp_child', 'resp_gone')
  await put(gateway, 'resp_grandchild', 'resp_child')
  for (const id of ['resp_gone', 'resp_child', 'resp_grandchild', 'resp_a\0b', 'x'.repeat(10_000)]) {
    const answer = await goOn(gateway, id)
    expect(answer.status).toBe(404)
    expect(await errorOf(answer)).toMatchObject({ code: 'previous_response_not_found', param: 'previous_response_id' })
  }
})
