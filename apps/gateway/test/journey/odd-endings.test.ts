import { expect, test } from 'vitest'
import { faces, pathOf, question, speech, type StoredWire, textOf, told } from '../support/faces.js'
import { startGateway } from '../support/gateway.js'
import { responseOf } from '../support/scripted.js'
import { data, json, startUpstream } from '../support/upstream.js'

const pieces = ['Once upon', ' a time']

/** Endings of a Responses stream that say less than the stream did. */
const endings: readonly { readonly what: string; readonly status: string; readonly closing: readonly object[] }[] = [
  {
    what: 'an empty output',
    status: 'completed',
    closing: [{ type: 'response.completed', response: { id: 'resp_up', object: 'response', status: 'completed', output: [] } }],
  },
  {
    what: 'no output',
    status: 'completed',
    closing: [{ type: 'response.completed', response: { id: 'resp_up', object: 'response', status: 'completed' } }],
  },
  { what: 'no response', status: 'completed', closing: [{ type: 'response.completed' }] },
  { what: 'null for its response', status: 'completed', closing: [{ type: 'response.completed', response: null }] },
  {
    what: 'an empty output after an item that ended',
    status: 'completed',
    closing: [
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: {
          id: 'msg_up',
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: pieces.join(''), annotations: [] }],
        },
      },
      { type: 'response.completed', response: { id: 'resp_up', object: 'response', status: 'completed', output: [] } },
    ],
  },
  {
    what: 'an empty output because it is incomplete',
    status: 'incomplete',
    closing: [
      {
        type: 'response.incomplete',
        response: {
          id: 'resp_up',
          object: 'response',
          status: 'incomplete',
          incomplete_details: { reason: 'max_output_tokens' },
          output: [],
        },
      },
    ],
  },
]

for (const ingress of faces) {
  for (const { what, status, closing } of endings) {
    test(`${ingress} caller: a stream whose end has ${what} is kept with what was streamed`, async () => {
      await using upstream = await startUpstream((_, response) => {
        const { opening, deltas } = speech('responses', pieces)
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(
          opening + deltas.join('') + closing.map((each, place) => data({ ...each, sequence_number: 6 + place })).join(''),
        )
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
      })
      const response = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: true }) })
      const read = told(await response.text())
      expect(read.text).toBe('Once upon a time')
      expect(read.done).toBe(true)
      const answer = await gateway.call(`/v1/responses/${response.headers.get('x-weir-response-id')}`)
      const stored = (await answer.json()) as StoredWire
      expect(stored.status).toBe(status)
      expect(stored.output).toMatchObject([
        { type: 'message', status, content: [{ type: 'output_text', text: 'Once upon a time' }] },
      ])
      expect(textOf(stored)).toBe(read.text)
      if (ingress === 'responses') expect(read.events.at(-1)?.response).toEqual(stored)
    })
  }
}

test('a response whose output is null reaches a Responses caller with an empty list', async () => {
  await using upstream = await startUpstream((_, response) => json(response, responseOf([], { output: null })))
  await using gateway = await startGateway({
    accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: 'responses' } },
  })
  const answer = await gateway.call('/v1/responses', { body: question('responses', {}) })
  expect(await answer.json()).toMatchObject({ status: 'completed', output: [] })
})
