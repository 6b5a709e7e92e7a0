import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** A wish that the target has no word for, in the language of the caller, and an error as that language has it. */
const wishes: Readonly<
  Record<
    string,
    { readonly path: string; readonly body: object; readonly lost: string; readonly told: (message: RegExp) => object }
  >
> = {
  responses: {
    path: '/v1/responses',
    body: { model: 'simulator-messages/talker', input: 'Hi', text: { verbosity: 'low' } },
    lost: 'verbosity',
    told: openAi('verbosity'),
  },
  'chat-completions': {
    path: '/v1/chat/completions',
    body: { model: 'simulator-messages/talker', messages: [{ role: 'user', content: 'Hi' }], seed: 7 },
    lost: 'sampling.seed',
    told: openAi('sampling.seed'),
  },
  completions: {
    path: '/v1/completions',
    body: { model: 'simulator-messages/talker', prompt: 'Hi', seed: 7 },
    lost: 'sampling.seed',
    told: openAi('sampling.seed'),
  },
  messages: {
    path: '/v1/messages',
    body: { model: 'simulator/talker', max_tokens: 90, messages: [{ role: 'user', content: 'Hi' }], top_k: 7 },
    lost: 'sampling.topK',
    told: (message) => ({ type: 'error', error: { type: 'invalid_request_error', message: expect.stringMatching(message) } }),
  },
  'generate-content': {
    path: '/v1beta/models/simulator-messages/talker:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], generationConfig: { seed: 7 } },
    lost: 'sampling.seed',
    told: (message) => ({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringMatching(message) },
    }),
  },
}

function openAi(param: string): (message: RegExp) => object {
  return (message) => ({
    error: { type: 'invalid_request_error', code: 'untranslatable', param, message: expect.stringMatching(message) },
  })
}

describe.each(Object.entries(wishes))('a caller of %s', (_, { path, body, lost, told }) => {
  test('is answered without what the target has no word for, and told of it', async () => {
    const answer = await gateway.call(path, { body })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-weir-losses')).toContain(`${lost} dropped`)
  })

  test('is refused in its own language where nothing may be dropped', async () => {
    const answer = await gateway.call(path, { body, headers: { 'x-weir-translation': 'strict' } })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject(told(new RegExp(`strict translation.*${lost}`)))
    const row = (await gateway.ended(1)).find(({ id }) => id === answer.headers.get('x-request-id'))
    expect(row).toMatchObject({ status: 400, outcome: 'refused', attempts: [] })
  })

  test('that misspells its wish for strictness is not taken for one without', async () => {
    const answer = await gateway.call(path, { body, headers: { 'x-weir-translation': 'stict' } })
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain('x-weir-translation')
  })
})
