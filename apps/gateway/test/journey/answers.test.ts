import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { talkers } from '../support/talkers.js'

for (const model of talkers) {
  test(`${model} answers, and what it answered can be fetched, listed and deleted`, async () => {
    await using gateway = await startGateway()
    const created = await gateway.call('/v1/responses', { body: { model, input: 'Hello!' } })
    expect(created.status).toBe(200)
    const response = await read(created)
    expect(response).toMatchObject({ object: 'response', status: 'completed', store: true, provider: model.split('/')[0] })
    expect(JSON.stringify(response.output)).toContain('Hello!')

    const fetched = await (await gateway.call(`/v1/responses/${response.id}`)).json()
    expect(fetched).toEqual(response)

    const items = await read<responses.InputItemList>(await gateway.call(`/v1/responses/${response.id}/input_items`))
    expect(items.data).toEqual([
      { id: expect.stringMatching(/^msg_/), type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] },
    ])

    const deleted = await gateway.call(`/v1/responses/${response.id}`, { method: 'DELETE' })
    expect(await deleted.json()).toEqual({ id: response.id, object: 'response', deleted: true })
    expect((await gateway.call(`/v1/responses/${response.id}`)).status).toBe(404)
  })
}
