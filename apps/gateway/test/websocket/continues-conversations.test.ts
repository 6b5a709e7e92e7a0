import type { responses } from '@weir/contracts'
import { expect, test } from 'vitest'
import { startGateway } from '../support/gateway.js'
import { read } from '../support/json.js'
import { says } from '../support/scripted.js'
import { openSocket } from '../support/socket.js'
import { startUpstream } from '../support/upstream.js'

test('turns of a connection are part of their conversation, and one that is in no store still knows what it knew', async () => {
  await using upstream = await startUpstream((request, response, number) => says(`A${number}`)(request, response, number))
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const model = 'up/m'
  const items = [{ type: 'message', id: 'msg_first', role: 'user', content: 'Q' }]
  const { id: conversation } = await read(await gateway.call('/v1/conversations', { body: { items } }))
  using socket = await openSocket(gateway.url)
  const ask = async (body: object): Promise<string> => {
    const turn = await socket.create({ model, ...body })
    const { type, response } = turn.at(-1) ?? {}
    expect(type).toBe('response.completed')
    return response?.id ?? ''
  }
  await ask({ conversation, input: 'Q0' })
  const unkept = await ask({ conversation, input: 'Q1', store: false })
  await ask({ conversation, input: 'Q2' })
  // What is in no store knows the conversation up to its own turn, and what is referred to there is there already.
  const kept = await ask({
    previous_response_id: unkept,
    input: [
      { type: 'item_reference', id: 'msg_first' },
      { role: 'user', content: 'Q3' },
    ],
  })
  const next = await gateway.call('/v1/responses', { body: { model, previous_response_id: kept, input: 'Q4' } })
  expect(next.status).toBe(200)
  const said = upstream.seen.map(({ body }) => (body['messages'] as { content: string }[]).map(({ content }) => content))
  expect(said).toEqual([
    ['Q', 'Q0'],
    ['Q', 'Q0', 'A0', 'Q1'],
    ['Q', 'Q0', 'A0', 'Q2'],
    ['Q', 'Q0', 'A0', 'Q1', 'A1', 'Q3'],
    ['Q', 'Q0', 'A0', 'Q1', 'A1', 'Q3', 'A3', 'Q4'],
  ])
  const list = await read<responses.InputItemList>(await gateway.call(`/v1/conversations/${conversation}/items?order=asc`))
  expect(JSON.stringify(list.data)).not.toMatch(/Q1|A1|Q3|Q4/)
  expect(list.data).toHaveLength(5)
})
