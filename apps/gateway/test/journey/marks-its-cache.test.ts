import type { RequestRecord } from '@weir/contracts'
import { expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../support/gateway.js'
import { json, startUpstream } from '../support/upstream.js'

const mark = { cache_control: { type: 'ephemeral' } }
const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } }

/** A turn of an agent: tools, instructions and the latest result are marked. */
const asked = (model: string) => ({
  model,
  max_tokens: 100,
  system: [{ type: 'text', text: 'You know the sea.', ...hour }],
  tools: [{ name: 'tide', input_schema: { type: 'object', properties: {} }, ...hour }],
  messages: [
    { role: 'user', content: 'When is high water?' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'tide', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'At noon.', ...mark }] },
  ],
})

const answer = {
  output: { message: { role: 'assistant', content: [{ text: 'At noon.' }] } },
  stopReason: 'end_turn',
  usage: {
    inputTokens: 3,
    outputTokens: 4,
    totalTokens: 2057,
    cacheReadInputTokens: 2000,
    cacheWriteInputTokens: 50,
    cacheDetails: [{ ttl: '5m', inputTokens: 50 }],
  },
  metrics: { latencyMs: 5 },
}

const points = (body: object): string[] => JSON.stringify(body).match(/"cachePoint":\{[^}]*\}/g) ?? []

const lossesOf = async (gateway: TestGateway): Promise<RequestRecord['losses'] | undefined> =>
  (await gateway.ended(1))[0]?.losses as RequestRecord['losses'] | undefined

test('marks of a caller of Anthropic’s are cache points of Bedrock, and what the cache gave is told to the caller', async () => {
  await using upstream = await startUpstream((_, response) => json(response, answer))
  await using gateway = await startGateway({ accounts: { up: { provider: 'aws-bedrock', baseURL: upstream.url } } })
  const given = await gateway.call('/v1/messages', {
    body: asked('up/eu.anthropic.claude-sonnet-4-5-20250929-v1:0'),
    headers: { 'x-weir-translation': 'strict' },
  })
  expect(given.status).toBe(200)
  const lasting = { cachePoint: { type: 'default', ttl: '1h' } }
  const seen = upstream.seen[0]?.body ?? {}
  expect(seen['toolConfig']).toMatchObject({ tools: [{ toolSpec: { name: 'tide' } }, lasting] })
  expect(seen['system']).toEqual([{ text: 'You know the sea.' }, lasting])
  expect((seen['messages'] as { content: object[] }[]).at(-1)?.content).toEqual([
    expect.objectContaining({ toolResult: expect.anything() }),
    { cachePoint: { type: 'default' } },
  ])
  expect(points(seen)).toHaveLength(3)
  expect(await given.json()).toMatchObject({
    usage: { input_tokens: 3, cache_read_input_tokens: 2000, cache_creation_input_tokens: 50, output_tokens: 4 },
  })
  expect((await gateway.ended(1))[0]?.usage).toMatchObject({ input: 3, cacheRead: 2000, cacheWrite: 50, output: 4 })
})

for (const [model, count, ttls] of [
  ['anthropic.claude-sonnet-4-20250514-v1:0', 3, 0],
  ['us.anthropic.claude-opus-4-8', 3, 2],
  ['us.amazon.nova-pro-v1:0', 2, 0],
  ['anthropic.claude-3-5-sonnet-20240620-v1:0', 0, 0],
  ['meta.llama3-70b-instruct-v1:0', 0, 0],
] as const)
  test(`${model} gets the ${count} cache points that it takes, and none is a loss`, async () => {
    await using upstream = await startUpstream((_, response) => json(response, answer))
    await using gateway = await startGateway({ accounts: { up: { provider: 'aws-bedrock', baseURL: upstream.url } } })
    expect((await gateway.call('/v1/messages', { body: asked(`up/${model}`) })).status).toBe(200)
    const found = points(upstream.seen[0]?.body ?? {})
    expect([found.length, found.filter((point) => point.includes('1h')).length]).toEqual([count, ttls])
    expect(JSON.stringify(await lossesOf(gateway))).not.toMatch(/cache/i)
  })
