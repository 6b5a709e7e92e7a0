import { Readable } from 'node:stream'
import OpenAI, { toFile } from 'openai'
import { expect, test } from 'vitest'
import { keys, startGateway } from '../support/gateway.js'

test("OpenAI's SDK uploads, retrieves, reads, lists page by page, waits and deletes", async () => {
  await using gateway = await startGateway()
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.alice, maxRetries: 0 })
  const first = await openai.files.create({
    file: await toFile(Readable.from([Buffer.from('Remember '), Buffer.from('the milk.')]), 'note.txt', { type: 'text/plain' }),
    purpose: 'user_data',
    expires_after: { anchor: 'created_at', seconds: 3600 },
  })
  expect(first).toMatchObject({ object: 'file', bytes: 18, filename: 'note.txt', purpose: 'user_data', status: 'processed' })
  expect(first.expires_at).toBe(first.created_at + 3600)
  const ids = [first.id]
  for (const number of [1, 2, 3, 4])
    ids.push((await openai.files.create({ file: await toFile(Buffer.from([number]), `${number}.bin`), purpose: 'vision' })).id)

  expect(await openai.files.retrieve(first.id)).toEqual(first)
  expect(await openai.files.waitForProcessing(first.id)).toEqual(first)
  expect(await (await openai.files.content(first.id)).text()).toBe('Remember the milk.')

  const seen: string[] = []
  for await (const file of openai.files.list({ limit: 2, order: 'asc' })) seen.push(file.id)
  expect(seen.toSorted()).toEqual(ids.toSorted())
  expect(seen).toHaveLength(5)
  expect((await openai.files.list({ purpose: 'user_data' })).data.map(({ id }) => id)).toEqual([first.id])

  expect(await openai.files.delete(first.id)).toEqual({ id: first.id, object: 'file', deleted: true })
  await expect(openai.files.retrieve(first.id)).rejects.toMatchObject({ status: 404, code: 'not_found' })
})
