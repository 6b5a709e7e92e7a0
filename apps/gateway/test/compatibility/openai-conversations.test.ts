import { createClient } from '@weir/client'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'
import { talkers } from '../support/talkers.js'

const sdk = (gateway: TestGateway, apiKey: string = keys.alice): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey })

test('client.conversations does all that it can', async () => {
  await using gateway = await startGateway()
  const client = sdk(gateway)
  const conversation = await client.conversations.create()
  expect(conversation).toMatchObject({ object: 'conversation', metadata: {} })
  const labelled = await client.conversations.update(conversation.id, { metadata: { team: 'search' } })
  expect(labelled).toEqual({ ...conversation, metadata: { team: 'search' } })
  expect(await client.conversations.retrieve(conversation.id)).toEqual(labelled)
  await expect(sdk(gateway, keys.bob).conversations.retrieve(conversation.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  const gone = await client.conversations.delete(conversation.id)
  expect(gone).toEqual({ id: conversation.id, object: 'conversation.deleted', deleted: true })
  await expect(client.conversations.retrieve(conversation.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

test('client.conversations.items creates, pages, retrieves and deletes', async () => {
  await using gateway = await startGateway()
  const { conversations } = sdk(gateway)
  const { id } = await conversations.create({ items: [{ role: 'user', content: 'line 0' }], metadata: { team: 'search' } })
  const items = Array.from({ length: 6 }, (_, place) => ({ role: 'user' as const, content: `line ${place + 1}` }))
  const added = await conversations.items.create(id, { items, include: ['reasoning.encrypted_content'] })
  expect(added.data).toHaveLength(6)
  const seen: { id: string; text: string }[] = []
  for await (const item of conversations.items.list(id, { limit: 2, order: 'asc', include: ['message.input_image.image_url'] }))
    if (item.type === 'message')
      for (const part of item.content) if (part.type === 'input_text') seen.push({ id: item.id, text: part.text })
  expect(seen.map(({ text }) => text)).toEqual(Array.from({ length: 7 }, (_, place) => `line ${place}`))
  const third = seen[3]?.id ?? ''
  expect(await conversations.items.retrieve(third, { conversation_id: id })).toEqual(added.data[2])
  expect(await conversations.items.delete(third, { conversation_id: id })).toMatchObject({ id, metadata: { team: 'search' } })
  await expect(conversations.items.retrieve(third, { conversation_id: id })).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

for (const model of talkers)
  test(`${model}: a conversation goes on from turn to turn, plain and streamed`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const { id } = await client.conversations.create({ items: [{ role: 'developer', content: 'Be kind.' }] })
    const first = await client.responses.create({ model, input: 'Hello!', conversation: id })
    expect(first.conversation).toEqual({ id })
    const stream = client.responses.stream({ model, input: 'And again?', conversation: { id } })
    for await (const event of stream) if (event.type === 'response.created') expect(event.response.conversation).toEqual({ id })
    const second = await stream.finalResponse()
    expect(second.conversation).toEqual({ id })
    expect((await client.responses.retrieve(second.id)).conversation).toEqual({ id })
    const { data } = await client.conversations.items.list(id, { order: 'asc' })
    expect(data.map((item) => (item.type === 'message' ? item.role : item.type))).toEqual([
      'developer',
      'user',
      'assistant',
      'user',
      'assistant',
    ])
    expect(data.map((item) => item.id).slice(2)).toContain(second.output[0]?.id)
  })

test("Weir's own client says the same over REST and over tRPC", async () => {
  await using gateway = await startGateway()
  const weir = createClient({ baseURL: gateway.url, apiKey: keys.alice })
  const { id } = await weir.conversations.create({ items: [{ type: 'message', role: 'user', content: 'Hi' }] })
  const body = { model: 'simulator/talker', input: 'Hello!', conversation: id }
  expect((await weir.trpc.responses.create.mutate(body)).conversation).toEqual({ id })
  const include = ['reasoning.encrypted_content', 'message.output_text.logprobs'] as const
  const rest = await weir.conversations.items({ id, order: 'asc', include: [...include] })
  expect(rest.data).toHaveLength(3)
  expect(await weir.trpc.conversations.items.query({ id, order: 'asc', include: [...include] })).toEqual(rest)
  const itemId = String(rest.data[0]?.id)
  expect(await weir.trpc.conversations.item.query({ id, item_id: itemId })).toEqual(rest.data[0])
  expect(await weir.conversations.deleteItem({ id, item_id: itemId })).toMatchObject({ id })
  expect(await weir.trpc.conversations.update.mutate({ id, metadata: { a: 'b' } })).toMatchObject({ metadata: { a: 'b' } })
  await weir.trpc.conversations.createItems.mutate({ id, items: [{ type: 'message', role: 'user', content: 'Bye' }] })
  expect((await weir.conversations.items({ id })).data).toHaveLength(3)
  expect(await weir.trpc.conversations.delete.mutate({ id })).toMatchObject({ deleted: true })
  await expect(weir.conversations.get({ id })).rejects.toMatchObject({ code: 'not_found', param: 'id' })
})
