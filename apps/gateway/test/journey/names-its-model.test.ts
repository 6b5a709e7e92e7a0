import { expect, test } from 'vitest'
import { framesOf } from '../support/frames.js'
import { startGateway } from '../support/gateway.js'
import { talkers } from '../support/talkers.js'
import { json, startUpstream, stream, type Script } from '../support/upstream.js'

/** What a server of Anthropic's dialect says, under this name. */
const speaksAs =
  (model: string): Script =>
  ({ body }, response) => {
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' }
    const head = { id: 'msg_up', type: 'message', role: 'assistant', model, stop_sequence: null }
    const usage = { input_tokens: 3, output_tokens: 1 }
    if (body['stream'] !== true) return json(response, { ...head, content: [thinking], stop_reason: 'end_turn', usage })
    stream(response)
    for (const event of [
      { type: 'message_start', message: { ...head, content: [], stop_reason: null, usage } },
      { type: 'content_block_start', index: 0, content_block: { ...thinking, thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } },
      { type: 'message_stop' },
    ])
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    response.end()
  }

for (const [said, name] of [
  ['sonnet', 'up/sonnet'],
  ['sonnet-20300131', 'sonnet-20300131'],
] as const)
  for (const streams of [false, true])
    test(`a caller of Messages is told ${name} by a server that says ${said}, ${streams ? 'streamed' : 'plain'}`, async () => {
      await using upstream = await startUpstream(speaksAs(said))
      await using gateway = await startGateway({
        accounts: { up: { provider: 'anthropic', baseURL: upstream.url } },
      })
      const messages = [{ role: 'user', content: 'Hi' }]
      const body = { model: 'up/sonnet', max_tokens: 9, messages, stream: streams, store: true }
      const answer = await gateway.call('/v1/messages', { body })
      expect(answer.status).toBe(200)
      expect(upstream.seen[0]?.body['model']).toBe('sonnet')
      expect(answer.headers.get('x-weir-resolved-model')).toBe('up/sonnet')
      const text = await answer.text()
      const message = streams ? framesOf(text)[0]?.['message'] : JSON.parse(text)
      expect(message).toMatchObject({ type: 'message', model: name })
      const kept = await gateway.call(`/v1/responses/${answer.headers.get('x-weir-response-id')}`)
      expect(await kept.json()).toMatchObject({ model: 'sonnet' })
    })

for (const model of talkers)
  test(`${model} is called so to a caller of Messages, and talker to one of Responses`, async () => {
    await using gateway = await startGateway()
    const messages = [{ role: 'user', content: 'Hi' }]
    const answer = await gateway.call('/v1/messages', { body: { model, max_tokens: 99, messages } })
    expect(await answer.json()).toMatchObject({ type: 'message', model })
    const response = await gateway.call('/v1/responses', { body: { model, input: 'Hi' } })
    expect(await response.json()).toMatchObject({ object: 'response', model: 'talker' })
  })
