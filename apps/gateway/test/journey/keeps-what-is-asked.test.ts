import type { chat } from '@weir/contracts'
import { expect, test } from 'vitest'
import { errorOf } from '../support/error.js'
import { framesOf } from '../support/frames.js'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { talkers } from '../support/talkers.js'

for (const model of talkers) {
  for (const stream of [false, true])
    test(`${model}: store: false keeps nothing, ${stream ? 'streamed' : 'plain'}`, async () => {
      await using gateway = await startGateway()
      const answer = await gateway.call('/v1/responses', { body: { model, input: 'Hello!', store: false, stream } })
      expect(answer.headers.has('x-weir-response-id')).toBe(false)
      const response = stream ? framesOf(await answer.text()).at(-1)?.['response'] : await read(answer)
      expect(response).toMatchObject({ status: 'completed', store: false })
      const { id } = response as { id: string }
      for (const path of [`/v1/responses/${id}`, `/v1/responses/${id}/input_items`])
        expect((await gateway.call(path)).status).toBe(404)
      const next = await gateway.call('/v1/responses', { body: { model, input: 'Go on', previous_response_id: id } })
      expect(next.status).toBe(404)
      expect(await errorOf(next)).toMatchObject({ code: 'previous_response_not_found' })
      expect((await gateway.ended(1))[0]).toMatchObject({ stored: false, outcome: 'completed' })
    })

  for (const stream of [false, true])
    test(`${model}: a chat with store: true is kept as a response, ${stream ? 'streamed' : 'plain'}`, async () => {
      await using gateway = await startGateway()
      const messages = [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'Hello!' },
      ]
      const body = { model, messages, stream, store: true, metadata: { team: 'search' } }
      const answer = await gateway.call('/v1/chat/completions', { body })
      const id = answer.headers.get('x-weir-response-id')
      expect(id).toMatch(/^resp_/)
      const text = await answer.text()
      const said = stream
        ? framesOf(text)
            .map((chunk) => (chunk['choices'] as { delta: { content?: string } }[])[0]?.delta.content ?? '')
            .join('')
        : ((JSON.parse(text) as chat.ChatCompletion).choices[0]?.message.content ?? '')
      expect(said).toContain('Hello!')

      const kept = await (await gateway.call(`/v1/responses/${id}`)).json()
      expect(kept).toMatchObject({
        id,
        object: 'response',
        status: 'completed',
        store: true,
        provider: model.split('/')[0],
        metadata: { team: 'search' },
        output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] }],
      })
      const items = await gateway.call(`/v1/responses/${id}/input_items?order=asc`)
      expect(await items.json()).toMatchObject({ data: [{ role: 'system' }, { role: 'user' }] })

      // And a responses caller can go on from it.
      const next = await gateway.call('/v1/responses', { body: { model, input: 'Go on', previous_response_id: id } })
      expect(await next.json()).toMatchObject({ status: 'completed', previous_response_id: id })
    })

  test(`${model}: a chat that does not ask is not kept`, async () => {
    await using gateway = await startGateway()
    const answer = await gateway.call('/v1/chat/completions', { body: { model, messages: [{ role: 'user', content: 'Hi' }] } })
    expect(answer.status).toBe(200)
    expect(answer.headers.has('x-weir-response-id')).toBe(false)
    expect((await gateway.ended(1))[0]).toMatchObject({ stored: false, responseId: null })
  })
}
