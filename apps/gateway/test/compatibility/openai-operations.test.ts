import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { keys, startGateway, type TestGateway } from '../support/gateway.js'

/** The official SDK as its users have it: only the base URL and the key are changed. */
const sdk = (gateway: TestGateway): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice, maxRetries: 0 })

for (const account of ['simulator', 'simulator-chat-completions', 'simulator-generate-content']) {
  const model = `${account}/embedder`

  test(`${model}: embeddings.create gives the same numbers, whether the SDK asks for base64 by itself or for floats`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const input = ['A river in winter', 'A bridge']
    const packed = await client.embeddings.create({ model, input })
    const plain = await client.embeddings.create({ model, input, encoding_format: 'float' })
    expect(plain.data.map(({ embedding }) => embedding.length)).toEqual([256, 256])
    expect(packed.data.map(({ embedding }) => [...embedding])).toEqual(plain.data.map(({ embedding }) => embedding))
    expect(packed.usage.total_tokens).toBe(packed.usage.prompt_tokens)
    expect(plain.object).toBe('list')
    const short = await client.embeddings.create({ model, input: 'A river in winter', dimensions: 16 })
    expect(short.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([[0, 16]])
  })
}

for (const account of ['simulator', 'simulator-chat-completions'])
  test(`${account}/moderator: moderations.create judges a text, several, and parts of one`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const model = `${account}/moderator`
    const one = await client.moderations.create({ model, input: 'I like rivers.' })
    expect(one.results.map(({ flagged }) => flagged)).toEqual([false])
    const { results } = await client.moderations.create({ model, input: ['I like rivers.', 'I will kill you'] })
    expect(results.map(({ flagged, categories }) => [flagged, categories.violence])).toEqual([
      [false, false],
      [true, true],
    ])
    expect(results[1]?.category_scores.violence).toBeGreaterThan(0.5)
    expect(results[1]?.category_applied_input_types.violence).toEqual(['text'])
    const parts = await client.moderations.create({
      model,
      input: [
        { type: 'text', text: 'Look' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      ],
    })
    expect(parts.results).toHaveLength(1)
  })

for (const account of ['simulator', 'simulator-chat-completions'])
  test(`${account}/speaker: audio.speech.create gives the sound as a response`, async () => {
    await using gateway = await startGateway()
    const client = sdk(gateway)
    const asked = { model: `${account}/speaker`, voice: 'alloy', input: 'Hello to you' } as const
    const wav = await client.audio.speech.create({ ...asked, response_format: 'wav' })
    expect(wav.headers.get('content-type')).toBe('audio/wav')
    const bytes = Buffer.from(await wav.arrayBuffer())
    expect(bytes.subarray(0, 4).toString()).toBe('RIFF')
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44)
    const mp3 = await client.audio.speech.create(asked)
    expect(mp3.headers.get('content-type')).toBe('audio/mpeg')
    expect([...Buffer.from(await mp3.arrayBuffer()).subarray(0, 2)]).toEqual([0xff, 0xfb])
  })

test("an error of an operation is the SDK's own error, with the field in it", async () => {
  await using gateway = await startGateway()
  const client = sdk(gateway)
  await expect(client.embeddings.create({ model: 'simulator/embedder', input: [] })).rejects.toMatchObject({
    status: 400,
    param: 'input',
    code: 'invalid_value',
  })
  await expect(client.embeddings.create({ model: 'simulator/embeder', input: 'Hi' })).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  await expect(client.embeddings.create({ model: 'simulator/fault-status-429', input: 'Hi' })).rejects.toBeInstanceOf(
    OpenAI.RateLimitError,
  )
})
