import { expect, test } from 'vitest'
import { errorOf, type ToldError } from '../support/error.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { read } from '../support/json.js'

const model = 'simulator/talker'

async function create(gateway: TestGateway, body: object = {}, key: string = keys.alice): Promise<string> {
  const answer = await gateway.call('/v1/responses', { body: { model, input: 'Hello!', ...body }, key })
  expect(answer.status).toBe(200)
  return (await read(answer)).id
}

/** Everything that can be done with the id of a response. */
const uses: readonly { name: string; ask: (gateway: TestGateway, id: string, key: string) => Promise<Response> }[] = [
  { name: 'GET', ask: (gateway, id, key) => gateway.call(`/v1/responses/${id}`, { key }) },
  { name: 'DELETE', ask: (gateway, id, key) => gateway.call(`/v1/responses/${id}`, { key, method: 'DELETE' }) },
  { name: 'input_items', ask: (gateway, id, key) => gateway.call(`/v1/responses/${id}/input_items`, { key }) },
  {
    name: 'previous_response_id',
    ask: (gateway, id, key) => gateway.call('/v1/responses', { key, body: { model, input: 'Go on', previous_response_id: id } }),
  },
]

async function refused(answer: Response, id: string): Promise<ToldError> {
  expect(answer.status).toBe(404)
  const error = await errorOf(answer)
  expect(error.type).toBe('invalid_request_error')
  return { ...error, message: error.message.replaceAll(id, '<id>') }
}

for (const { name, ask } of uses) {
  test(`${name}: another owner's id reads exactly as one that never was, and a deleted one too`, async () => {
    await using gateway = await startGateway()
    const alices = await create(gateway)
    const deleted = await create(gateway, {}, keys.bob)
    expect((await gateway.call(`/v1/responses/${deleted}`, { method: 'DELETE', key: keys.bob })).status).toBe(200)

    const unknown = await refused(await ask(gateway, 'resp_0123', keys.bob), 'resp_0123')
    expect(unknown).toMatchObject(
      name === 'previous_response_id'
        ? { code: 'previous_response_not_found', param: 'previous_response_id' }
        : { code: 'not_found', param: 'id' },
    )
    expect(await refused(await ask(gateway, alices, keys.bob), alices)).toEqual(unknown)
    expect(await refused(await ask(gateway, deleted, keys.bob), deleted)).toEqual(unknown)

    // What Bob tried has not touched what is Alice's; an administrator owns it no more than he does.
    expect((await gateway.call(`/v1/responses/${alices}`)).status).toBe(200)
    expect(await refused(await ask(gateway, alices, keys.admin), alices)).toEqual(unknown)
  })
}

test('a conversation whose middle was deleted cannot be continued, and what is left of it can be read', async () => {
  await using gateway = await startGateway()
  const first = await create(gateway)
  const second = await create(gateway, { previous_response_id: first })
  const third = await create(gateway, { previous_response_id: second })
  await gateway.call(`/v1/responses/${second}`, { method: 'DELETE' })

  const goOn = (id: string): Promise<Response> =>
    gateway.call('/v1/responses', { body: { model, input: 'Go on', previous_response_id: id } })
  expect(await refused(await goOn(third), third)).toMatchObject({ code: 'previous_response_not_found' })
  expect((await goOn(first)).status).toBe(200)
  expect(await (await gateway.call(`/v1/responses/${third}`)).json()).toMatchObject({ id: third, previous_response_id: second })
})

test('the same owner finds it with any of its keys', async () => {
  await using gateway = await startGateway()
  const { url } = gateway
  const id = await create(gateway)
  const answer = await fetch(`${url}/v1/responses/${id}`, { headers: { 'x-api-key': keys.alice } })
  expect((await read(answer)).id).toBe(id)
})
