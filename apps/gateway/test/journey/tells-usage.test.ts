import type { chat } from '@weir/contracts'
import { expect, test } from 'vitest'
import { pairs, pathOf, question, speak, speech } from '../support/faces.js'
import { framesOf } from '../support/frames.js'
import { startGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { startUpstream, stream } from '../support/upstream.js'

const messages = [{ role: 'user', content: 'Hi' }]
const told = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }

for (const [name, dialect] of [
  ['native', 'chat-completions'],
  ['translated', 'responses'],
] as const) {
  test(`${name}: usage that only Weir asked for is recorded and not shown`, async () => {
    await using upstream = await startUpstream(says('Hello to you'))
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
    })
    const answer = await gateway.call('/v1/chat/completions', { body: { model: 'up/m', messages, stream: true } })
    const text = await answer.text()
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
    const chunks = framesOf(text) as unknown as chat.ChatCompletionChunk[]
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello to you')
    for (const chunk of chunks) {
      expect(chunk.choices).toHaveLength(1)
      expect(chunk.usage ?? null).toBeNull()
    }
    if (dialect === 'chat-completions') expect(upstream.seen[0]?.body['stream_options']).toEqual({ include_usage: true })
    expect((await gateway.ended(1))[0]?.usage).toMatchObject({ input: 5, output: 2, estimated: false })
  })

  test(`${name}: usage that the caller asked for is its last chunk`, async () => {
    await using upstream = await startUpstream(says('Hello to you'))
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
    })
    const body = { model: 'up/m', messages, stream: true, stream_options: { include_usage: true } }
    const chunks = framesOf(
      await (await gateway.call('/v1/chat/completions', { body })).text(),
    ) as unknown as chat.ChatCompletionChunk[]
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: told })
    expect(chunks.slice(0, -1).every(({ choices, usage }) => choices.length === 1 && (usage ?? null) === null)).toBe(true)
  })

  test(`${name}: a plain answer says its usage and who answered`, async () => {
    await using upstream = await startUpstream(says('Hello to you'))
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
    })
    const answer = await gateway.call('/v1/chat/completions', { body: { model: 'up/m', messages } })
    expect(await answer.json()).toMatchObject({ object: 'chat.completion', usage: told, provider: 'up' })
  })
}

for (const dialect of ['chat-completions', 'responses'] as const)
  test(`every response object names the account that answered, in each event too (${dialect} upstream)`, async () => {
    await using upstream = await startUpstream(says('Hello'))
    await using gateway = await startGateway({
      accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect } },
    })
    const plain = await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'Hi' } })
    expect(await plain.json()).toMatchObject({ provider: 'up' })
    const streamed = await gateway.call('/v1/responses', { body: { model: 'up/m', input: 'Hi', stream: true } })
    const carrying = framesOf(await streamed.text()).filter((event) => 'response' in event)
    expect(carrying.map(({ type }) => type)).toEqual(['response.created', 'response.in_progress', 'response.completed'])
    const id = streamed.headers.get('x-weir-response-id')
    for (const { response } of carrying) expect(response).toMatchObject({ id, provider: 'up', store: true })
  })

test('a usage chunk that only Weir asked for is not shown, however it is spaced', async () => {
  await using upstream = await startUpstream((_, response) => {
    const { opening, deltas, closing } = speech('chat-completions', ['Hello'])
    stream(response)
    response.end(opening + deltas.join('') + closing.replace('"usage":{', '"usage" : {'))
  })
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/chat/completions', { body: { model: 'up/m', messages, stream: true } })
  expect(await answer.text()).not.toContain('usage')
  expect((await gateway.ended(1))[0]?.usage).toMatchObject({ input: 3, output: 5, estimated: false })
})

for (const streams of [false, true])
  for (const { ingress, spoken } of pairs)
    test(`${ingress} caller, ${spoken} upstream, ${streams ? 'streamed' : 'plain'}: what no upstream counted is estimated, for the record alone`, async () => {
      const text = 'Grüße an alle'
      await using upstream = await startUpstream((_, response) => {
        const { opening, deltas, closing, whole } = speech(spoken, [text])
        const without = (wire: string): string => wire.replaceAll(/"usage":\{("[a-z_]+":(\d+|\{[^}]*\}),?)+\}/g, '"usage":null')
        speak(response, streams, {
          opening,
          deltas,
          closing: without(closing),
          whole: JSON.parse(without(JSON.stringify(whole))) as object,
        })
      })
      await using gateway = await startGateway({
        accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url, dialect: spoken } },
      })
      const answer = await gateway.call(pathOf(ingress), { body: question(ingress, { stream: streams }) })
      const read = await answer.text()
      expect(read).not.toMatch(/"(input|prompt)_tokens"/)
      const [row] = await gateway.ended(1)
      const input = Math.ceil(JSON.stringify(upstream.seen[0]?.body).length / 3)
      expect(row?.usage).toEqual({ input, cacheRead: 0, cacheWrite: 0, output: 5, reasoning: 0, estimated: true })
    })
