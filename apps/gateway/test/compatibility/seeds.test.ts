// The requests of the three documented pages, with real values in the places of their examples.
import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { differences } from './documented-shape.js'

const urls = ['/api/llm/api/inference/openai', '/api/llm', '/api/llm/v1', '/v1', '']
const models = ['simulator/talker', 'simulator-chat-completions/talker']

const message = {
  id: '<string>',
  type: '<string>',
  status: '<string>',
  content: [{ type: '<string>', annotations: ['<any>'], text: '<string>' }],
  role: '<string>',
}

const documented = {
  id: '<string>',
  object: '<string>',
  created_at: 123,
  status: '<string>',
  error: '<any>',
  incomplete_details: '<any>',
  instructions: '<any>',
  max_output_tokens: 123,
  model: '<string>',
  output: [message],
  parallel_tool_calls: true,
  previous_response_id: '<string>',
  reasoning: { effort: '<any>', summary: '<any>' },
  service_tier: '<string>',
  store: true,
  temperature: 123,
  text: { format: { type: '<string>' } },
  tool_choice: '<string>',
  tools: ['<any>'],
  top_p: 123,
  truncation: '<string>',
  usage: {
    input_tokens: 123,
    input_tokens_details: { cached_tokens: 123 },
    output_tokens: 123,
    output_tokens_details: { reasoning_tokens: 123 },
    total_tokens: 123,
  },
  user: '<any>',
  metadata: {},
  provider: '<string>',
}

const chatFields = (model: string, stream: boolean): object => ({
  model,
  messages: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'Hello!' },
  ],
  tools: [{ type: 'function', function: { name: 'weather', description: 'Tells the weather.', parameters: {} } }],
  tool_choice: 'none',
  temperature: 1,
  top_p: 1,
  n: 1,
  stream,
  logprobs: 2,
  stop: 'You said',
  max_tokens: 123,
  presence_penalty: 0.5,
  frequency_penalty: 0.5,
  logit_bias: {},
  user: 'somebody',
})

const responsesFields = (model: string, stream: boolean, previous: string): object => ({
  model,
  input: 'Hello!',
  background: false,
  include: ['message.output_text.logprobs'],
  instructions: 'Be kind.',
  max_output_tokens: 123,
  metadata: { team: 'search' },
  parallel_tool_calls: true,
  previous_response_id: previous,
  reasoning: { effort: 'none' },
  service_tier: 'auto',
  store: true,
  stream,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'none',
  tools: [{ type: 'function', name: 'weather', parameters: {} }],
  top_p: 1,
  truncation: 'disabled',
  user: 'somebody',
})

/** The response of an answer, be it one of JSON or the last word of a stream. */
async function responseOf(answer: Response, stream: boolean): Promise<responses.ResponseObject> {
  expect(answer.status).toBe(200)
  if (!stream) return read(answer)
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const last = framesOf(await answer.text()).at(-1)
  expect(last?.['type']).toBe('response.completed')
  return last?.['response'] as responses.ResponseObject
}

for (const model of models)
  for (const url of urls)
    for (const stream of [false, true]) {
      const way = `${model} at ${url || '/'}, ${stream ? 'streamed' : 'plain'}`

      test(`chat's fields on /responses: ${way}`, async () => {
        await using gateway = await startGateway()
        const answer = await gateway.call(`${url}/responses`, { body: chatFields(model, stream) })
        const response = await responseOf(answer, stream)
        // A conversation that begins has no response before it.
        expect(differences({ ...documented, previous_response_id: '<any>' }, response)).toEqual([])
        expect(response).toMatchObject({
          max_output_tokens: 123,
          tool_choice: 'none',
          user: 'somebody',
          previous_response_id: null,
        })
        const [said] = response.output
        if (said?.type !== 'message') throw new Error(`The first item is ${said?.type}.`)
        const [part] = said.content
        if (part?.type !== 'output_text') throw new Error(`The first part is ${part?.type}.`)
        // `stop` holds, and `logprobs: 2` brings two alternatives of each token.
        expect(part.text).toContain('simulator')
        expect(part.text).not.toContain('You said')
        expect(part.logprobs?.[0]?.top_logprobs).toHaveLength(2)
      })

      test(`every documented field of /responses, and its GET: ${way}`, async () => {
        await using gateway = await startGateway()
        const parent = await read(await gateway.call(`${url}/responses`, { body: { model, input: 'Before' } }))
        const answer = await gateway.call(`${url}/responses`, {
          body: responsesFields(model, stream, parent.id),
          headers: { 'x-tfy-metadata': '{"team":"search"}' },
        })
        const response = await responseOf(answer, stream)
        expect(differences(documented, response)).toEqual([])
        expect(response).toMatchObject({
          status: 'completed',
          instructions: 'Be kind.',
          max_output_tokens: 123,
          metadata: { team: 'search' },
          previous_response_id: parent.id,
          truncation: 'disabled',
          user: 'somebody',
        })
        const got = await gateway.call(`${url}/responses/${response.id}`)
        expect(got.status).toBe(200)
        expect(await got.json()).toEqual(response)
      })
    }
