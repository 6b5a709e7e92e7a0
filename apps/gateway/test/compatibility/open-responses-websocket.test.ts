// What the WebSocket tests of the Open Responses compliance suite ask, and the traps that they hold.
import { responsesEventSchema } from '@weir/contracts'
import { expect, test } from 'vitest'
import { textOf } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { openSocket, type Told } from '../support/socket.js'
import { talkers } from '../support/talkers.js'

/** The response of a turn that went well: events in order, each of a known shape, numbered without a gap. */
function completed(turn: readonly Told[]): NonNullable<Told['response']> {
  for (const [place, event] of turn.entries()) {
    expect(responsesEventSchema.parse(event)).toEqual(event)
    expect(event.sequence_number).toBe(place)
  }
  expect(turn.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
  const { type, response } = turn.at(-1) ?? {}
  expect(type).toBe('response.completed')
  if (!response) throw new Error('There is no response.')
  expect(response).toMatchObject({ object: 'response', status: 'completed', error: null })
  expect(turn[0]?.response?.id).toBe(response.id)
  return response
}

/** A refused turn: one message, with a status and a code. */
function refused(turn: readonly Told[], code: string): void {
  expect(turn).toEqual([
    {
      type: 'error',
      status: expect.toSatisfy(Number.isInteger),
      error: {
        code,
        message: expect.any(String),
        type: expect.any(String),
        param: expect.toSatisfy((param) => param === null || typeof param === 'string'),
      },
      headers: expect.objectContaining({ 'x-request-id': expect.stringMatching(/^req_/) }),
    },
  ])
}

for (const model of talkers) {
  test(`${model}: websocket-response`, async () => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url)
    const input = [{ type: 'message', role: 'user', content: 'Count from 1 to 3.' }]
    expect(completed(await socket.create({ model, input }))).toMatchObject({ store: true })
    expect(socket.left).toEqual([])
  })

  test(`${model}: websocket-sequential-responses`, async () => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url)
    const first = completed(await socket.create({ model, store: false, input: 'Reply with exactly: first' }))
    const second = completed(await socket.create({ model, store: false, input: 'Reply with exactly: second' }))
    expect(textOf(first)).toContain('first')
    expect(textOf(second)).toContain('second')
    expect(second.id).not.toBe(first.id)
  })

  test(`${model}: websocket-continuation`, async () => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url)
    const first = completed(await socket.create({ model, store: false, input: 'Remember the code word: cobalt. Reply with OK.' }))
    expect(first.store).toBe(false)
    const turn = await socket.create({ model, store: false, previous_response_id: first.id, input: 'What is the code word?' })
    expect(completed(turn)).toMatchObject({ previous_response_id: first.id })
  })

  test(`${model}: websocket-reconnect-store-false-recovery`, async () => {
    await using gateway = await startGateway()
    using before = await openSocket(gateway.url)
    const { id } = completed(await before.create({ model, store: false, input: 'Remember the code word: copper.' }))
    before.raw.close()
    await before.closed
    using socket = await openSocket(gateway.url)
    refused(
      await socket.create({ model, store: false, previous_response_id: id, input: 'Go on.' }),
      'previous_response_not_found',
    )
    const input = [{ type: 'message', role: 'user', content: 'Reply with exactly: recovered' }]
    completed(await socket.create({ model, store: false, input }))
    expect(socket.left).toEqual([])
  })

  test(`${model}: websocket-previous-response-not-found`, async () => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url)
    const turn = await socket.create({ model, store: false, previous_response_id: 'resp_missing', input: 'Fail.' })
    refused(turn, 'previous_response_not_found')
    expect(turn[0]).toMatchObject({ status: 404, error: { param: 'previous_response_id' } })
  })

  test(`${model}: websocket-failed-continuation-evicts-cache`, async () => {
    await using gateway = await startGateway()
    using socket = await openSocket(gateway.url)
    const { id } = completed(await socket.create({ model, store: false, input: 'Remember the code word: ember.' }))
    const output = { type: 'function_call_output', call_id: 'call_of_nobody', output: 'There was no such call.' }
    const failed = await socket.create({ model, store: false, previous_response_id: id, input: [output] })
    expect(failed).toMatchObject([{ type: 'error', status: 400, error: { code: expect.any(String) } }])
    refused(
      await socket.create({ model, store: false, previous_response_id: id, input: 'Go on.' }),
      'previous_response_not_found',
    )
    expect(socket.left).toEqual([])
  })

  test(`${model}: websocket-compact-new-chain`, async () => {
    await using gateway = await startGateway()
    const part = (type: string, text: string): object => ({ type, text })
    const input = [
      { type: 'message', role: 'user', content: [part('input_text', 'Remember the code word: slate.')] },
      { type: 'message', role: 'assistant', content: [part('output_text', 'OK.')] },
      { type: 'message', role: 'user', content: [part('input_text', 'Make this short, so that it can go on.')] },
    ]
    const compacted = await gateway.call('/v1/responses/compact', { body: { model, input } })
    expect(compacted.status).toBe(200)
    const { output } = (await compacted.json()) as { output: readonly { type: string }[] }
    expect(output.map(({ type }) => type)).toContain('compaction')
    using socket = await openSocket(gateway.url)
    const message = { type: 'message', role: 'user', content: 'Go on. Reply with exactly: compacted' }
    completed(await socket.create({ model, store: false, input: [...output, message], tools: [] }))
    expect(socket.left).toEqual([])
  })
}
