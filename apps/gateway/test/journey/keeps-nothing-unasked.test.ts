import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startGateway, type TestGatewayOptions } from '../support/gateway.js'
import { read } from '../support/json.js'
import { messageItem, responseOf } from '../support/scripted.js'
import { json, startUpstream } from '../support/upstream.js'

const accounts = (baseURL: string): TestGatewayOptions => ({ accounts: { openai: { provider: 'openai', baseURL } } })

const reasoning = { id: 'rs_up', type: 'reasoning', summary: [], encrypted_content: 'gAAA-token-marker' }
const model = 'openai/gpt-5'
const include = ['reasoning.encrypted_content']

/** Which of these words stand in any file of the folder. */
async function written(folder: string, words: readonly string[]): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))))
  return words.filter((word) => texts.some((text) => text.includes(word)))
}

test('of a turn with store: false no word is on the disk, and it goes on with what the caller was given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-unkept-'))
  const words = ['question-marker', 'answer-marker', 'instruction-marker', 'token-marker', 'rs_up']
  try {
    await using upstream = await startUpstream((_, response) =>
      json(response, responseOf([reasoning, messageItem('answer-marker')])),
    )
    {
      await using gateway = await startGateway({ ...accounts(upstream.url), folder })
      const { id: conversation } = await read(await gateway.call('/v1/conversations', { body: {} }))
      const said = { role: 'user', content: 'question-marker' }
      const body = { model, instructions: 'instruction-marker', store: false, include }
      const first = await read(await gateway.call('/v1/responses', { body: { ...body, input: [said], conversation } }))
      expect(first).toMatchObject({ store: false, output: [{ encrypted_content: expect.stringContaining('token-marker') }, {}] })
      const input = [said, ...first.output, { role: 'user', content: 'And then? question-marker' }]
      await gateway.call('/v1/responses', { body: { ...body, input } })
      const chat = { model, messages: [{ role: 'user', content: 'question-marker' }] }
      await gateway.call('/v1/chat/completions', { body: chat })
      expect(upstream.seen[1]?.body['input']).toContainEqual(reasoning)
      await gateway.ended(3)
    }
    expect(await written(folder, words)).toEqual([])
    // The very same search finds what is kept.
    {
      await using gateway = await startGateway({ ...accounts(upstream.url), folder })
      await gateway.call('/v1/responses', { body: { model, metadata: { word: 'instruction-marker' }, input: 'question-marker' } })
    }
    expect((await written(folder, words)).toSorted()).toEqual(words.toSorted())
  } finally {
    await rm(folder, { recursive: true })
  }
})
