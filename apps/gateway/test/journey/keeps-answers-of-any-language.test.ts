import type { responses } from '@weir/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wire, wires, type Wire } from '../support/dialects/plain.js'
import { framesOf } from '../support/frames.js'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { simulators } from '../support/simulators.js'

/** A caller of a language without state. */
interface Language {
  readonly path: (model: string, stream: boolean) => string
  readonly body: (model: string, stream: boolean) => object
  readonly says: (answer: Wire) => string
  /** What one event of a stream adds. */
  readonly adds: (event: Wire) => string
}

const textOf = (parts: unknown): string =>
  wires(parts)
    .map(({ text }) => text ?? '')
    .join('')
const partsOf = ({ candidates }: Wire): unknown => wire(wires(candidates)[0]?.['content'])['parts']

const languages: Readonly<Record<string, Language>> = {
  'chat-completions': {
    path: () => '/v1/chat/completions',
    body: (model, stream) => ({ model, stream, messages: [{ role: 'user', content: 'Hello!' }] }),
    says: ({ choices }) => String(wire(wires(choices)[0]?.['message'])['content']),
    adds: ({ choices }) => String(wire(wires(choices)[0]?.['delta'])['content'] ?? ''),
  },
  completions: {
    path: () => '/v1/completions',
    body: (model, stream) => ({ model, stream, prompt: 'Hello!', max_tokens: 200 }),
    says: ({ choices }) => textOf(choices),
    adds: ({ choices }) => textOf(choices),
  },
  messages: {
    path: () => '/v1/messages',
    body: (model, stream) => ({ model, stream, max_tokens: 200, messages: [{ role: 'user', content: 'Hello!' }] }),
    says: ({ content }) => textOf(content),
    adds: ({ delta }) => String(wire(delta)['text'] ?? ''),
  },
  'generate-content': {
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello!' }] }] }),
    says: (answer) => textOf(partsOf(answer)),
    adds: (chunk) => textOf(partsOf(chunk)),
  },
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

describe.each(Object.entries(languages))('an answer to a caller of %s', (_, { path, body, says, adds }) => {
  describe.each(simulators)('by %s', (account) => {
    const model = `${account}/talker`

    test.each([false, true])('that is to be kept is a response, and goes on as one (streamed: %s)', async (stream) => {
      const answer = await gateway.call(path(model, stream), { body: { ...body(model, stream), store: true } })
      expect(answer.status).toBe(200)
      const id = answer.headers.get('x-weir-response-id')
      expect(id).toMatch(/^resp_/)
      const text = await answer.text()
      const said = stream ? framesOf(text).map(adds).join('') : says(wire(JSON.parse(text)))
      expect(said).toContain('You said: Hello!')

      const kept = (await (await gateway.call(`/v1/responses/${id}`)).json()) as responses.ResponseObject
      expect(kept).toMatchObject({ id, object: 'response', status: 'completed', store: true, provider: account })
      expect(kept.output).toMatchObject([{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] }])
      expect(kept.usage?.output_tokens).toBeGreaterThan(0)
      const items = await (await gateway.call(`/v1/responses/${id}/input_items`)).json()
      expect(items).toMatchObject({ data: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] }] })
      expect((await gateway.call(`/v1/responses/${id}`, { key: keys.bob })).status).toBe(404)

      const next = { model, input: 'Go on.', previous_response_id: id }
      expect(await (await gateway.call('/v1/responses', { body: next })).json()).toMatchObject({
        status: 'completed',
        previous_response_id: id,
      })
      expect((await gateway.call(`/v1/responses/${id}`, { method: 'DELETE' })).status).toBe(200)
      expect((await gateway.call('/v1/responses', { body: next })).status).toBe(404)
    })

    test('that is not to be kept is not', async () => {
      const answer = await gateway.call(path(model, false), { body: body(model, false) })
      expect(answer.status).toBe(200)
      expect(answer.headers.has('x-weir-response-id')).toBe(false)
      const row = (await gateway.ended(1)).find(({ id }) => id === answer.headers.get('x-request-id'))
      expect(row).toMatchObject({ stored: false, responseId: null })
    })
  })
})
