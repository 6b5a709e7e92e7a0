import { requestRecordSchema, type chat, type RequestRecord } from '@weir/contracts'
import { expect, test } from 'vitest'
import { pairs, pathOf, question, speak, speech } from '../support/faces.js'
import { framesOf } from '../support/frames.js'
import { startGateway } from '../support/gateway.js'
import { says } from '../support/scripted.js'
import { data, startUpstream, stream } from '../support/upstream.js'

const messages = [{ role: 'user', content: 'Hi' }]
const none = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteHour: 0,
  audioInput: 0,
  imageInput: 0,
  output: 0,
  audioOutput: 0,
  imageOutput: 0,
  reasoning: 0,
  estimated: false,
  providerTotal: null,
}
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
      // "Spe|ak." and "Gr|ü|ße| an| alle".
      expect(row?.usage).toEqual({ ...none, input: 2, output: 5, estimated: true })
    })

test('an estimate counts thoughts apart, calls with their arguments, and a picture as one whatever its size', async () => {
  await using upstream = await startUpstream((_, response) => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } }
    const choice = (delta: object, finish: string | null = null): string =>
      data({ id: 'chatcmpl-up', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })
    stream(response)
    response.end(choice({ reasoning_content: 'I think so.' }) + choice({ tool_calls: [call] }, 'tool_calls') + data('[DONE]'))
  })
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const url = `data:image/png;base64,${Buffer.alloc(600_000, 7).toString('base64')}`
  const content = [
    { type: 'text', text: 'Hi' },
    { type: 'image_url', image_url: { url } },
  ]
  const answer = await gateway.call('/v1/chat/completions', {
    body: { model: 'up/m', messages: [{ role: 'user', content }], stream: true },
  })
  await answer.text()
  const [row] = await gateway.ended(1)
  // A call is its name and its arguments: "look" and "{"|at|":"|it|"}".
  expect(row?.usage).toEqual({ ...none, input: 1 + 765, output: 6, reasoning: 4, estimated: true })
})

test('every bucket of an answer is in its record, and they add up to the total', async () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 60,
    total_tokens: 160,
    prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 10, audio_tokens: 15, image_tokens: 5 },
    completion_tokens_details: { reasoning_tokens: 8, audio_tokens: 30, image_tokens: 2 },
  }
  expect(await recorded(usage)).toEqual({
    input_tokens: 100,
    cached_tokens: 20,
    cache_write_tokens: 10,
    output_tokens: 60,
    reasoning_tokens: 8,
    total_tokens: 160,
    buckets: {
      input: 50,
      cache_read: 20,
      cache_write: 10,
      cache_write_hour: 0,
      audio_input: 15,
      image_input: 5,
      output: 20,
      audio_output: 30,
      image_output: 2,
      reasoning: 8,
    },
    estimated: false,
    provider_total_tokens: null,
  })
})

for (const streams of [false, true])
  test(`a total that its parts do not add up to is noted and harms nothing, ${streams ? 'streamed' : 'plain'}`, async () => {
    const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 60 }
    const noted = await recorded(usage, streams)
    expect(noted).toMatchObject({ input_tokens: 20, output_tokens: 5, total_tokens: 25, provider_total_tokens: 60 })
  })

/** What is on record of an answer that came with this usage. */
async function recorded(usage: object, streams = false): Promise<RequestRecord['usage']> {
  await using upstream = await startUpstream((_, response) => {
    const { closing, whole, ...begun } = speech('chat-completions', ['Hello'])
    const told = closing.replace(/"usage":\{[^}]*\}/, `"usage":${JSON.stringify(usage)}`)
    speak(response, streams, { ...begun, closing: told, whole: { ...whole, usage } })
  })
  await using gateway = await startGateway({ accounts: { up: { provider: 'openai-compatible', baseURL: upstream.url } } })
  const answer = await gateway.call('/v1/chat/completions', { body: { model: 'up/m', messages, stream: streams } })
  await answer.text()
  await gateway.ended(1)
  const record = requestRecordSchema.parse(
    await (await gateway.call(`/api/v1/requests/${answer.headers.get('x-request-id')}`)).json(),
  )
  const { usage: told } = record
  const sum = Object.values(told?.buckets ?? {}).reduce((total, tokens) => total + tokens, 0)
  expect(sum).toBe(told?.total_tokens)
  return told
}
