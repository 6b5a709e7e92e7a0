import { expect, test } from 'vitest'
import { speech } from '../support/faces.js'
import { startGateway, type TestAccounts, type TestGateway } from '../support/gateway.js'
import { responseOf, says } from '../support/scripted.js'
import { openSocket, type Socket, type Told } from '../support/socket.js'
import { json, startUpstream, stream, type Upstream } from '../support/upstream.js'

const at = (upstream: Upstream): { accounts: TestAccounts } => ({
  accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
})

const model = 'up/m'
const idOf = (turn: readonly Told[]): string => {
  const { type, response } = turn.at(-1) ?? {}
  expect(type).toMatch(/^response\.(completed|incomplete)$/)
  return response?.id ?? ''
}

/** The texts of the messages that an upstream was given, oldest first. */
const given = (upstream: Upstream, request: number): string[] => {
  const input = upstream.seen[request]?.body['input'] as readonly { content: string | readonly { text: string }[] }[]
  return input.map(({ content }) => (typeof content === 'string' ? content : content.map(({ text }) => text).join('')))
}

const notFound = [{ type: 'error', status: 404, error: { code: 'previous_response_not_found', param: 'previous_response_id' } }]

const inputOf = async (gateway: TestGateway, id: string): Promise<unknown> =>
  (await gateway.call(`/v1/responses/${id}/input_items?order=asc`)).json()

/** A chain of turns that are in no store; gives the id of each. */
async function chain(socket: Socket, inputs: readonly string[]): Promise<string[]> {
  const ids: string[] = []
  for (const input of inputs)
    ids.push(
      idOf(await socket.create({ model, store: false, input, ...(ids.length > 0 && { previous_response_id: ids.at(-1) }) })),
    )
  return ids
}

test('a response that is in no store goes on with its whole history, on its connection only', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Answer ${number}`)(request, response, number))
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const ids = await chain(socket, ['One', 'Two', 'Three'])
  expect(given(upstream, 2)).toEqual(['One', 'Answer 0', 'Two', 'Answer 1', 'Three'])
  // An earlier one can be continued too: a conversation may fork.
  idOf(await socket.create({ model, store: false, previous_response_id: ids[0], input: 'Other' }))
  expect(given(upstream, 3)).toEqual(['One', 'Answer 0', 'Other'])

  using other = await openSocket(gateway.url)
  expect(await other.create({ model, store: false, previous_response_id: ids[2], input: 'Four' })).toMatchObject(notFound)
  const overHttp = await gateway.call('/v1/responses', { body: { model, previous_response_id: ids[2], input: 'Four' } })
  expect(overHttp.status).toBe(404)
  expect((await gateway.call(`/v1/responses/${ids[0]}`)).status).toBe(404)
  expect(await gateway.ended(6)).toMatchObject([{ stored: false, responseId: ids[0] }, {}, {}, {}, { outcome: 'refused' }, {}])
})

test('a stored response is continued on any connection, and what follows it may be in no store', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Answer ${number}`)(request, response, number))
  await using gateway = await startGateway(at(upstream))
  const { id } = (await (await gateway.call('/v1/responses', { body: { model, input: 'Zero' } })).json()) as { id: string }
  using socket = await openSocket(gateway.url)
  const local = idOf(await socket.create({ model, store: false, previous_response_id: id, input: 'One' }))
  idOf(await socket.create({ model, store: false, previous_response_id: local, input: 'Two' }))
  expect(given(upstream, 2)).toEqual(['Zero', 'Answer 0', 'One', 'Answer 1', 'Two'])
  // The store has the last word on what is in it.
  await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })
  expect(await socket.create({ model, store: false, previous_response_id: local, input: 'Three' })).toMatchObject(notFound)
})

test('a stored response takes along the turns before it that are in no store', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`Answer ${number}`)(request, response, number))
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const first = idOf(await socket.create({ model, input: 'Zero' }))
  const local = idOf(await socket.create({ model, store: false, previous_response_id: first, input: 'One' }))
  const kept = idOf(await socket.create({ model, previous_response_id: local, input: 'Two' }))
  const text = (content: string): object => ({ type: 'message', content: [expect.objectContaining({ text: content })] })
  expect(await inputOf(gateway, kept)).toMatchObject({ data: [text('One'), text('Answer 1'), text('Two')] })
  using other = await openSocket(gateway.url)
  idOf(await other.create({ model, store: false, previous_response_id: kept, input: 'Three' }))
  expect(given(upstream, 3)).toEqual(['Zero', 'Answer 0', 'One', 'Answer 1', 'Two', 'Answer 2', 'Three'])
})

test('reasoning goes on although its token was never shown', async () => {
  const thought = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'opaque' }
  await using upstream = await startUpstream((_, response) => json(response, responseOf([thought])))
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const turn = await socket.create({ model, store: false, input: 'Think' })
  expect(JSON.stringify(turn)).not.toContain('opaque')
  await socket.create({ model, store: false, previous_response_id: idOf(turn), input: 'On' })
  expect(upstream.seen[1]?.body['input']).toMatchObject([{}, { type: 'reasoning', encrypted_content: 'opaque' }, {}])
})

test('a continuation that fails takes its parent out of memory, but not out of the store', async () => {
  await using upstream = await startUpstream((request, response, number) => {
    if (JSON.stringify(request.body['input']).includes('Break')) {
      const { opening, deltas } = speech('responses', ['Half'])
      stream(response)
      return void response.write(opening + deltas.join(''), () => response.destroy())
    }
    return says(`Answer ${number}`)(request, response, number)
  })
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  for (const failing of [{ input: 'Break' }, { input: 'Hi', temperature: 'hot' }]) {
    const [parent] = await chain(socket, ['One'])
    const turn = await socket.create({ model, store: false, previous_response_id: parent, ...failing })
    expect(turn.at(-1)?.type).toMatch(/^(response\.failed|error)$/)
    expect(await socket.create({ model, store: false, previous_response_id: parent, input: 'Two' })).toMatchObject(notFound)
  }
  const stored = idOf(await socket.create({ model, input: 'One' }))
  await socket.create({ model, store: false, previous_response_id: stored, input: 'Break' })
  idOf(await socket.create({ model, store: false, previous_response_id: stored, input: 'Two' }))
})

test('memory is bounded: the response that was made first is dropped first, and a chain keeps its turns', async () => {
  await using upstream = await startUpstream(says('Yes.'))
  await using gateway = await startGateway({ ...at(upstream), webSockets: { localResponses: 2 } })
  using socket = await openSocket(gateway.url)
  const ids = await chain(socket, ['One', 'Two', 'Three', 'Four'])
  expect(given(upstream, 3)).toEqual(['One', 'Yes.', 'Two', 'Yes.', 'Three', 'Yes.', 'Four'])
  expect(await socket.create({ model, store: false, previous_response_id: ids[1], input: 'Fork' })).toMatchObject(notFound)
  idOf(await socket.create({ model, store: false, previous_response_id: ids[2], input: 'Fork' }))
})

test('memory is bounded in size', async () => {
  await using upstream = await startUpstream(says('Yes.'))
  await using gateway = await startGateway({ ...at(upstream), webSockets: { localSize: 20_000 } })
  using socket = await openSocket(gateway.url)
  const [small] = await chain(socket, ['One'])
  const large = idOf(await socket.create({ model, store: false, input: 'x'.repeat(30_000) }))
  for (const id of [small, large])
    expect(await socket.create({ model, store: false, previous_response_id: id, input: 'On' })).toMatchObject(notFound)
  const [again] = await chain(socket, ['One'])
  idOf(await socket.create({ model, store: false, previous_response_id: again, input: 'On' }))
})

test('all connections together are bounded, and whoever holds the most gives way', async () => {
  await using upstream = await startUpstream(says('Yes.'))
  await using gateway = await startGateway({ ...at(upstream), webSockets: { allLocalSize: 60_000 } })
  using modest = await openSocket(gateway.url)
  using greedy = await openSocket(gateway.url)
  const [small] = await chain(modest, ['One'])
  const large = idOf(await greedy.create({ model, store: false, input: 'x'.repeat(30_000) }))
  idOf(await greedy.create({ model, store: false, input: 'x'.repeat(30_000) }))
  expect(await greedy.create({ model, store: false, previous_response_id: large, input: 'On' })).toMatchObject(notFound)
  idOf(await modest.create({ model, store: false, previous_response_id: small, input: 'On' }))
  // What a connection held is given back with it.
  greedy.raw.close()
  await greedy.closed
  using next = await openSocket(gateway.url)
  const again = idOf(await next.create({ model, store: false, input: 'x'.repeat(50_000) }))
  idOf(await next.create({ model, store: false, previous_response_id: again, input: 'On' }))
})

test('a warm-up asks no model, and is continued from', async () => {
  await using upstream = await startUpstream(says('Yes.'))
  await using gateway = await startGateway(at(upstream))
  using socket = await openSocket(gateway.url)
  const warm = await socket.create({
    model,
    instructions: 'Be kind.',
    input: [{ role: 'user', content: 'One' }],
    generate: false,
  })
  expect(warm.map(({ type, sequence_number: number }) => [type, number])).toEqual([
    ['response.created', 0],
    ['response.in_progress', 1],
    ['response.completed', 2],
  ])
  expect(warm[2]).toMatchObject({
    response: {
      object: 'response',
      status: 'completed',
      store: false,
      output: [],
      instructions: 'Be kind.',
      usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
    },
  })
  expect(upstream.seen).toEqual([])
  const next = idOf(await socket.create({ model, store: false, previous_response_id: idOf(warm), input: [] }))
  expect(given(upstream, 0)).toEqual(['One'])
  expect(upstream.seen[0]?.body).not.toHaveProperty('generate')
  // Later in a chain, too.
  const later = await socket.create({ model, previous_response_id: next, input: 'Two', generate: false })
  const last = idOf(await socket.create({ model, store: false, previous_response_id: idOf(later), input: 'Three' }))
  expect(given(upstream, 1)).toEqual(['One', 'Yes.', 'Two', 'Three'])
  expect(last).not.toBe('')
  const rows = await gateway.ended(4)
  expect(rows.map(({ outcome, attempts, stored }) => [outcome, attempts.length, stored])).toEqual([
    ['completed', 0, false],
    ['completed', 1, false],
    ['completed', 0, false],
    ['completed', 1, false],
  ])
})

test('a warm-up is refused as its turn would be', async () => {
  await using gateway = await startGateway()
  using socket = await openSocket(gateway.url)
  const refused = await socket.create({ model: 'none/at-all', input: 'Hi', generate: false })
  expect(refused).toMatchObject([{ type: 'error', status: 404, error: { code: 'model_not_found' } }])
})
