import OpenAI from 'openai'
import { ResponsesWS } from 'openai/resources/responses/ws'
import type { ResponsesClientEvent, ResponsesServerEvent } from 'openai/resources/responses/responses'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { talkers } from '../support/talkers.js'

interface Talk extends Disposable {
  /** The events of one turn, the error that ended it included. */
  turn(body: Omit<ResponsesClientEvent, 'type'>): Promise<ResponsesServerEvent[]>
}

function talk(gateway: TestGateway, apiKey: string = keys.alice): Talk {
  const socket = new ResponsesWS(new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey }))
  const messages = socket.stream()[Symbol.asyncIterator]()
  return {
    async turn(body) {
      socket.send({ type: 'response.create', ...body })
      const events: ResponsesServerEvent[] = []
      for (;;) {
        const { value } = await messages.next()
        if (!value || value.type === 'close') throw new Error('The connection was closed.')
        if (value.type === 'error') throw value.error
        if (value.type !== 'message') continue
        events.push(value.message)
        if (['response.completed', 'response.incomplete', 'response.failed'].includes(value.message.type)) return events
      }
    },
    [Symbol.dispose]: () => socket.close(),
  }
}

const responseOf = (events: readonly ResponsesServerEvent[]): OpenAI.Responses.Response => {
  const last = events.at(-1)
  if (last?.type !== 'response.completed') throw new Error(`The turn ended with ${last?.type}.`)
  return last.response
}

for (const model of talkers) {
  test(`${model}: turns over the Responses WebSocket of the SDK`, async () => {
    await using gateway = await startGateway()
    using socket = talk(gateway)
    const events = await socket.turn({ model, store: false, input: 'Remember the word: cobalt.' })
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
    const first = responseOf(events)
    expect(first.output).toMatchObject([{ type: 'message', content: [{ type: 'output_text', text }] }])
    const second = responseOf(await socket.turn({ model, store: false, previous_response_id: first.id, input: 'Which word?' }))
    expect(second.previous_response_id).toBe(first.id)
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? Infinity)
  })

  test(`${model}: a tool loop over one connection`, async () => {
    await using gateway = await startGateway()
    using socket = talk(gateway)
    const parameters = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    }
    const tools = [{ type: 'function' as const, name: 'weather', parameters, strict: true }]
    const first = responseOf(await socket.turn({ model, store: false, tools, input: 'How is the weather in Oslo?' }))
    const [call] = first.output
    if (call?.type !== 'function_call') throw new Error('There is no call.')
    const output = { type: 'function_call_output' as const, call_id: call.call_id, output: 'Rain.' }
    const second = responseOf(await socket.turn({ model, store: false, tools, previous_response_id: first.id, input: [output] }))
    expect(second.output).toMatchObject([{ type: 'message' }])
  })
}

test('an error is an error of the SDK, and the connection goes on', async () => {
  await using gateway = await startGateway()
  using socket = talk(gateway)
  const failed = socket.turn({ model: 'simulator/talker', previous_response_id: 'resp_none', input: 'Hi' })
  await expect(failed).rejects.toMatchObject({
    error: { type: 'error', status: 404, error: { code: 'previous_response_not_found' } },
  })
})

test('a stranger gets no connection', async () => {
  await using gateway = await startGateway()
  using socket = talk(gateway, 'nobody-knows-this-key')
  await expect(socket.turn({ model: 'simulator/talker', input: 'Hi' })).rejects.toThrow('401')
})
